import { describe, expect, it } from 'vitest';
import type { Suppression } from '../../shared/ports.ts';
import { isInForce } from '../../shared/suppression.ts';

const now = new Date('2026-11-20T13:00:00.000Z');
const suppression: Suppression = { channel: 'sms', address: 'k1:0', cause: 'opted-out', since: now, by: 'report' };
const at = (milliseconds: number) => new Date(now.getTime() + milliseconds);

describe('a suppression', () => {
  it('is in force without an end', () => {
    expect(isInForce(suppression, now)).toBe(true);
  });

  it('is in force although the clock that dated it is ahead of ours', () => {
    expect(isInForce({ ...suppression, since: at(5_000) }, now)).toBe(true);
  });

  it('is over from its end on', () => {
    expect(isInForce({ ...suppression, until: at(1) }, now)).toBe(true);
    expect(isInForce({ ...suppression, until: now }, now)).toBe(false);
  });
});
