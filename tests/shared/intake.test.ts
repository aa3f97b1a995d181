import { describe, expect, it } from 'vitest';
import { type IncomingEvent, takeEvents } from '../../shared/intake.ts';
import { LIMITS } from '../../shared/limits.ts';
import type { OnCall } from '../fakes/calls.ts';
import { Crash, crashAt } from '../fakes/crash.ts';
import { fakeClock } from '../fakes/clock.ts';
import { fakePorts } from '../fakes/ports.ts';
import { ARRIVED, bytesOf, INTAKE_SETTINGS, type RawEvent, rawEvent } from './order-event.ts';

const incoming = (raw: RawEvent | string, more: Partial<IncomingEvent> = {}): IncomingEvent => ({
  body: typeof raw === 'string' ? Buffer.from(raw) : bytesOf(raw),
  arrived: ARRIVED,
  parked: 0,
  resubmitted: 0,
  ...more,
});

function intake(onCall: OnCall = () => undefined, settings: Partial<typeof INTAKE_SETTINGS> = {}) {
  const ports = fakePorts({ clock: fakeClock(new Date(ARRIVED.getTime() + 100), 'skipped'), onCall });
  const take = (...batch: IncomingEvent[]) => takeEvents(batch, { ...ports, ...INTAKE_SETTINGS, ...settings });
  return { ...ports, take };
}

const placed = (order: string, envelope: Record<string, unknown> = {}) =>
  rawEvent('order.placed', { order: { number: order }, envelope: { id: `placed-${order}`, ...envelope } });

const keys = ({ broker }: { broker: ReturnType<typeof fakePorts>['broker'] }) =>
  [...broker.sms, ...broker.email].map(({ messageId }) => messageId);

describe('takeEvents', () => {
  it('records an event, stores a plan per channel and puts copy 0 of each on its queue', async () => {
    const { take, subjects, deliveries, broker } = intake();
    await take(incoming(placed('1042')));
    const [event] = subjects.taken;
    expect(event).toMatchObject({ subject: 'order:1042', id: 'placed-1042', arrived: ARRIVED });
    const rows = await Promise.all(event!.deliveries.map((id) => deliveries.read(id)));
    expect(rows.map((row) => [row?.plan.channel, row?.progress.status])).toEqual([
      ['sms', 'planned'],
      ['email', 'planned'],
    ]);
    const slot = rows.map((row) => row!.plan.firstSlot.toISOString());
    expect([...broker.sms, ...broker.email].map(({ body }) => body)).toEqual(
      event!.deliveries.map((delivery, index) => ({ delivery, copy: 0, slot: slot[index] })),
    );
  });

  it('plans once however often the event comes, together, later or with another time', async () => {
    const ports = intake();
    const event = placed('1042');
    await ports.take(incoming(event), incoming(event));
    await ports.take(
      incoming({ ...event, time: '2026-11-21T08:00:00Z' }, { arrived: new Date(ARRIVED.getTime() + 60_000) }),
    );
    expect(ports.subjects.taken).toHaveLength(1);
    expect(keys(ports)).toHaveLength(2);
    expect(ports.rejectedEvents.rows.size).toBe(0);
  });

  it('puts a delivery on its queue no more once it has been acted upon', async () => {
    const ports = intake();
    await ports.take(incoming(placed('1042')));
    const row = (await ports.deliveries.read(ports.subjects.taken[0]!.deliveries[0]!))!;
    await ports.deliveries.record(row, { ...row.progress, revision: 1, status: 'accepted', cause: 'taken' });
    ports.broker.sms.length = 0;
    await ports.clock.advance(2 * LIMITS.real.duplicateDetection);
    await ports.take(incoming(placed('1042')));
    expect(ports.broker.sms).toEqual([]);
  });

  it('keeps other content under a known id as rejected, and never plans it', async () => {
    const ports = intake();
    await ports.take(incoming(placed('1042')));
    const other = placed('1042');
    other.data['promisedBy'] = '2026-12-24T23:59:00+01:00';
    await ports.take(incoming(other));
    expect(keys(ports)).toHaveLength(2);
    expect(
      [...ports.rejectedEvents.rows.values()].map(({ id, reasons }) => [id, reasons.map(({ path }) => path)]),
    ).toEqual([['placed-1042', ['id']]]);
  });

  it('keeps a bad event byte for byte with every reason, and takes its neighbours', async () => {
    const ports = intake();
    const bad = placed('9');
    bad.data.customer['locale'] = 'no locale';
    delete bad.data.order['total'];
    await ports.take(incoming(placed('1')), incoming('{"half'), incoming(''), incoming(bad), incoming(placed('2')));
    expect(ports.subjects.taken.map(({ subject }) => subject).sort()).toEqual(['order:1', 'order:2']);
    const rejected = [...ports.rejectedEvents.rows.values()];
    expect(rejected.map(({ body }) => Buffer.from(body).toString())).toEqual(['{"half', '', JSON.stringify(bad)]);
    expect(rejected[2]!.reasons.map(({ path }) => path).sort()).toEqual(['data.customer.locale', 'data.order.total']);
    expect(ports.broker.retriedEvents).toEqual([]);
  });

  it('keeps an event that we fail to plan, and raises an alarm, instead of taking it again for ever', async () => {
    const ports = intake();
    await ports.take(incoming(placed('1')), incoming(placed('2'), { arrived: new Date(-1) }));
    expect(ports.subjects.taken.map(({ subject }) => subject)).toEqual(['order:1']);
    expect([...ports.rejectedEvents.rows.values()].map(({ id, reasons }) => [id, reasons[0]?.path])).toEqual([
      ['placed-2', '$'],
    ]);
    expect(ports.entries.find(({ event }) => event === 'event-not-planned')?.level).toBe('error');
    expect(ports.broker.retriedEvents).toEqual([]);
  });

  it('logs neither names nor addresses', async () => {
    const ports = intake();
    await ports.take(incoming(placed('1042')), incoming('{"phone": "+436641234567"'));
    const log = JSON.stringify(ports.entries);
    expect(log).toContain('event-taken');
    for (const secret of ['Anna', 'Berg', '1234567', 'mail.example']) expect(log).not.toContain(secret);
  });
});

