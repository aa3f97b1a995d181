import { expect } from 'vitest';
import { deliveriesIn } from '../../shared/azure/deliveries.ts';
import { failuresIn } from '../../shared/azure/failures.ts';
import { rejectedEventsIn } from '../../shared/azure/rejected-events.ts';
import { subjectsIn } from '../../shared/azure/subjects.ts';
import type { Channel } from '../../shared/delivery.ts';
import { writeFailure } from '../../shared/failures.ts';
import { takeEvents } from '../../shared/intake.ts';
import { LIMITS } from '../../shared/limits.ts';
import type { EmailProvider, Rejected, SendRequest } from '../../shared/ports.ts';
import { sendCopy } from '../../shared/send.ts';
import { fakeClock } from '../fakes/clock.ts';
import { fakePorts } from '../fakes/ports.ts';
import { ARRIVED, INTAKE_SETTINGS, type RawEvent, rawEvent } from '../shared/order-event.ts';
import { ONLY_LIMITS } from './only-limits.ts';

/** An event as an object, or the bytes of something that may be none. */
export type Published = RawEvent | string | Uint8Array;

/** A good event of its own order; an event may differ in any field. */
export const orderEvent = (
  number: string,
  ...[type = 'order.placed', overrides = {}]: Partial<Parameters<typeof rawEvent>>
) =>
  rawEvent(type, {
    ...overrides,
    envelope: { id: `event-${number}`, ...overrides.envelope },
    order: { number, ...overrides.order },
  });

export const bytesOf = (published: Published): Buffer =>
  Buffer.from(typeof published === 'string' || published instanceof Uint8Array ? published : JSON.stringify(published));

/** Intake and both send functions over tables and queues in memory, with a provider that takes everything. */
export function harmWorld() {
  const ports = fakePorts({ clock: fakeClock(new Date(ARRIVED.getTime() + 100), 'skipped') });
  const sent: SendRequest[] = [];
  let runs = 0;

  const provider = (channel: Channel): EmailProvider => ({
    async send(request) {
      sent.push(request);
      const body =
        channel === 'sms'
          ? { value: [{ httpStatusCode: 202, successful: true, messageId: `m-${request.attempt}` }] }
          : { id: request.attempt, status: 'Running' };
      return { kind: 'answered', status: 202, headers: {}, body };
    },
    status: async () => ({ kind: 'answered', status: 404, headers: {}, body: {} }),
  });

  const sendOn = (channel: Channel) => ({
    ...ports,
    channel,
    provider: provider(channel),
    senderFor: () => (channel === 'sms' ? '+18005550199' : 'news@shop.example'),
    environment: 'test',
    addressHashes: (_channel: Channel, address: string) => [`k1:${address}`],
    writeFailure: (delivery: Parameters<typeof writeFailure>[0]) =>
      writeFailure(delivery, ports.failures, ports.clock.now()),
    limits: LIMITS.real,
  });

  return {
    ...ports,
    sent,
    /** One batch, as the trigger hands it over, and then everything on the send queues. */
    async publish(...batch: Published[]): Promise<void> {
      const incoming = batch.map((each) => ({ body: bytesOf(each), arrived: ARRIVED, parked: 0, resubmitted: 0 }));
      await takeEvents(incoming, { ...ports, ...INTAKE_SETTINGS });
      for (const channel of ['sms', 'email'] as const)
        for (const { body } of ports.broker.due(ports.broker[channel]))
          await sendCopy(body, `run-${(runs += 1)}`, sendOn(channel));
    },
    /** `1042 sms accepted/taken`, in the order of planning. */
    ends: () =>
      [...ports.deliveries.rows.values()].map(
        ({ plan, progress }) =>
          `${plan.subject.slice('order:'.length)} ${plan.channel} ${progress.status}/${progress.cause}`,
      ),
    rejected: () => [...ports.rejectedEvents.rows.values()],
  };
}

export const GOOD = orderEvent('good');
const GOOD_ENDS = ['good sms accepted/taken', 'good email accepted/taken'];

/**
 * The paths at which a bad event between good ones is recorded, in order. Holds what is true of every bad one: it is
 * kept byte for byte, nothing of it is sent, the good ones go out, nothing is parked, and the log names no person.
 */
export async function rejectedPaths(bad: Published): Promise<string[]> {
  const world = harmWorld();
  await world.publish(GOOD, bad, orderEvent('second'));
  expect(world.rejected()).toHaveLength(1);
  const [{ reasons, body }] = world.rejected() as [Rejected];
  expect(Buffer.from(body).equals(bytesOf(bad))).toBe(true);
  expect(world.ends()).toEqual([...GOOD_ENDS, 'second sms accepted/taken', 'second email accepted/taken']);
  expect(world.sent).toHaveLength(4);
  await expectCalm(world);
  return [...new Set(reasons.map(({ path }) => path))].toSorted();
}

/** Publishes it between good events: nothing is rejected, and its own deliveries end like this. */
export async function expectEnds(odd: Published, ends: readonly string[]): Promise<ReturnType<typeof harmWorld>> {
  const world = harmWorld();
  await world.publish(GOOD, odd);
  expect(world.rejected().map(({ reasons }) => reasons)).toEqual([]);
  expect(world.ends()).toEqual([...GOOD_ENDS, ...ends]);
  await expectCalm(world);
  return world;
}

/** Nothing was a fault of ours, the real tables take every row, and the log holds no name and no address. */
export async function expectCalm(world: ReturnType<typeof harmWorld>): Promise<void> {
  const { broker, entries, deliveries, failures, subjects } = world;
  for (const row of deliveries.rows.values()) {
    await deliveriesIn(ONLY_LIMITS).plan([row.plan]);
    await deliveriesIn(ONLY_LIMITS).record(row, row.progress);
  }
  for (const row of failures.rows.values()) await failuresIn(ONLY_LIMITS).put(row);
  for (const row of world.rejected()) await rejectedEventsIn(ONLY_LIMITS).put(row);
  for (const { source, subject, ...event } of subjects.taken) {
    const current = await subjects.current(source, subject);
    await subjectsIn(ONLY_LIMITS).take({ source, subject, ...event }, current);
  }
  expect(broker.retriedEvents).toEqual([]);
  expect([...broker.sms, ...broker.email]).toEqual([]);
  expect(JSON.stringify(entries)).not.toMatch(/Anna|Berg|664 ?1234567|@/);
}
