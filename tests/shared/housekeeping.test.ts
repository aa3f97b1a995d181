import { describe, expect, it } from 'vitest';
import type { DeliveryId } from '../../shared/delivery-id.ts';
import type { Progress } from '../../shared/delivery.ts';
import { sweep } from '../../shared/housekeeping.ts';
import { LIMITS } from '../../shared/limits.ts';
import type { OnCall } from '../fakes/calls.ts';
import { fakeClock } from '../fakes/clock.ts';
import { fakePorts } from '../fakes/ports.ts';
import { acceptedAt, ARRIVED, deliveryOf, type planOf } from './stored-delivery.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const later = (milliseconds: number) => new Date(ARRIVED.getTime() + milliseconds);

function inMemory({ after = 0, onCall = () => undefined }: { after?: number; onCall?: OnCall } = {}) {
  const read: string[] = [];
  const ports = fakePorts({ clock: fakeClock(later(after)), onCall });
  const deliveries = {
    ...ports.deliveries,
    ofHour(hour: string) {
      read.push(hour);
      return ports.deliveries.ofHour(hour);
    },
  };
  return {
    ...ports,
    /** Adds a delivery and tells its id. */
    given(plan: Parameters<typeof planOf>[0] = {}, progress: Partial<Progress> = {}): DeliveryId {
      const delivery = deliveryOf(plan, progress);
      ports.deliveries.rows.set(delivery.plan.id, delivery);
      return delivery.plan.id;
    },
    progress: (id: DeliveryId) => ports.deliveries.rows.get(id)?.progress,
    /** What one sweep counts, and which hours it read. */
    async sweep() {
      read.length = 0;
      const counts = await sweep({ ...ports, deliveries, limits: LIMITS.real, reportDeadline: DAY });
      return { ...counts, read: [...read] };
    },
    messageIds: () => [...ports.broker.sms, ...ports.broker.email].map(({ messageId }) => messageId),
  };
}

describe('an accepted delivery without a report', () => {
  it('is unknown from the report deadline on, with a failure row', async () => {
    const world = inMemory({ after: DAY - 1 });
    const id = world.given({}, acceptedAt(ARRIVED));
    expect(await world.sweep()).toMatchObject({ unknown: 0 });
    await world.clock.advance(1);
    expect(await world.sweep()).toMatchObject({ unknown: 1, failed: 0 });
    expect(world.progress(id)).toMatchObject({ status: 'unknown', cause: 'no-report', revision: 3 });
    expect(world.progress(id)?.history.at(-1)).toEqual({
      at: later(DAY),
      status: 'unknown',
      cause: 'no-report',
      attempt: 0,
    });
    expect(world.failures.rows.get(id)).toMatchObject({ status: 'unknown', cause: 'no-report' });
    expect(await world.sweep()).toMatchObject({ unknown: 0 });
  });

  it('stays as it is when a report comes in between, and is looked at again', async () => {
    let reported = false;
    const world = inMemory({
      after: DAY,
      onCall({ port, operation, moment }) {
        if (port !== 'deliveries' || operation !== 'record' || moment !== 'before' || reported) return;
        reported = true;
        const row = deliveryOf({}, { status: 'delivered', cause: 'arrived', reported: ARRIVED }, 'second');
        world.deliveries.rows.set(row.plan.id, row);
      },
    });
    const id = world.given({}, acceptedAt(ARRIVED));
    expect(await world.sweep()).toMatchObject({ unknown: 0, failed: 0 });
    expect(world.progress(id)?.status).toBe('delivered');
    expect(world.failures.rows.size).toBe(0);
    expect((await world.sweep()).read).toHaveLength(1);
  });
});

it.each(['before', 'after'] as const)(
  'writes the failure row with the next sweep when one died just %s writing it',
  async (dies) => {
    let away = true;
    const world = inMemory({
      after: DAY,
      onCall({ port, moment }) {
        if (away && port === 'failures' && moment === dies) throw new Error('away');
      },
    });
    const id = world.given({}, acceptedAt(ARRIVED));
    expect(await world.sweep()).toMatchObject({ unknown: 0, failed: 1 });
    away = false;
    expect(await world.sweep()).toMatchObject({ failed: 0 });
    expect([...world.failures.rows.values()]).toMatchObject([{ delivery: id, cause: 'no-report' }]);
    expect((await world.sweep()).read).toEqual([]);
  },
);

it('writes a failure row once, however often the hour is read because of another delivery', async () => {
  let puts = 0;
  const world = inMemory({
    after: DAY,
    onCall({ port, operation, moment }) {
      if (port === 'failures' && operation === 'put' && moment === 'before') puts += 1;
    },
  });
  const ids = [1, 2, 3, 4, 5].map((n) => world.given({ eventId: `evt-${n}` }, acceptedAt(ARRIVED)));
  world.given({ eventId: 'open' });
  for (let time = 0; time < 4; time += 1) {
    await world.sweep();
    await world.clock.advance(15 * MINUTE);
  }
  expect(puts).toBe(5);
  world.failures.rows.delete(ids[0]!);
  world.failures.rows.set(ids[1]!, { ...world.failures.rows.get(ids[1]!)!, revision: 1 });
  await world.sweep();
  expect(puts).toBe(7);
});

