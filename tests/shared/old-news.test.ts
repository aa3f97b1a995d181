import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENT_TYPES, type EventType } from '../../shared/events.ts';
import { planEvent } from '../../shared/plan.ts';
import type { CurrentEvents } from '../../shared/ports.ts';
import { canBecomeOld, isOldNews, newestAfter } from '../../shared/subject.ts';
import { ARRIVED, eventOf } from './order-event.ts';

const COLUMNS = [
  'order.placed',
  'order.confirmed',
  'order.delayed',
  'order.shipped',
  'order.out-for-delivery',
  'order.delivered',
  'order.cancelled',
  'order.refunded',
  'appointment.booked',
  'appointment.rescheduled',
  'appointment.cancelled',
  'appointment.completed',
  'appointment.missed',
] as const;

/** Row: what the delivery tells; column, in the order above: what happened later; x: nobody is told any more. */
const DIES_WITH: Record<EventType, string> = {
  'order.placed': '........ .....',
  'order.confirmed': '..xxxxx. .....',
  'order.delayed': '..xxxxx. .....',
  'order.shipped': '..xxxxx. .....',
  'order.out-for-delivery': '..x.xxx. .....',
  'order.delivered': '........ .....',
  'order.cancelled': '........ .....',
  'order.refunded': '........ .....',
  'appointment.booked': '........ xxxxx',
  'appointment.rescheduled': '........ xxxxx',
  'appointment.cancelled': '........ xxxxx',
  'appointment.completed': '........ ...xx',
  'appointment.missed': '........ xxxxx',
};

const dies = (told: EventType, later: EventType): boolean =>
  DIES_WITH[told].replace(' ', '')[COLUMNS.indexOf(later)] === 'x';

type Version = { id?: string; time?: string; revision?: number };

const event = (type: EventType, { id = 'a', time = '2026-11-21T08:00:00Z', revision }: Version = {}) =>
  eventOf(type, { envelope: { id, time }, data: revision === undefined ? {} : { revision } });

const planOf = (type: EventType, version?: Version) => planEvent(event(type, version), ARRIVED)[0]!;

const currentOf = (...events: ReturnType<typeof event>[]) => events.reduce<CurrentEvents>(newestAfter, {});

const PAIRS = EVENT_TYPES.flatMap((told) => EVENT_TYPES.map((later) => [told, later, dies(told, later)] as const));

describe('a delivery', () => {
  it('is compared with every kind of news', () => {
    expect([...COLUMNS].sort()).toEqual([...EVENT_TYPES].sort());
  });

  it.each(PAIRS)('about %s, once %s has happened later, is old news: %s', (told, later, isOld) => {
    const plan = planOf(told);
    const after = (time: string) => currentOf(event(told), event(later, { id: 'b', time }));
    expect(isOldNews(plan, after('2026-11-21T08:00:01Z'))).toBe(isOld);
    expect(isOldNews(plan, after('2026-11-21T07:59:59Z'))).toBe(false);
  });

  it.each(EVENT_TYPES)('about %s is looked at again before the call only if something can make it old', (told) => {
    expect(canBecomeOld(planOf(told))).toBe(DIES_WITH[told].includes('x'));
  });

  it('of an event that is the newest of its kind is never old by itself', () => {
    for (const type of EVENT_TYPES) {
      expect(isOldNews(planOf(type), {})).toBe(false);
      expect(isOldNews(planOf(type), currentOf(event(type)))).toBe(false);
    }
  });

  it('is old by revision, whatever the times, where both events have one', () => {
    const plan = planOf('order.delayed', { revision: 2, time: '2026-11-21T08:00:00Z' });
    const later = (revision: number, time: string) =>
      isOldNews(plan, currentOf(event('order.out-for-delivery', { revision, time })));
    expect(later(3, '2026-11-21T07:00:00Z')).toBe(true);
    expect(later(1, '2026-11-21T08:30:00Z')).toBe(false);
    expect(later(2, '2026-11-21T08:30:00Z')).toBe(true);
  });

  it('is old by time where only one of two kinds of news has a revision', () => {
    const plan = planOf('order.delayed', { revision: 7 });
    expect(isOldNews(plan, currentOf(event('order.out-for-delivery', { time: '2026-11-21T08:00:01Z' })))).toBe(true);
    const unnumbered = planOf('order.delayed');
    const numbered = event('order.out-for-delivery', { revision: 7, time: '2026-11-21T07:00:00Z' });
    expect(isOldNews(unnumbered, currentOf(numbered))).toBe(false);
  });

  it('stands beside news of another kind from the same instant', () => {
    const current = currentOf(event('order.delayed'), event('order.out-for-delivery', { id: 'b' }));
    expect(isOldNews(planOf('order.delayed'), current)).toBe(false);
    expect(isOldNews(planOf('order.out-for-delivery', { id: 'b' }), current)).toBe(false);
  });

  it('is the only one of its kind that stands, though two are of one instant or only one has a revision', () => {
    const two = [event('order.delayed'), event('order.delayed', { id: 'b' })] as const;
    const mixed = [
      event('order.delayed', { time: '2026-11-21T08:00:01Z' }),
      event('order.delayed', { id: 'b', revision: 1 }),
    ] as const;
    for (const pair of [two, mixed]) {
      const standing = pair.filter((one) => !isOldNews(planEvent(one, ARRIVED)[0]!, currentOf(...pair)));
      expect(standing.map(({ id }) => id)).toEqual(['b']);
    }
  });

  it('of a kind that we no longer know stands', () => {
    expect(isOldNews({ ...planOf('order.delayed'), eventType: 'order.lost' }, currentOf(event('order.delayed')))).toBe(
      false,
    );
  });
});

describe('all news of a subject, in whatever order it came', () => {
  const version = fc.record({
    type: fc.constantFrom(...EVENT_TYPES),
    revision: fc.option(fc.nat(3), { nil: undefined }),
    time: fc.constantFrom('2026-11-21T08:00:00Z', '2026-11-21T08:00:01Z', '2026-11-21T08:00:02Z'),
  });
  const versions = fc.array(version, { minLength: 1, maxLength: 6 });
  const eventsOf = (all: { type: EventType; revision: number | undefined; time: string }[]) =>
    all.map(({ type, revision, time }, index) =>
      event(type, { id: `${index}`, time, ...(revision === undefined ? {} : { revision }) }),
    );
  const isOld = (one: ReturnType<typeof event>, current: CurrentEvents) =>
    isOldNews(planEvent(one, ARRIVED)[0]!, current);

  it('leaves the same deliveries standing', () => {
    fc.assert(
      fc.property(versions, (all) => {
        const events = eventsOf(all);
        const [forth, back] = [currentOf(...events), currentOf(...events.toReversed())];
        for (const one of events) expect(isOld(one, forth)).toBe(isOld(one, back));
      }),
      { numRuns: 50 },
    );
  });

  it('leaves at least one standing where all of it is numbered, or none', () => {
    fc.assert(
      fc.property(versions, fc.boolean(), (all, numbered) => {
        const events = eventsOf(all.map((one, index) => ({ ...one, revision: numbered ? index : undefined })));
        const current = currentOf(...events);
        expect(events.some((one) => !isOld(one, current))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});
