import { randomUUID } from 'node:crypto';
import type {
  ServiceBusClient,
  ServiceBusClientOptions,
  ServiceBusMessage,
  ServiceBusSender,
} from '@azure/service-bus';
import { RETRIED_EVENTS, SEND_QUEUES } from '../entities.ts';
import type { Queues } from '../ports.ts';
import { sendAll } from './send-all.ts';

/**
 * The SDK's own defaults wait half a minute. A connection that is refused it does not try again at all: callers get a
 * rejection at once and leave the message to the broker.
 */
export const SERVICE_BUS_OPTIONS: ServiceBusClientOptions = {
  retryOptions: { maxRetries: 2, retryDelayInMs: 200, timeoutInMs: 5_000 },
};

/** What we were doing and what the broker said; never a body, an id or a setting. */
export class QueueError extends Error {
  override name = 'QueueError';
  readonly code: string;
  constructor(queue: string, doing: string, error: unknown) {
    const { code, name } = error as { code?: string; name?: string };
    const why = code ?? name ?? 'unknown';
    super(`queue ${queue}: cannot ${doing}: ${why}`);
    this.code = why;
  }
}

/** @param open called at the first send */
export function queuesOf(open: () => ServiceBusClient): Queues & { close(): Promise<void> } {
  let client: ServiceBusClient | undefined;
  const senders = new Map<string, ServiceBusSender>();

  function senderOf(queue: string): ServiceBusSender {
    const known = senders.get(queue);
    if (known) return known;
    client ??= open();
    const sender = client.createSender(queue);
    senders.set(queue, sender);
    return sender;
  }

  async function send(queue: string, messages: readonly ServiceBusMessage[]): Promise<void> {
    try {
      await sendAll(senderOf(queue), messages);
    } catch (error) {
      throw new QueueError(queue, `send ${messages.length} messages`, error);
    }
  }

  return {
    sendCopies: (channel, copies) =>
      send(
        SEND_QUEUES[channel],
        copies.map(({ copy, messageId = `${copy.delivery}/${copy.copy}`, at }) => ({
          messageId,
          body: copy,
          contentType: 'application/json',
          ...(at ? { scheduledEnqueueTimeUtc: at } : {}),
        })),
      ),

    parkEvents: (events) =>
      send(
        RETRIED_EVENTS,
        events.map(({ body, arrived, parked, resubmitted, at }) => ({
          messageId: randomUUID(),
          body: Buffer.from(body.buffer, body.byteOffset, body.byteLength),
          contentType: 'application/cloudevents+json',
          applicationProperties: { arrived: arrived.toISOString(), parked, resubmitted },
          scheduledEnqueueTimeUtc: at,
        })),
      ),

    async close() {
      await client?.close();
    },
  };
}