describe('an overdue delivery', () => {
  it('gets one new copy an hour, numbered as its row says, under a MessageId of its own', async () => {
    const world = inMemory({ after: 15 * MINUTE });
    const id = world.given({}, { status: 'sending', copy: 3 });
    for (let minute = 0; minute < 90; minute += 15) {
      await world.sweep();
      await world.clock.advance(15 * MINUTE);
    }
    expect(world.messageIds()).toEqual([`${id}/h2026-11-20T13`, `${id}/h2026-11-20T14`]);
    expect(world.broker.sms[0]?.body).toEqual({ delivery: id, copy: 3 });
    expect(world.progress(id)).toMatchObject({ status: 'sending', revision: 0 });
    expect(world.entries.find(({ event }) => event === 'copy-scheduled-again')?.fields).toEqual({
      trace: 'a'.repeat(32),
      delivery: id,
      channel: 'sms',
      copy: 3,
    });
  });

  it('counts from the later of first slot and slot', async () => {
    const world = inMemory({ after: 20 * MINUTE });
    const waits = world.given({}, { status: 'sending', slot: later(6 * MINUTE) });
    const lost = world.given({ eventId: 'evt-2' }, { status: 'sending', slot: later(5 * MINUTE) });
    expect(await world.sweep()).toMatchObject({ scheduledAgain: 1 });
    expect(world.messageIds()).toEqual([`${lost}/h2026-11-20T13`]);
    await world.clock.advance(MINUTE);
    await world.sweep();
    expect(world.messageIds()).toContain(`${waits}/h2026-11-20T13`);
  });

  it('goes back to the queue of its channel, and what is settled to none', async () => {
    const world = inMemory({ after: HOUR });
    world.given();
    world.given({ channel: 'email' });
    world.given({ eventId: 'evt-2' }, { status: 'expired', cause: 'deadline-passed' });
    await world.sweep();
    expect([world.broker.sms.length, world.broker.email.length]).toEqual([1, 1]);
  });
});

