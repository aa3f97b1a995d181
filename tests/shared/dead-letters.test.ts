import { describe, expect, it } from 'vitest';
import { takeDeadLetter } from '../../shared/dead-letters.ts';
import { takeEvents } from '../../shared/intake.ts';
import { LIMITS } from '../../shared/limits.ts';
import type { DeadLetter } from '../../shared/ports.ts';
import type { OnCall } from '../fakes/calls.ts';
import { fakeClock } from '../fakes/clock.ts';
import { fakePorts } from '../fakes/ports.ts';
import { ARRIVED, INTAKE_SETTINGS, rawEvent } from './order-event.ts';
import { planOf } from './stored-delivery.ts';

const EVENT = Buffer.from(JSON.stringify(rawEvent('order.delayed')));

const letterOf = (letter: Partial<DeadLetter> = {}): DeadLetter => ({
  at: new Date(ARRIVED.getTime() + 60_000),
  entity: 'order-events/notifications',
  sequenceNumber: '17',
  messageId: 'm-1',
  reason: 'MaxDeliveryCountExceeded',
  description: '',
  deliveryCount: 10,
  enqueued: ARRIVED,
  arrived: ARRIVED,
  resubmitted: 0,
  body: EVENT,
  ...letter,
});

function inMemory(onCall: OnCall = () => undefined) {
  const ports = fakePorts({ clock: fakeClock(new Date(ARRIVED.getTime() + 60_000), 'skipped'), onCall });
  const settings = { ...ports, ...INTAKE_SETTINGS };
  return {
    ...ports,
    settings,
    take: (letter: DeadLetter) => takeDeadLetter(letter, settings),
    rows: () => [...ports.deadLetters.rows.values()],
    errorsLogged: () => ports.entries.filter(({ level }) => level === 'error').map(({ event }) => event),
  };
}

