import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countDeliveries } from '../../shared/loops.ts';
import type { DayCounts } from '../../shared/ports.ts';

const DAY = '2026-11-21';

/** The verdicts on deliveries that are counted one after the other. */
function countAll(recipients: readonly string[], most: number, day = DAY, before?: DayCounts) {
  let counts = before;
  const verdicts = recipients.map((recipient) => {
    const { surplus, begins, counts: after } = countDeliveries(counts, { day, recipients: [[recipient]], most });
    counts = after;
    return { surplus: surplus[0], begins };
  });
  return { counts: counts!, verdicts };
}

describe('the deliveries of a subject on one day', () => {
  it('are held back from the one after the last that is allowed, for this recipient alone', () => {
    const { verdicts } = countAll(['a', 'a', 'a', 'b', 'a', 'b', 'b'], 2);
    expect(verdicts.map(({ surplus }) => surplus)).toEqual([false, false, true, false, true, false, true]);
  });

  it('raise one alarm, whoever the recipient is', () => {
    const { verdicts } = countAll(['a', 'a', 'a', 'b', 'b', 'b', 'a'], 2);
    expect(verdicts.filter(({ begins }) => begins)).toHaveLength(1);
    expect(verdicts[2]).toEqual({ surplus: true, begins: true });
  });

  it('are counted anew on the next day, and an event of the day before counts to the later day', () => {
    const { counts } = countAll(['a', 'a', 'a'], 2);
    const next = countAll(['a', 'a'], 2, '2026-11-22', counts);
    expect(next.verdicts.map(({ surplus }) => surplus)).toEqual([false, false]);
    expect(countAll(['a'], 2, DAY, next.counts)).toEqual({
      counts: { day: '2026-11-22', recipients: { a: 3 } },
      verdicts: [{ surplus: true, begins: true }],
    });
  });

  it('are counted under every key that an address is hashed with', () => {
    const before = { day: DAY, recipients: { 'k1:a': 2 } };
    const { counts, surplus } = countDeliveries(before, { day: DAY, recipients: [['k2:a', 'k1:a']], most: 2 });
    expect(surplus).toEqual([true]);
    expect(counts.recipients).toEqual({ 'k1:a': 2, 'k2:a': 1 });
  });

  it('fit a row however many recipients there are: most of a crowd is held back', () => {
    const crowd = Array.from({ length: 5_000 }, (_, index) => `k1:${index.toString(16).padStart(64, '0')}`);
    const { counts, verdicts } = countAll(crowd, 20);
    expect(JSON.stringify(counts).length * 2).toBeLessThan(65_536);
    expect(verdicts.filter(({ surplus }) => surplus).length).toBeGreaterThan(4_700);
    expect(verdicts.filter(({ begins }) => begins)).toHaveLength(1);
  });

  it('never exceed what is allowed, in whatever groups they come', () => {
    const groups = fc.array(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 4 }), { maxLength: 12 });
    fc.assert(
      fc.property(groups, fc.integer({ min: 1, max: 5 }), (all, most) => {
        let counts: DayCounts | undefined;
        const sent = new Map<string, number>();
        for (const recipients of all) {
          const result = countDeliveries(counts, { day: DAY, recipients: recipients.map((one) => [one]), most });
          ({ counts } = result);
          for (const [index, one] of recipients.entries())
            if (!result.surplus[index]) sent.set(one, (sent.get(one) ?? 0) + 1);
        }
        for (const [one, count] of sent) {
          const planned = all.flat().filter((other) => other === one).length;
          expect(count).toBe(Math.min(planned, most));
        }
      }),
    );
  });
});