describe('when our own storage is away', () => {
  it('parks what it hit with first arrival and a growing pause, and completes the batch', async () => {
    let away = true;
    const ports = intake(({ port, operation, moment }) => {
      if (away && port === 'subjects' && operation === 'take' && moment === 'before')
        throw new Error('tables are away');
    });
    await ports.take(incoming(placed('1')), incoming('{"half'), incoming(placed('2'), { parked: 9, resubmitted: 1 }));
    expect(ports.rejectedEvents.rows.size).toBe(1);
    const parked = ports.broker.retriedEvents.map(({ body }) => body).sort((a, b) => a.parked - b.parked);
    expect(parked.map((event) => [event.parked, event.resubmitted, event.arrived])).toEqual([
      [1, 0, ARRIVED],
      [10, 1, ARRIVED],
    ]);
    const pauses = parked.map(({ at }) => at.getTime() - ports.clock.now().getTime());
    expect(pauses[0]).toBeLessThanOrEqual(LIMITS.real.parkFirst);
    expect(pauses[1]).toBeLessThanOrEqual(LIMITS.real.parkLongest);

    away = false;
    await ports.take(...parked.map((event) => ({ ...event, body: event.body })));
    expect(ports.subjects.taken).toHaveLength(2);
    expect(keys(ports)).toHaveLength(4);
  });

  it('gives up long before the lock of the batch runs out when tables hang instead of refusing', async () => {
    const ports = intake(async ({ port, moment }) => {
      if (port !== 'subjects' || moment === 'after') return;
      await ports.clock.wait(15_600);
      throw new Error('no answer');
    });
    const before = ports.clock.monotonic();
    await ports.take(...Array.from({ length: 50 }, (_, n) => incoming(placed('1042', { id: `event-${n}` }))));
    expect(ports.broker.retriedEvents).toHaveLength(50);
    expect(ports.clock.monotonic() - before).toBeLessThan(LIMITS.real.lock / 2);
  });

  it('parks what is left when tables answer, but too slowly', async () => {
    const ports = intake(async ({ port, moment }) => {
      if (port === 'subjects' && moment === 'before') await ports.clock.wait(4_000);
    });
    const before = ports.clock.monotonic();
    await ports.take(...Array.from({ length: 50 }, (_, n) => incoming(placed('1042', { id: `event-${n}` }))));
    expect(ports.broker.retriedEvents).toHaveLength(50);
    expect(ports.clock.monotonic() - before).toBeLessThan(LIMITS.real.lock);
  });

  it('throws after a short wait when nothing can be parked either, so that the broker keeps the batch', async () => {
    const ports = intake(() => {
      throw new Error('everything is away');
    });
    const before = ports.clock.monotonic();
    await expect(ports.take(incoming(placed('1')))).rejects.toThrow('everything is away');
    expect(ports.clock.monotonic() - before).toBe(LIMITS.real.shortWait);
  });
});

