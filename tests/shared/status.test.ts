import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classOf, isSettled, merge, type Standing, STATUSES } from '../../shared/status.ts';

const standing: fc.Arbitrary<Standing> = fc
  .tuple(fc.constantFrom(...STATUSES), fc.constantFrom(undefined, 1, 2, 3))
  .map(([status, hour]) =>
    hour && (status === 'delivered' || status === 'failed')
      ? { status, reported: new Date(Date.UTC(2026, 10, 20, hour)) }
      : { status },
  );

describe('merge', () => {
  it('gives one end for any order of what comes to light', () => {
    fc.assert(
      fc.property(
        fc
          .array(standing, { minLength: 1, maxLength: 6 })
          .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([one, other]) => {
          const [end, otherEnd] = [one.reduce(merge), other.reduce(merge)];
          expect(classOf(otherEnd)).toBe(classOf(end));
          expect(classOf(end) === 6 ? otherEnd : end).toEqual(end);
        },
      ),
    );
  });

  it('lets a bounce win that is reported after "delivered", and a delivery that is reported after a failure', () => {
    const early = new Date('2026-11-20T10:00:00Z');
    const late = new Date('2026-11-20T11:00:00Z');
    expect(merge({ status: 'delivered', reported: early }, { status: 'failed', reported: late }).status).toBe('failed');
    expect(merge({ status: 'failed', reported: early }, { status: 'delivered', reported: late }).status).toBe(
      'delivered',
    );
  });

  it('calls it failed when both are reported for the same instant', () => {
    const at = new Date('2026-11-20T10:00:00Z');
    for (const [a, b] of [
      ['delivered', 'failed'],
      ['failed', 'delivered'],
    ] as const)
      expect(merge({ status: a, reported: at }, { status: b, reported: at }).status).toBe('failed');
  });

  it('never lets an acceptance hide a report, nor a refusal hide an acceptance', () => {
    expect(merge({ status: 'accepted' }, { status: 'failed', reported: new Date(1) }).status).toBe('failed');
    expect(merge({ status: 'failed' }, { status: 'accepted' }).status).toBe('accepted');
  });
});

describe('isSettled', () => {
  it('is false only while something may still be sent', () => {
    expect(STATUSES.filter((status) => !isSettled({ status }))).toEqual(['planned', 'sending']);
  });
});
