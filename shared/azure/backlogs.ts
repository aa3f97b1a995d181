import type { ServiceBusClient, ServiceBusReceiver, ServiceBusReceiverOptions } from '@azure/service-bus';
import { APPOINTMENT_EVENTS, NOTIFICATIONS, ORDER_EVENTS, RETRIED_EVENTS, SEND_QUEUES } from '../entities.ts';
import type { Backlog, Backlogs } from '../ports.ts';
import { QueueError } from './queues.ts';

/** Those that we take messages from. */
const ENTITIES: readonly [string, ...string[]][] = [
  [ORDER_EVENTS, NOTIFICATIONS],
  [APPOINTMENT_EVENTS, NOTIFICATIONS],
  [RETRIED_EVENTS],
  [SEND_QUEUES.sms],
  [SEND_QUEUES.email],
];
const PAGE = 250;

const optionsFor = (isDeadLetterQueue: boolean): ServiceBusReceiverOptions => ({
  skipParsingBodyAsJson: true,
  ...(isDeadLetterQueue ? { subQueueType: 'deadLetter' } : {}),
});

/**
 * Counts by peeking: it needs no more than the right to listen, while the service's own counters need the right to manage.
 * @param open called for every look: the SDK (7.9) remembers per connection how far it has peeked, and goes on there
 */
export const backlogsOf = (open: () => ServiceBusClient): Backlogs => ({
  async peek(most) {
    const client = open();
    try {
      return await Promise.all(
        ENTITIES.flatMap((entity) => [look(client, entity, false, most), look(client, entity, true, most)]),
      );
    } finally {
      await client.close().catch(() => undefined);
    }
  },
});

async function look(
  client: ServiceBusClient,
  [entity, subscription]: (typeof ENTITIES)[number],
  isDeadLetterQueue: boolean,
  most: number,
): Promise<Backlog> {
  const options = optionsFor(isDeadLetterQueue);
  const name = subscription === undefined ? entity : `${entity}/${subscription}`;
  try {
    const receiver =
      subscription === undefined
        ? client.createReceiver(entity, options)
        : client.createReceiver(entity, subscription, options);
    return { entity: name, isDeadLetterQueue, ...(await count(receiver, most)) };
  } catch (error) {
    throw new QueueError(name, 'peek at messages', error);
  }
}

type Count = Omit<Backlog, 'entity' | 'isDeadLetterQueue'>;

/** Messages come in the order of their sequence numbers. */
async function count(receiver: ServiceBusReceiver, most: number): Promise<Count> {
  let [active, scheduled] = [0, 0];
  let oldest: Date | undefined;
  for (let seen = 0; ;) {
    const page = await receiver.peekMessages(Math.min(PAGE, most - seen + 1));
    for (const { state, enqueuedTimeUtc } of page.slice(0, most - seen)) {
      if (state === 'scheduled') scheduled += 1;
      else {
        active += 1;
        if (enqueuedTimeUtc && !(oldest && oldest <= enqueuedTimeUtc)) oldest = enqueuedTimeUtc;
      }
    }
    seen += page.length;
    if (page.length === 0 || seen > most)
      return { active, scheduled, isMore: seen > most, ...(oldest ? { oldest } : {}) };
  }
}
