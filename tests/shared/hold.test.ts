import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DeliveryId, deliveryId } from '../../shared/delivery-id.ts';
import { outlookFor, type Quiet, SPREAD } from '../../shared/hold.ts';
import { type QuietHours, quietFrom, quietUntil } from '../../shared/quiet-hours.ts';

const HOUR = 3_600_000;
const GUARD = 300;
const NIGHT: QuietHours = { start: 21 * 60, end: 8 * 60 };
const ZONE = 'Europe/Vienna';
const VIENNA: Quiet = { zone: ZONE, tooLate: 'expire' };
/** In Vienna, in winter. */
const at = (local: string) => new Date(`2026-11-${local}+01:00`);
const idOf = (occasion: string) =>
  deliveryId({
    instant: at('20T12:00'),
    source: '/shop',
    subject: 'order:1',
    occasion,
    role: 'customer',
    message: 'm',
    channel: 'sms',
  });

const looking = (from: string, { deadline = '22T12:00', quiet = VIENNA, hours = NIGHT, id = idOf('1') } = {}) =>
  outlookFor({ id, quiet, deadline: at(deadline) }, hours, at(from), GUARD);

const until = (id: DeliveryId, from = '20T22:00', deadline = '22T12:00') => {
  const { hold } = looking(from, { id, deadline });
  return hold?.do === 'hold' ? hold.until : undefined;
};

describe('a delivery that keeps to quiet hours', () => {
  it('may be called until they begin, less what a call may be late for its slot', () => {
    expect(looking('20T12:00').before).toEqual(new Date(at('20T21:00').getTime() - GUARD));
  });

  it.each(['20T21:00', '21T03:00', '21T07:59:59.999'])('is held from the first to the last of them, %s', (from) => {
    const { before, hold } = looking(from);
    expect(before.getTime()).toBeLessThanOrEqual(at(from).getTime());
    expect(hold).toMatchObject({ do: 'hold' });
  });

  it('waits until they are over, and some of a quarter of an hour by its id', () => {
    const ends = Array.from(
      { length: 1_000 },
      (_, index) => until(idOf(String(index)))!.getTime() - at('21T08:00').getTime(),
    );
    expect(Math.min(...ends)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...ends)).toBeLessThan(SPREAD);
    const inEachMinute = Map.groupBy(ends, (end) => Math.floor(end / 60_000));
    expect(inEachMinute.size).toBe(15);
    for (const { length } of inEachMinute.values()) expect(length).toBeGreaterThan(30);
  });

  it('waits until the same instant whenever it is asked for', () => {
    const id = idOf('x');
    for (const from of ['20T12:00', '20T20:59:59.900', '20T21:00', '21T07:59'])
      expect(until(id, from)).toEqual(until(id));
  });

  it('goes in what is left before its deadline, if that is less than a quarter of an hour', () => {
    for (let index = 0; index < 100; index += 1) {
      const end = until(idOf(String(index)), '20T22:00', '21T08:04')!;
      expect(end.getTime()).toBeGreaterThanOrEqual(at('21T08:00').getTime());
      expect(end.getTime()).toBeLessThan(at('21T08:02').getTime());
    }
  });

  it.each([
    ['its deadline is before the morning', '21T07:30', VIENNA],
    ['its deadline is the morning', '21T08:00', VIENNA],
    ['it is held no longer than that', '22T12:00', { ...VIENNA, latest: at('21T08:00') }],
  ])('expires or is sent, as its message says, when %s', (_, deadline, quiet) => {
    expect(looking('20T22:00', { deadline, quiet }).hold).toEqual({ do: 'expire' });
    expect(looking('20T22:00', { deadline, quiet: { ...quiet, tooLate: 'send' } })).toEqual({ before: at(deadline) });
  });

  it('keeps none when there are none, or its message has none', () => {
    const [plan, from] = [{ id: idOf('1'), deadline: at('22T12:00') }, at('20T23:00')];
    expect(outlookFor({ ...plan, quiet: VIENNA }, undefined, from, GUARD)).toEqual({ before: plan.deadline });
    expect(outlookFor(plan, NIGHT, from, GUARD)).toEqual({ before: plan.deadline });
  });

  it('is never called in them, and never held at another time', () => {
    const minute = fc.integer({ min: 0, max: 1_439 });
    const zone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
    const instant = fc
      .integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 11, 31) })
      .map((time) => new Date(time));
    fc.assert(
      fc.property(
        fc.record({ zone, start: minute, length: fc.integer({ min: 1, max: 1_380 }), from: instant }),
        fc.integer({ min: 1, max: 72 * 60 }),
        fc.uuid(),
        (quiet, minutes, id) => {
          const hours = { start: quiet.start, end: (quiet.start + quiet.length) % 1_440 };
          const deadline = new Date(quiet.from.getTime() + minutes * 60_000);
          const plan = { id: id as DeliveryId, deadline, quiet: { zone: quiet.zone, tooLate: 'expire' as const } };
          const { before, hold } = outlookFor(plan, hours, quiet.from, GUARD);
          expect(before <= deadline).toBe(true);
          const starts = quietFrom(hours, quiet.zone, quiet.from);
          expect(before <= quiet.from || before <= starts).toBe(true);
          if (hold?.do !== 'hold') return;
          expect(quietUntil(hours, quiet.zone, hold.until)).toEqual(hold.until);
          expect(hold.until < deadline).toBe(true);
          expect(hold.until.getTime() - before.getTime()).toBeLessThan(49 * HOUR);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
