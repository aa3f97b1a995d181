import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createQuotaScopes } from '../../../local/communication-services/quota-scopes.ts';
import type { QuotaWindow } from '../../../local/communication-services/quota-settings.ts';

type Windows = readonly [QuotaWindow, ...QuotaWindow[]];

const three = { limit: 3, seconds: 10 };

/** One or two windows, fixed or sliding, of which the second is the longer. */
const quotas: fc.Arbitrary<Windows> = fc
  .tuple(fc.boolean(), fc.boolean(), fc.boolean())
  .map(([two, fixed, fixedToo]) =>
    two
      ? [
          { ...three, fixed },
          { limit: 5, seconds: 37, fixed: fixedToo },
        ]
      : [{ ...three, fixed }],
  );

const arrivals = fc.array(
  fc.record({ gap: fc.integer({ min: 0, max: 6000 }), units: fc.integer({ min: 1, max: 3 }) }),
  { maxLength: 60 },
);

/** Stretches of this window in which units are counted together. */
function stretches({ seconds, fixed }: QuotaWindow, times: readonly number[]) {
  const length = seconds * 1000;
  return times
    .map((at) => (fixed ? Math.floor(at / length) * length : at))
    .map((from) => ({ from, to: from + length }));
}

describe('quota windows', () => {
  it('never take more than any of their limits, whatever comes when', () => {
    fc.assert(
      fc.property(arrivals, quotas, fc.boolean(), (list, windows, refusalsCount) => {
        const scopes = createQuotaScopes();
        const taken: { at: number; units: number }[] = [];
        let now = 0;
        for (const { gap, units } of list) {
          now += gap;
          if (scopes.take('a', units, windows, refusalsCount, now).taken) taken.push({ at: now, units });
        }
        for (const window of windows) {
          for (const { from, to } of stretches(
            window,
            taken.map(({ at }) => at),
          )) {
            const inside = taken.filter(({ at }) => at >= from && at < to);
            expect(inside.reduce((sum, { units }) => sum + units, 0)).toBeLessThanOrEqual(window.limit);
          }
        }
      }),
    );
  });

  it('have room after the time they name, and not a millisecond before', () => {
    const bursts = fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 4, maxLength: 40 });
    fc.assert(
      fc.property(bursts, quotas, fc.boolean(), fc.boolean(), (gaps, windows, refusalsCount, early) => {
        const scopes = createQuotaScopes();
        let now = 0;
        let waitMs = 0;
        for (const gap of gaps) {
          now += gap;
          const taking = scopes.take('a', 1, windows, refusalsCount, now);
          waitMs = taking.taken ? 0 : taking.waitMs;
        }
        fc.pre(waitMs > 0);
        expect(scopes.take('a', 1, windows, false, now + waitMs - (early ? 1 : 0)).taken).toBe(!early);
      }),
    );
  });

  it('slide: a unit counts until exactly one length after it came', () => {
    const scopes = createQuotaScopes();
    const take = (at: number) => scopes.take('a', 1, [{ limit: 1, seconds: 10 }], false, at);
    expect(take(7000)).toEqual({ taken: true });
    expect(take(16_999)).toMatchObject({ taken: false, waitMs: 1 });
    expect(take(17_000)).toEqual({ taken: true });
  });

  it('are fixed: everything counts anew at each full length, so twice the limit may pass across an edge', () => {
    const scopes = createQuotaScopes();
    const take = (at: number) => scopes.take('a', 3, [{ limit: 3, seconds: 10, fixed: true }], false, at);
    expect(take(9998)).toEqual({ taken: true });
    expect(take(9999)).toMatchObject({ taken: false, waitMs: 1 });
    expect(take(10_000)).toEqual({ taken: true });
    expect(take(10_000)).toMatchObject({ taken: false, waitMs: 10_000 });
  });

  it('hold at once: units are taken from all or none, and the longest wait is named with its window', () => {
    const scopes = createQuotaScopes();
    const minute = { limit: 2, seconds: 60 };
    const hour = { limit: 3, seconds: 3600 };
    const take = (at: number) => scopes.take('a', 1, [minute, hour], false, at);
    expect([take(0), take(1000)]).toEqual([{ taken: true }, { taken: true }]);
    expect(take(2000)).toEqual({ taken: false, waitMs: 58_000, window: minute });
    expect(take(60_000)).toEqual({ taken: true });
    expect(take(60_001)).toEqual({ taken: false, waitMs: 3_539_999, window: hour });
    expect(take(3_599_999)).toMatchObject({ taken: false, waitMs: 1 });
    expect(take(3_600_000)).toEqual({ taken: true });
  });

  it('let refusals use up quota only when told to, in all windows', () => {
    for (const refusalsCount of [false, true]) {
      const scopes = createQuotaScopes();
      const windows: Windows = [
        { limit: 3, seconds: 10 },
        { limit: 5, seconds: 60 },
      ];
      const take = (at: number) => scopes.take('a', 1, windows, refusalsCount, at).taken;
      expect([0, 0, 5000, 9000, 9000].map(take)).toEqual([true, true, true, false, false]);
      expect(take(10_000)).toBe(!refusalsCount);
      expect(take(19_500)).toBe(!refusalsCount);
      expect(take(65_000)).toBe(true);
    }
  });

  it.each([true, false])('let a refused request use up what was left, when told to (fixed: %j)', (fixed) => {
    for (const refusalsCount of [false, true]) {
      const scopes = createQuotaScopes();
      const take = (units: number) => scopes.take('a', units, [{ ...three, fixed }], refusalsCount, 0).taken;
      expect([take(2), take(2), take(1)]).toEqual([true, false, !refusalsCount]);
    }
  });

  it('keep scopes apart', () => {
    const scopes = createQuotaScopes();
    expect(scopes.take('a', 3, [three], true, 0)).toEqual({ taken: true });
    expect(scopes.take('b', 3, [three], true, 0)).toEqual({ taken: true });
    expect(scopes.take('a', 1, [three], true, 1)).toMatchObject({ taken: false });
  });
});
