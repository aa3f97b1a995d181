import { describe, expect, it } from 'vitest';
import type { Random } from '../../shared/ports.ts';
import { faultsFrom } from './faults.ts';
import { createQuota } from './quota.ts';

const LIMIT = 10;
const MINUTE = 60_000;
const START = Date.UTC(2026, 10, 20, 13);

/** Draws the kind of window, then whether refusals count. */
function quotaOf(kind: 'sliding' | 'fixed' | 'bucket', refusalsCount: boolean) {
  const draws = [{ sliding: 0, fixed: 0.5, bucket: 0.9 }[kind], refusalsCount ? 0 : 0.9];
  const random: Random = () => draws.shift() ?? 0;
  const quota = createQuota([{ limit: LIMIT, seconds: 60 }], faultsFrom(random));
  const takeAll = (at: number): boolean[] => Array.from({ length: LIMIT }, () => quota.take(at) === 0);
  return { ...quota, takeAll };
}

describe.each(['sliding', 'fixed', 'bucket'] as const)('a quota with a window of the kind %s', (kind) => {
  it('takes its limit once a window, and not one more', () => {
    const { take, takeAll } = quotaOf(kind, false);
    expect(takeAll(START)).not.toContain(false);
    expect(take(START + 1)).toBeGreaterThan(0);
    expect(takeAll(START + MINUTE)).not.toContain(false);
  });

  it('has room again once that has passed which it said', () => {
    const { take, takeAll } = quotaOf(kind, true);
    takeAll(START);
    const wait = take(START + 1);
    expect(take(START + 1 + Math.ceil(wait))).toBe(0);
  });

  it('holds a lower limit from the moment on that it is told', () => {
    const { take, limit } = quotaOf(kind, false);
    limit([{ limit: 1, seconds: 60 }]);
    expect([take(START), take(START)].map((wait) => wait > 0)).toEqual([false, true]);
  });
});