/** The n-th change of the date of one order, to a customer who gets SMS only. */
const delayed = (n: number, envelope: Record<string, unknown> = {}) =>
  rawEvent('order.delayed', {
    order: { number: '1042' },
    customer: { channels: ['sms'] },
    envelope: { id: `delayed-${n}`, time: new Date(ARRIVED.getTime() - 60_000 + n).toISOString(), ...envelope },
  });

const verdictsOf = async ({ subjects, deliveries }: ReturnType<typeof intake>) =>
  Promise.all(
    subjects.taken
      .flatMap(({ deliveries: ids }) => ids)
      .map(async (id) => (await deliveries.read(id))?.plan.unsendable),
  );

describe('an event that is old news when it arrives', () => {
  it('is planned and queued, to end as superseded', async () => {
    const ports = intake();
    await ports.take(incoming(delayed(2)));
    await ports.take(incoming(delayed(1)));
    expect(await verdictsOf(ports)).toEqual([undefined, 'superseded']);
    expect(keys(ports)).toHaveLength(2);
  });

  it('gets the same verdict again, whatever has come since', async () => {
    const ports = intake();
    await ports.take(incoming(delayed(1)));
    ports.deliveries.rows.clear();
    await ports.take(incoming(delayed(2)));
    await ports.take(incoming(delayed(1)));
    expect(await verdictsOf(ports)).toEqual([undefined, undefined]);

    const late = intake();
    await late.take(incoming(delayed(2)), incoming(delayed(1)));
    late.deliveries.rows.clear();
    await late.take(incoming(delayed(1)), incoming(delayed(2)));
    expect(await verdictsOf(late)).toEqual([undefined, 'superseded']);
  });
});