describe('sweep', () => {
  it('lets no failing row or queue stop the others', async () => {
    let faults = 1;
    const world = inMemory({
      after: DAY,
      onCall({ port, operation, moment }) {
        if (moment !== 'before' || port !== 'deliveries' || operation !== 'record' || faults === 0) return;
        faults -= 1;
        throw new Error('away');
      },
    });
    const bad = world.given({ eventId: 'bad' }, acceptedAt(ARRIVED));
    const good = world.given({}, acceptedAt(ARRIVED));
    const next = world.given({ arrived: later(HOUR), eventId: 'evt-3' });
    expect(await world.sweep()).toMatchObject({ unknown: 1, scheduledAgain: 1, failed: 1 });
    expect([bad, good].map((id) => world.progress(id)?.status)).toEqual(['accepted', 'unknown']);
    expect(world.messageIds()).toEqual([`${next}/h2026-11-21T13`]);
    const errors = world.entries.filter(({ level }) => level === 'error');
    expect(errors.map(({ event }) => event)).toEqual(['housekeeping-row-failed', 'housekeeping-done']);
    expect(errors[0]?.fields).toMatchObject({ trace: 'a'.repeat(32), delivery: bad });
    expect(await world.sweep()).toMatchObject({ unknown: 1, failed: 0 });
  });

  it('counts copies that the broker did not take as failed, and brings them with the next sweep', async () => {
    let away = true;
    const world = inMemory({
      after: HOUR,
      onCall({ operation }) {
        if (away && operation === 'sendCopies') throw new Error('away');
      },
    });
    world.given();
    expect(await world.sweep()).toMatchObject({ scheduledAgain: 0, failed: 1 });
    away = false;
    expect(await world.sweep()).toMatchObject({ scheduledAgain: 1, failed: 0 });
  });

  it('closes an hour with nothing open, and does not read it again', async () => {
    const world = inMemory({ after: 5 * HOUR });
    world.given({}, { status: 'delivered', cause: 'arrived' });
    expect((await world.sweep()).read).toEqual(['2026-11-20T13']);
    expect((await world.sweep()).read).toEqual([]);
    await world.clock.advance(30 * DAY);
    expect((await world.sweep()).read).toEqual([]);
  });

  it('does not read an hour of accepted deliveries before the first of them falls due', async () => {
    const world = inMemory({ after: 5 * HOUR });
    world.given({}, acceptedAt(later(10 * MINUTE)));
    world.given({ eventId: 'evt-2' }, acceptedAt(later(20 * MINUTE)));
    await world.sweep();
    await world.clock.advance(19 * HOUR + 9 * MINUTE);
    expect((await world.sweep()).read).toEqual([]);
    await world.clock.advance(MINUTE);
    expect(await world.sweep()).toMatchObject({ unknown: 1, read: ['2026-11-20T13'] });
    expect((await world.sweep()).read).toEqual([]);
    await world.clock.advance(10 * MINUTE);
    expect(await world.sweep()).toMatchObject({ unknown: 1 });
  });

  it('reads a young hour again as soon as something that came since may be due, and not before', async () => {
    const world = inMemory({ after: 30 * MINUTE });
    world.given({}, { status: 'delivered', cause: 'arrived' });
    await world.sweep();
    const since = world.given({ eventId: 'evt-2', firstSlot: later(30 * MINUTE) });
    await world.clock.advance(15 * MINUTE - 1);
    expect((await world.sweep()).read).toEqual([]);
    await world.clock.advance(1);
    expect(await world.sweep()).toMatchObject({ read: ['2026-11-20T13'], scheduledAgain: 1 });
    expect(world.messageIds()).toEqual([`${since}/h2026-11-20T13`]);
  });

  it('is in time for a report deadline of seconds, whatever state it found the delivery in', async () => {
    const world = inMemory({ after: 5 * HOUR });
    const settings = { ...world, limits: LIMITS.real, reportDeadline: 10_000 };
    const slot = later(5 * HOUR);
    const id = world.given({}, { status: 'sending', slot });
    await sweep(settings);
    world.given({}, acceptedAt(slot));
    await world.clock.advance(10_000);
    expect(await sweep(settings)).toMatchObject({ unknown: 1 });
    expect(world.progress(id)?.status).toBe('unknown');
  });

  it('reads a closed hour again once a late delivery reopens it, also when that happens during a sweep', async () => {
    let reopen = false;
    const world = inMemory({
      after: 5 * HOUR,
      async onCall({ port, operation, moment }) {
        if (!reopen || port !== 'deliveries' || operation !== 'ofHour' || moment !== 'after') return;
        reopen = false;
        world.given({ eventId: 'late' });
        await world.hours.reopen('2026-11-20T13');
      },
    });
    world.given({}, { status: 'delivered', cause: 'arrived' });
    reopen = true;
    expect(await world.sweep()).toMatchObject({ scheduledAgain: 0 });
    expect(await world.sweep()).toMatchObject({ scheduledAgain: 1 });
  });

  it('steps over hours without rows in one look, and ends what is older than the retention as well', async () => {
    const looks: string[] = [];
    const world = inMemory({
      after: 80 * DAY,
      onCall({ port, operation, moment }) {
        if (moment === 'before' && port === 'deliveries') looks.push(operation);
      },
    });
    const old = world.given({ arrived: later(-11 * DAY), eventId: 'old' }, acceptedAt(later(-11 * DAY)));
    world.given();
    world.given({ arrived: later(80 * DAY), eventId: 'new' });
    expect((await world.sweep()).read).toEqual(['2026-11-09T13', '2026-11-20T13', '2027-02-08T13']);
    expect(world.progress(old)?.status).toBe('unknown');
    expect(looks.filter((operation) => operation === 'nextHour').length).toBeLessThanOrEqual(6);
  });

  it('looks after several rows at once, but not after all', async () => {
    let [open, most] = [0, 0];
    const world = inMemory({
      after: DAY,
      async onCall({ port, operation, moment }) {
        if (port !== 'deliveries' || operation !== 'record') return;
        open += moment === 'before' ? 1 : -1;
        most = Math.max(most, open);
        await new Promise((resolve) => setImmediate(resolve));
      },
    });
    for (let n = 0; n < 50; n += 1) world.given({ eventId: `evt-${n}` }, acceptedAt(ARRIVED));
    expect(await world.sweep()).toMatchObject({ unknown: 50, failed: 0 });
    expect(most).toBe(16);
  });

  it('stops when its time is over, and leaves the rest to the next one', async () => {
    const world = inMemory({
      after: DAY,
      async onCall({ port, operation, moment }) {
        if (port === 'deliveries' && operation === 'record' && moment === 'before') await world.clock.advance(15_000);
      },
    });
    for (let n = 0; n < 150; n += 1) world.given({ eventId: `evt-${n}` }, acceptedAt(ARRIVED));
    const lost = world.given({ eventId: 'next', arrived: later(HOUR) });
    const first = await world.sweep();
    expect(first).toMatchObject({ unknown: 64, hours: 1, scheduledAgain: 0, complete: false });
    expect(world.hours.rows.size).toBe(0);
    const others = [await world.sweep(), await world.sweep()];
    expect(others.map(({ unknown, complete }) => [unknown, complete])).toEqual([
      [64, false],
      [22, true],
    ]);
    expect(world.messageIds()).toEqual([`${lost}/h2026-11-21T13`]);
    expect(world.failures.rows.size).toBe(150);
  });

  it('rejects while the hours cannot be read', async () => {
    const world = inMemory({
      onCall({ port }) {
        if (port === 'hours') throw new Error('away');
      },
    });
    await expect(world.sweep()).rejects.toThrow('away');
  });
});
