import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSlidingWindows } from '../../../local/communication-services/sliding-window.ts';

const quota = { limit: 3, seconds: 10 };

describe('sliding window', () => {
  it('never takes more than its limit in any stretch of its length, whatever comes when', () => {
    const arrivals = fc.array(
      fc.record({ gap: fc.integer({ min: 0, max: 6000 }), units: fc.integer({ min: 1, max: 3 }) }),
      {
        maxLength: 60,
      },
    );
    fc.assert(
      fc.property(arrivals, fc.boolean(), (list, refusalsCount) => {
        const windows = createSlidingWindows();
        const taken: { at: number; units: number }[] = [];
        let now = 0;
        for (const { gap, units } of list) {
          now += gap;
          if (windows.take('a', units, quota, refusalsCount, now).taken) taken.push({ at: now, units });
        }
        for (const { at } of taken) {
          const inside = taken.filter((one) => one.at >= at && one.at < at + quota.seconds * 1000);
          expect(inside.reduce((sum, { units }) => sum + units, 0)).toBeLessThanOrEqual(quota.limit);
        }
      }),
    );
  });

  it('has room after the time it names, whether refusals count or not', () => {
    const bursts = fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 4, maxLength: 40 });
    fc.assert(
      fc.property(bursts, fc.boolean(), (gaps, refusalsCount) => {
        const windows = createSlidingWindows();
        let now = 0;
        let waitMs = 0;
        for (const gap of gaps) {
          now += gap;
          const taking = windows.take('a', 1, quota, refusalsCount, now);
          waitMs = taking.taken ? 0 : taking.waitMs;
        }
        expect(waitMs).toBeLessThanOrEqual(quota.seconds * 1000);
        fc.pre(waitMs > 0);
        expect(windows.take('a', 1, quota, refusalsCount, now + waitMs).taken).toBe(true);
      }),
    );
  });

  it('lets refusals use up quota only when told to', () => {
    for (const [refusalsCount, taken] of [
      [false, true],
      [true, false],
    ] as const) {
      const windows = createSlidingWindows();
      for (const at of [0, 0, 0, 5000]) windows.take('a', 1, quota, refusalsCount, at);
      windows.take('a', 2, quota, refusalsCount, 9000);
      expect(windows.take('a', 1, quota, refusalsCount, 10_000).taken).toBe(taken);
    }
  });

  it('keeps scopes apart', () => {
    const windows = createSlidingWindows();
    expect(windows.take('a', 3, quota, true, 0)).toEqual({ taken: true });
    expect(windows.take('b', 3, quota, true, 0)).toEqual({ taken: true });
    expect(windows.take('a', 1, quota, true, 1)).toMatchObject({ taken: false });
  });
});
