import { describe, expect, it } from 'vitest';
import { deliveryId } from '../../../shared/delivery-id.ts';
import type { EventRecord } from '../../../shared/ports.ts';
import { ARRIVED } from '../stored-delivery.ts';
import { HOUR, type Tables, fresh, later } from './contract-rows.ts';

const eventOf = (subject: string, id = fresh('event')): EventRecord => ({
  source: '/shops/nordlicht',
  subject,
  id,
  type: 'order.placed',
  arrived: ARRIVED,
  time: later(-1_000),
  contentHash: 'c'.repeat(64),
  deliveries: [
    deliveryId({
      instant: ARRIVED,
      source: 's',
      subject,
      occasion: id,
      role: 'customer',
      message: 'm',
      channel: 'sms',
    }),
  ],
});

const newest = { 'order.placed': { revision: 1, time: ARRIVED.toISOString(), id: 'event' } };

/** What holds for every implementation of subjects. */
export function subjectsContract(kind: string, tables: () => Tables): void {
  describe(`subjects in ${kind}`, () => {
    it('takes an event with its deliveries and what is newest', async () => {
      const { subjects } = tables();
      const event = eventOf(fresh('order:10/42 & ä'));
      expect(await subjects.event(event.source, event.subject, event.id)).toBeUndefined();
      expect(await subjects.current(event.source, event.subject)).toEqual({ newest: {} });
      expect(await subjects.take(event, { newest })).toBe('taken');
      expect(await subjects.event(event.source, event.subject, event.id)).toEqual(event);
      expect(await subjects.current(event.source, event.subject)).toEqual({ newest, etag: expect.any(String) });
      expect(await subjects.find(event.subject)).toEqual({ events: [event], deliveries: event.deliveries });
    });

    it('keeps what planning took from the state, and what was counted', async () => {
      const { subjects } = tables();
      const plain = eventOf(fresh('order:1042'));
      const held = { [plain.deliveries[0]!]: 'loop-suspected' } as const;
      const event = { ...plain, held, loopBegins: true };
      const counts = { day: '2026-11-20', recipients: { [`k1:${'a'.repeat(64)}`]: 21 } };
      await subjects.take(event, { newest, counts });
      expect(await subjects.event(event.source, event.subject, event.id)).toEqual(event);
      const current = await subjects.current(event.source, event.subject);
      expect(current).toEqual({ newest, counts, etag: expect.any(String) });
      const next = { ...counts, day: '2026-11-21' };
      await subjects.take(eventOf(event.subject), { ...current, counts: next });
      expect((await subjects.current(event.source, event.subject)).counts).toEqual(next);
    });

    it('knows an event the second time and writes nothing', async () => {
      const { subjects } = tables();
      const event = eventOf(fresh('order:1042'));
      await subjects.take(event, { newest: {} });
      const current = await subjects.current(event.source, event.subject);
      expect(await subjects.take({ ...event, contentHash: 'other' }, { ...current, newest })).toBe('known');
      expect(await subjects.take(event, { newest })).toBe('known');
      expect(await subjects.current(event.source, event.subject)).toEqual(current);
      expect(await subjects.event(event.source, event.subject, event.id)).toEqual(event);
    });

    it('refuses a `current` that has moved on, and takes the event on the next try', async () => {
      const { subjects } = tables();
      const subject = fresh('order:1042');
      const [first, second, third] = [eventOf(subject), eventOf(subject), eventOf(subject)];
      const empty = await subjects.current(first.source, subject);
      await subjects.take(first, empty);
      expect(await subjects.take(second, { ...empty, newest })).toBe('changed');
      expect(await subjects.event(second.source, subject, second.id)).toBeUndefined();
      const current = await subjects.current(first.source, subject);
      expect(await subjects.take(second, { ...current, newest })).toBe('taken');
      expect(await subjects.take(third, current)).toBe('changed');
      expect((await subjects.find(subject)).events).toHaveLength(2);
    });

    it('takes each of several events of one subject once, whoever is first', async () => {
      const { subjects } = tables();
      const event = eventOf(fresh('order:1042'));
      const current = await subjects.current(event.source, event.subject);
      const verdicts = await Promise.all([1, 2, 3].map(() => subjects.take(event, current)));
      expect(verdicts.toSorted()).toEqual(['known', 'known', 'taken']);
    });

    it('finds a subject from every source and no other subject', async () => {
      const { subjects } = tables();
      const subject = fresh('order:7');
      const here = eventOf(subject);
      const there = { ...eventOf(subject), source: `https://shop.example/${'long/'.repeat(100)}` };
      const other = eventOf(`${subject}1`);
      for (const event of [here, there, other]) await subjects.take(event, { newest: {} });
      const found = await subjects.find(subject);
      expect(found.events.map(({ source }) => source).toSorted()).toEqual([here.source, there.source]);
      expect(found.deliveries.toSorted()).toEqual([...here.deliveries, ...there.deliveries].toSorted());
      expect(await subjects.find(`${subject}2`)).toEqual({ events: [], deliveries: [] });
    });

    it('forgets an old subject but for the fact that its events were taken', async () => {
      const { subjects } = tables();
      const subject = fresh('order:old');
      const [first, second] = [eventOf(subject), eventOf(subject)];
      const { source } = first;
      await subjects.take(first, { newest });
      await subjects.take(second, { ...(await subjects.current(source, subject)), newest });
      expect(await subjects.forget(source, subject, later(1))).toBe(5);
      expect(await subjects.find(subject)).toEqual({ events: [], deliveries: [] });
      expect(await subjects.current(source, subject)).toEqual({ newest: {} });
      for (const { id } of [first, second]) expect(await subjects.event(source, subject, id)).toBe('forgotten');
      expect(await subjects.take(first, { newest })).toBe('known');
      expect(await subjects.forget(source, subject, later(1))).toBe(0);
    });

    it('forgets nothing of a subject that has had an event or a delivery since', async () => {
      const { subjects } = tables();
      const event = eventOf(fresh('order:recent'));
      const { source, subject } = event;
      await subjects.take({ ...event, arrived: later(-HOUR) }, { newest });
      expect(await subjects.forget(source, subject, later(-HOUR / 2))).toBe(0);
      expect(await subjects.forget(source, subject, later(-2 * HOUR))).toBe(0);
      expect(await subjects.find(subject)).toMatchObject({ deliveries: event.deliveries });
      expect(await subjects.forget(source, `${subject}0`, later(HOUR))).toBe(0);
    });

    it('takes a new event of a subject that it has forgotten', async () => {
      const { subjects } = tables();
      const [old, event] = [eventOf(fresh('order:back')), eventOf('')];
      const { source, subject } = old;
      await subjects.take(old, { newest });
      await subjects.forget(source, subject, later(1));
      const again = { ...event, subject, arrived: later(HOUR) };
      expect(await subjects.take(again, { newest })).toBe('taken');
      expect((await subjects.find(subject)).events).toEqual([again]);
      expect(await subjects.forget(source, subject, later(1))).toBe(0);
    });

    it('takes an event without deliveries, and one with ninety', async () => {
      const { subjects } = tables();
      const none = { ...eventOf(fresh('order:0')), deliveries: [] };
      const many = eventOf(fresh('order:90'));
      const deliveries = Array.from({ length: 90 }, (_, role) =>
        deliveryId({
          instant: ARRIVED,
          source: 's',
          subject: many.subject,
          occasion: '',
          role: `${role}`,
          message: 'm',
          channel: 'sms',
        }),
      );
      expect(await subjects.take(none, { newest })).toBe('taken');
      expect(await subjects.take({ ...many, deliveries }, { newest })).toBe('taken');
      expect((await subjects.find(many.subject)).deliveries).toHaveLength(90);
    });
  });
}