describe('a publisher that loops', () => {
  const most = INTAKE_SETTINGS.deliveriesPerSubjectAndDay;
  const loop = Array.from({ length: most + 5 }, (_, n) => incoming(delayed(n)));
  const alarms = ({ entries }: ReturnType<typeof intake>) =>
    entries.filter(({ event }) => event === 'loop-suspected').map(({ level, fields }) => ({ level, ...fields }));

  it('reaches a customer no more than so many times a day, with one alarm', async () => {
    const ports = intake();
    await ports.take(...loop.slice(0, most + 1));
    await ports.take(...loop.slice(most + 1));
    const verdicts = await verdictsOf(ports);
    expect(verdicts.filter((verdict) => verdict === undefined)).toHaveLength(most);
    expect(verdicts.slice(most)).toEqual(Array.from({ length: 5 }, () => 'loop-suspected'));
    expect(alarms(ports)).toEqual([{ level: 'error', trace: expect.any(String), type: 'order.delayed', most }]);
    expect(keys(ports)).toHaveLength(most + 5);
  });

  it('is counted once per event however often it comes', async () => {
    const ports = intake();
    for (let round = 0; round < 3; round += 1) await ports.take(...loop.slice(0, most));
    expect(new Set(await verdictsOf(ports))).toEqual(new Set([undefined]));
    await ports.take(...loop);
    ports.deliveries.rows.clear();
    await ports.take(...loop.toReversed());
    const verdicts = await verdictsOf(ports);
    expect(verdicts.slice(0, most)).toEqual(Array.from({ length: most }, () => undefined));
    expect(new Set(verdicts.slice(most))).toEqual(new Set(['loop-suspected']));
  });

  it('is not seen in what would not be sent anyway: old news, wrong addresses', async () => {
    const ports = intake();
    await ports.take(incoming(delayed(1_000)));
    await ports.take(...loop);
    const wrong = loop.map((_, n) => {
      const event = delayed(2_000 + n);
      event.data.customer['phone'] = '12';
      return incoming(event);
    });
    await ports.take(...wrong);
    expect(new Set((await verdictsOf(ports)).slice(1))).toEqual(new Set(['superseded', 'no-usable-address']));
    expect(alarms(ports)).toEqual([]);
    await ports.take(...Array.from({ length: most }, (_, n) => incoming(delayed(3_000 + n))));
    const verdicts = (await verdictsOf(ports)).slice(-most);
    expect(verdicts.filter((verdict) => verdict === undefined)).toHaveLength(most - 1);
  });

  it('does not silence other orders, other channels or the next day', async () => {
    const ports = intake();
    await ports.take(...loop);
    await ports.take(incoming(placed('7')));
    const byMail = delayed(100, { id: 'by-mail' });
    byMail.data.customer['channels'] = ['email'];
    await ports.take(incoming(byMail));
    await ports.take(incoming(delayed(200), { arrived: new Date('2026-11-22T00:00:00Z') }));
    expect((await verdictsOf(ports)).slice(most + 5)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('raises its alarm although the run that found it died', async () => {
    const few = loop.slice(0, 4);
    for (let n = 1; ; n += 1) {
      const crash = crashAt(n);
      const ports = intake(crash.onCall, { deliveriesPerSubjectAndDay: 2 });
      const end = await ports.take(...few).then(
        () => 'ended',
        () => 'died',
      );
      crash.restart();
      await ports.take(...few);
      await ports.take(...ports.broker.retriedEvents.splice(0).map(({ body }) => body));
      expect(alarms(ports).length, `call ${n}`).toBeGreaterThanOrEqual(1);
      expect((await verdictsOf(ports)).filter((verdict) => verdict === undefined)).toHaveLength(2);
      if (end === 'ended') break;
    }
  });
});

describe('a crash at any port call', () => {
  it('loses nothing and doubles nothing once the broker gives the batch again', async () => {
    let points = 0;
    for (let n = 1; ; n += 1) {
      const crash = crashAt(n);
      const ports = intake(crash.onCall);
      const batch = [incoming(placed('1')), incoming('{"half'), incoming(placed('2'))];
      const end = await ports.take(...batch).then(
        () => 'ended',
        (error: unknown) => error,
      );
      if (end === 'ended') break;
      expect(end).toBeInstanceOf(Crash);
      points += 1;
      crash.restart();
      await ports.take(...batch.map((event) => ({ ...event })));
      await ports.take(...ports.broker.retriedEvents.splice(0).map(({ body }) => body));
      expect(ports.subjects.taken.map(({ subject }) => subject).sort()).toEqual(['order:1', 'order:2']);
      const expected = ports.subjects.taken.flatMap(({ deliveries }) => deliveries.map((id) => `${id}/0`));
      expect(keys(ports).sort(), `call ${n}`).toEqual(expected.sort());
      for (const id of ports.subjects.taken.flatMap(({ deliveries }) => deliveries))
        expect((await ports.deliveries.read(id))?.plan.content).toBeDefined();
      expect(ports.rejectedEvents.rows.size).toBe(1);
    }
    expect(points).toBeGreaterThan(10);
  });
});
