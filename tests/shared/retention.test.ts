import { describe, expect, it } from 'vitest';
import { deliveryId } from '../../shared/delivery-id.ts';
import { projectFailure } from '../../shared/failures.ts';
import { takeEvents } from '../../shared/intake.ts';
import type { EventRecord } from '../../shared/ports.ts';
import { countOld, purge, purgeOld, retentionStart } from '../../shared/retention.ts';
import type { OnCall, PortCall } from '../fakes/calls.ts';
import { instanceOf } from '../../shared/reminders.ts';
import { fakeClock } from '../fakes/clock.ts';
import { fakePorts } from '../fakes/ports.ts';
import { versionAt } from './appointment-version.ts';
import { bytesOf, INTAKE_SETTINGS, rawEvent } from './order-event.ts';
import { ARRIVED, deliveryOf } from './stored-delivery.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const daysBefore = (days: number) => new Date(ARRIVED.getTime() - days * DAY);
const UNLIMITED = { before: daysBefore(90), budget: Infinity };
const EVERYTHING = {
  deliveries: 2,
  failures: 1,
  appointments: 1,
  rejectedEvents: 1,
  deadLetters: 1,
  unmatchedReports: 1,
  staffActions: 1,
};

const DELIVERED = { status: 'delivered', cause: 'arrived' } as const;

const world = (onCall: OnCall = () => undefined) => fakePorts({ clock: fakeClock(ARRIVED), onCall });
type World = ReturnType<typeof world>;

const eventOf = (subject: string, arrived: Date, id = 'evt-1'): EventRecord => {
  const source = '/shops/nordlicht';
  const identity = { instant: arrived, source, subject, occasion: id, role: 'customer', message: 'm' };
  return {
    source,
    subject,
    id,
    type: 'order.placed',
    arrived,
    time: arrived,
    contentHash: 'c',
    deliveries: [deliveryId({ ...identity, channel: 'sms' }), deliveryId({ ...identity, channel: 'email' })],
  };
};

/** An event with its deliveries, one of them failed, and a row in every other table, all of that time. */
async function fill(ports: World, arrived: Date, subject: string, id?: string): Promise<EventRecord> {
  const event = eventOf(subject, arrived, id);
  await ports.subjects.take(event, await ports.subjects.current(event.source, subject));
  for (const delivery of event.deliveries)
    ports.deliveries.rows.set(delivery, deliveryOf({ id: delivery, arrived, subject }, DELIVERED));
  const [first] = event.deliveries;
  const failed = deliveryOf({ id: first!, subject }, { status: 'failed', cause: 'refused' });
  await ports.failures.put(projectFailure(failed, arrived)!);
  const body = Buffer.from(subject);
  const { source } = event;
  await ports.rejectedEvents.put({ at: arrived, arrived, source, subject, id: 'bad', type: 't', reasons: [], body });
  await ports.deadLetters.put({
    at: arrived,
    entity: 'sms',
    sequenceNumber: `${arrived.getTime()}`,
    messageId: 'm',
    reason: 'r',
    description: '',
    deliveryCount: 10,
    enqueued: arrived,
    arrived,
    resubmitted: 0,
    source: '',
    subject: '',
    eventId: '',
    delivery: first!,
  });
  await ports.unmatchedReports.put({ at: arrived, reportId: subject, type: 't', why: 'w' });
  await ports.appointments.keep(versionAt(arrived, { id: subject }));
  await ports.staffActions.put({ at: arrived, by: 'ada', command: 'show', what: `Looked at ${subject}.` });
  await ports.hours.reopen(arrived.toISOString().slice(0, 13));
  return event;
}

/** How many rows stand in each table. */
const rowsIn = (ports: World) => ({
  deliveries: ports.deliveries.rows.size,
  failures: ports.failures.rows.size,
  appointments: ports.appointments.rows.size,
  rejectedEvents: ports.rejectedEvents.rows.size,
  deadLetters: ports.deadLetters.rows.size,
  unmatchedReports: ports.unmatchedReports.rows.size,
  staffActions: ports.staffActions.rows.length,
});