describe('takeDeadLetter', () => {
  it('takes an intact event once more by itself, as it came and with its first arrival', async () => {
    const { take, rows, broker, errorsLogged } = inMemory();
    await take(letterOf());
    expect(broker.retriedEvents.map(({ body }) => body)).toMatchObject([{ arrived: ARRIVED, resubmitted: 1 }]);
    expect(Buffer.from(broker.retriedEvents[0]?.body.body ?? [])).toEqual(EVENT);
    expect(rows()).toMatchObject([
      { sequenceNumber: '17', reason: 'MaxDeliveryCountExceeded', eventId: 'evt-1', putBack: { by: 'itself' } },
    ]);
    expect(errorsLogged()).toEqual([]);
  });

  it('takes those of one batch again one by one, so that one that crashes the process leaves the others alone', async () => {
    const { take, settings, broker } = inMemory();
    const { parkLongest } = settings.limits;
    for (const [index, random] of [0, 0.5, 0.999].entries())
      await takeDeadLetter(letterOf({ sequenceNumber: String(index) }), { ...settings, random: () => random });
    await take(letterOf({ sequenceNumber: '3' }));
    const now = settings.clock.now().getTime();
    const pauses = broker.retriedEvents.map(({ at }) => at.getTime() - now);
    expect(pauses.slice(0, 2)).toEqual([parkLongest, 2.5 * parkLongest]);
    for (const pause of pauses) expect(pause >= parkLongest && pause < 4 * parkLongest).toBe(true);
  });

  it('lets it wait for a person the second time, with its body kept and an error in the log', async () => {
    const { take, rows, broker, rejectedEvents, errorsLogged } = inMemory();
    await take(letterOf({ entity: 'retried-events', resubmitted: 1 }));
    expect(broker.retriedEvents).toEqual([]);
    expect(rows()).toHaveLength(1);
    expect(rows()[0]).not.toHaveProperty('putBack');
    expect([...rejectedEvents.rows.values()].map(({ body }) => Buffer.from(body))).toEqual([EVENT]);
    const day = rows()[0]!.arrived.toISOString().slice(0, 10);
    expect(await rejectedEvents.read(day, rows()[0]?.rejected ?? '')).toMatchObject({ id: 'evt-1' });
    expect(errorsLogged()).toEqual(['dead-letter-waits']);
  });

  it('still knows the second time when the event was parked in between', async () => {
    let away = true;
    const world = inMemory(({ port }) => {
      if (away && port === 'subjects') throw new Error('away');
    });
    await world.take(letterOf());
    const [message] = world.broker.retriedEvents.splice(0);
    await takeEvents([message!.body], world.settings);
    away = false;
    expect(world.broker.retriedEvents[0]?.body).toMatchObject({ resubmitted: 1, arrived: ARRIVED });
  });

  it('keeps an event that cannot be read among the rejected, with every reason', async () => {
    const { take, rows, broker, rejectedEvents, errorsLogged } = inMemory();
    await take(letterOf({ body: Buffer.from('{') }));
    expect([...rejectedEvents.rows.values()][0]?.reasons).toMatchObject([{ path: '$' }]);
    expect(rows()).toMatchObject([{ source: '', subject: '', eventId: '' }]);
    expect(broker.retriedEvents).toEqual([]);
    expect(errorsLogged()).toEqual(['dead-letter-waits']);
  });

  it.each([
    ['its body', (id: string) => ({ body: Buffer.from(JSON.stringify({ delivery: id, copy: 2 })) })],
    ['its MessageId', (id: string) => ({ body: Buffer.from('garbage'), messageId: `${id}/2` })],
  ])('stores a copy of a send queue under the delivery in %s, and sends nothing', async (_, copy) => {
    const { take, rows, broker } = inMemory();
    const { id } = planOf();
    await take(letterOf({ entity: 'sms', ...copy(id) }));
    expect(rows()).toMatchObject([{ entity: 'sms', delivery: id, reason: 'MaxDeliveryCountExceeded' }]);
    expect([broker.sms, broker.email, broker.retriedEvents].flat()).toEqual([]);
  });

  it('keeps no address and no text in the row or the log', async () => {
    const { take, rows, entries } = inMemory();
    await take(letterOf());
    await take(letterOf({ sequenceNumber: '18', resubmitted: 1 }));
    const { customer } = rawEvent('order.delayed').data;
    const kept = JSON.stringify([rows(), entries]);
    for (const field of ['name', 'phone', 'email']) expect(kept).not.toContain(customer[field]);
  });

  it('logs words of an unreadable event or of whoever gave it up only where they are codes', async () => {
    const { take, entries } = inMemory();
    const { phone, email } = rawEvent('order.delayed').data.customer;
    for (const type of [String(phone), String(email), 'Your order is late.', 'order.lost'])
      await take(letterOf({ reason: type, body: Buffer.from(JSON.stringify({ ...rawEvent('order.delayed'), type })) }));
    expect(entries.map(({ fields }) => [fields['type'], fields['reason']])).toEqual([
      ['', ''],
      ['', ''],
      ['', ''],
      ['order.lost', 'order.lost'],
    ]);
  });

  it('makes one row of a letter that comes twice', async () => {
    const { take, rows } = inMemory();
    await take(letterOf());
    await take(letterOf());
    expect(rows()).toHaveLength(1);
  });

  it.each([
    ['deadLetters', 'put'],
    ['queues', 'parkEvents'],
  ])('pauses and rejects while %s.%s is away, so that the broker keeps the letter', async (port, operation) => {
    let away = true;
    const { take, rows, clock, broker } = inMemory((call) => {
      if (away && call.port === port && call.operation === operation && call.moment === 'before')
        throw new Error('away');
    });
    const before = clock.monotonic();
    await expect(take(letterOf())).rejects.toThrow('away');
    expect(clock.monotonic() - before).toBe(LIMITS.real.shortWait);
    away = false;
    await take(letterOf());
    expect(rows()).toMatchObject([{ putBack: { by: 'itself' } }]);
    expect(broker.retriedEvents).toHaveLength(1);
  });
});