describe('a purge', () => {
  it('removes what is older from every table, and nothing else', async () => {
    const ports = world();
    const old = await fill(ports, daysBefore(92), 'order:1');
    const kept = await fill(ports, daysBefore(89), 'order:2');
    const { complete, ...purged } = await purge(UNLIMITED, ports);
    expect([complete, purged]).toEqual([true, { ...EVERYTHING, subjects: 4, hours: 1 }]);
    expect(rowsIn(ports)).toEqual(EVERYTHING);
    expect([...ports.deliveries.rows.keys()]).toEqual(kept.deliveries);
    expect([...ports.hours.rows.keys()]).toEqual([daysBefore(89).toISOString().slice(0, 13)]);
    expect(await ports.subjects.find(old.subject)).toEqual({ events: [], deliveries: [] });
    expect((await ports.subjects.find(kept.subject)).events).toHaveLength(1);
  });

  it('leaves a delivery that is still open, says so, and removes it once it has ended', async () => {
    const ports = world();
    const { deliveries } = await fill(ports, daysBefore(92), 'order:1');
    const [open, ended] = deliveries;
    for (const status of ['planned', 'sending', 'accepted'] as const) {
      ports.deliveries.rows.set(open!, deliveryOf({ id: open! }, { status }));
      await purgeOld({ ...ports, retentionDays: 90 });
      expect([status, [...ports.deliveries.rows.keys()]]).toEqual([status, [open]]);
      expect(ports.entries.filter(({ event }) => event === 'purge-left-open').at(-1)?.fields).toEqual({
        delivery: open,
      });
    }
    expect((await countOld(UNLIMITED.before, ports.ageing)).deliveries).toBe(0);
    ports.deliveries.rows.set(open!, deliveryOf({ id: open! }, DELIVERED));
    await purgeOld({ ...ports, retentionDays: 90 });
    expect(ports.deliveries.rows.size).toBe(0);
    expect(ended).toBeDefined();
  });

  it('keeps suppressions for ever', async () => {
    const ports = world();
    const since = daysBefore(1_000);
    await ports.suppressions.record({ channel: 'sms', address: 'k1:a', cause: 'opted-out', since, by: 'report' });
    await purge({ before: ARRIVED, budget: Infinity }, ports);
    expect(ports.suppressions.rows.size).toBe(1);
  });

  it('removes whole hours of deliveries, and whole days of everything else', async () => {
    const ports = world();
    await fill(ports, new Date('2026-08-22T11:59:59Z'), 'order:1');
    await fill(ports, new Date('2026-08-22T12:00:00Z'), 'order:2');
    const before = new Date('2026-08-22T12:30:00Z');
    expect(await purge({ before, budget: Infinity }, ports)).toMatchObject({ deliveries: 2, failures: 0, hours: 1 });
    expect(await purge({ before: new Date('2026-08-23T00:00:00Z'), budget: Infinity }, ports)).toMatchObject({
      deliveries: 2,
      failures: 2,
    });
  });

  it('keeps a subject that has had an event since, until that is old too', async () => {
    const ports = world();
    const old = await fill(ports, daysBefore(92), 'order:1', 'old');
    await fill(ports, daysBefore(60), 'order:1', 'newer');
    expect(await purge(UNLIMITED, ports)).toMatchObject({ deliveries: 2, subjects: 0 });
    expect((await ports.subjects.find('order:1')).events).toHaveLength(2);
    await purge({ before: daysBefore(59), budget: Infinity }, ports);
    expect(await ports.subjects.find('order:1')).toEqual({ events: [], deliveries: [] });
    expect(await ports.subjects.event(old.source, old.subject, old.id)).toBe('forgotten');
  });

  it('finds a subject whose event was taken but whose deliveries were never stored, by its rejected event', async () => {
    const ports = world();
    const { source, subject, id } = await fill(ports, daysBefore(92), 'order:1');
    ports.deliveries.rows.clear();
    await purge(UNLIMITED, ports);
    expect(await ports.subjects.event(source, subject, id)).toBe('forgotten');
  });

  it('does nothing the second time', async () => {
    const ports = world();
    await fill(ports, daysBefore(92), 'order:1');
    await purge(UNLIMITED, ports);
    const { complete: _, ...purged } = await purge(UNLIMITED, ports);
    expect(Object.values(purged).every((count) => count === 0)).toBe(true);
  });

  it('says beforehand how many rows it would remove, and removes none', async () => {
    const ports = world();
    await fill(ports, daysBefore(92), 'order:1');
    await fill(ports, daysBefore(91), 'order:2');
    const counts = await countOld(UNLIMITED.before, ports.ageing);
    expect(counts).toMatchObject({ deliveries: 4, failures: 2, rejectedEvents: 2 });
    expect(rowsIn(ports)).toMatchObject({ deliveries: 4, failures: 2 });
  });

  it('stops when its time is up, and is gone on with', async () => {
    const clock = fakeClock(ARRIVED, 'skipped');
    const ports = fakePorts({
      clock,
      onCall: ({ operation, moment }) =>
        operation === 'remove' && moment === 'after' ? clock.wait(10_000) : undefined,
    });
    for (let n = 0; n < 5; n++) await fill(ports, daysBefore(95 - n / 24), `order:${n}`);
    const first = await purge({ ...UNLIMITED, budget: 15_000 }, ports);
    expect(first).toMatchObject({ complete: false, deliveries: 4, hours: 0 });
    const counts = [first.deliveries];
    for (let complete = false; !complete;) {
      const next = await purge({ ...UNLIMITED, budget: 15_000 }, ports);
      ({ complete } = next);
      counts.push(next.deliveries);
    }
    expect(counts.reduce((sum, count) => sum + count)).toBe(10);
    expect(Object.values(rowsIn(ports)).every((count) => count === 0)).toBe(true);
  });

  it('reads no partition that is not old', async () => {
    const asked: PortCall[] = [];
    const ports = world((call) => void asked.push(call));
    for (const days of [3, 10, 20]) await fill(ports, daysBefore(days), `order:${days}`);
    asked.length = 0;
    await purge(UNLIMITED, ports);
    expect(asked.some(({ operation }) => operation === 'rowsOf')).toBe(false);
    expect(asked.filter(({ operation, moment }) => operation === 'firstFrom' && moment === 'before')).toHaveLength(7);
  });
});

describe('a purge that dies at any call', () => {
  it('leaves nothing behind that the next one does not remove', async () => {
    const calls: PortCall[] = [];
    const counted = world((call) => void calls.push(call));
    await fill(counted, daysBefore(92), 'order:1');
    counted.rejectedEvents.rows.clear();
    calls.length = 0;
    await purge(UNLIMITED, counted);
    expect(calls.length).toBeGreaterThan(40);
    for (let moment = 0; moment < calls.length; moment++) {
      let left = Infinity;
      const ports = world(() => {
        left -= 1;
        if (left < 0) throw new Error('died');
      });
      const { source, subject, id } = await fill(ports, daysBefore(92), 'order:1');
      // Nothing but its deliveries leads to the order.
      ports.rejectedEvents.rows.clear();
      left = moment;
      await expect(purge(UNLIMITED, ports)).rejects.toThrow('died');
      left = Infinity;
      await purge(UNLIMITED, ports);
      expect([moment, ...Object.values(rowsIn(ports))]).toEqual([moment, 0, 0, 0, 0, 0, 0, 0]);
      expect([moment, await ports.subjects.event(source, subject, id)]).toEqual([moment, 'forgotten']);
      expect(ports.hours.rows.size).toBe(0);
    }
  });
});

describe('the timer', () => {
  it('purges by the setting and logs counts', async () => {
    const ports = world();
    await fill(ports, daysBefore(31), 'order:1');
    await fill(ports, daysBefore(29), 'order:2');
    await purgeOld({ ...ports, retentionDays: 30 });
    expect(rowsIn(ports)).toMatchObject({ deliveries: 2, failures: 1 });
    expect(ports.entries.at(-1)).toMatchObject({ event: 'purge-done', fields: { deliveries: 2, complete: true } });
  });

  it('keeps an appointment and its subject until the retention after its day, then forgets what waited for it', async () => {
    const ports = world();
    const start = new Date(ARRIVED.getTime() + 200 * 86_400_000);
    const arrived = daysBefore(100);
    const raw = rawEvent('appointment.booked', {
      appointment: { start: start.toISOString() },
      customer: { channels: [] },
    });
    await takeEvents([{ body: bytesOf(raw), arrived, parked: 0, resubmitted: 0 }], { ...ports, ...INTAKE_SETTINGS });
    const [event] = ports.subjects.taken;
    const forgotten: string[] = [];
    const reminders = { forget: async (instance: string) => void forgotten.push(instance) };
    for (const row of ports.deliveries.rows.values())
      ports.deliveries.rows.set(row.plan.id, { ...row, progress: { ...row.progress, ...DELIVERED } });

    await purgeOld({ ...ports, reminders, retentionDays: 30 });
    expect(ports.appointments.rows.size).toBe(1);
    expect(await ports.subjects.event(event!.source, event!.subject, event!.id)).toEqual(event);
    expect(forgotten).toEqual([]);

    const clock = fakeClock(new Date(start.getTime() + 32 * 86_400_000));
    await purgeOld({ ...ports, clock, reminders, retentionDays: 30 });
    expect(ports.appointments.rows.size).toBe(0);
    expect(await ports.subjects.event(event!.source, event!.subject, event!.id)).toBe('forgotten');
    expect(forgotten).toEqual([instanceOf(event!.source, event!.subject, event!.id)]);
  });

  it('reckons the retention from now', () => {
    expect(retentionStart(ARRIVED, 90)).toEqual(daysBefore(90));
  });
});

describe('an event that comes once more after it was purged', () => {
  it('is known, is not told again, and leaves no personal data behind', async () => {
    const ports = world();
    const settings = { ...ports, ...INTAKE_SETTINGS };
    const body = Buffer.from(JSON.stringify(rawEvent('order.placed')));
    const incoming = { body, arrived: daysBefore(100), parked: 0, resubmitted: 0 };
    await takeEvents([incoming], settings);
    const sent = ports.broker.sms.length + ports.broker.email.length;
    expect(sent).toBeGreaterThan(0);
    for (const [id, row] of ports.deliveries.rows)
      ports.deliveries.rows.set(id, { ...row, progress: { ...row.progress, ...DELIVERED } });
    await purge(UNLIMITED, ports);
    const restamped = Buffer.from(JSON.stringify({ ...rawEvent('order.placed'), time: ARRIVED.toISOString() }));
    for (const again of [
      incoming,
      { ...incoming, arrived: ARRIVED },
      { ...incoming, body: restamped, arrived: ARRIVED },
    ])
      await takeEvents([again], settings);
    expect(ports.broker.sms.length + ports.broker.email.length).toBe(sent);
    expect(rowsIn(ports)).toMatchObject({ deliveries: 0, rejectedEvents: 0 });
    expect(ports.entries.at(-1)).toMatchObject({ event: 'event-known', fields: { forgotten: true } });
  });
});
