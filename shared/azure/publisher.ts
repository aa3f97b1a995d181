import type { ServiceBusClient, ServiceBusSender } from '@azure/service-bus';
import type { Publisher } from '../ports.ts';
import { QueueError } from './queues.ts';
import { sendAll } from './send-all.ts';

const CONTENT_TYPE = 'application/cloudevents+json';

/** @param open called at the first event */
export function publisherOf(open: () => ServiceBusClient): Publisher {
  const senders = new Map<string, ServiceBusSender>();

  return {
    async publish(topic, events) {
      try {
        const sender = senders.get(topic) ?? open().createSender(topic);
        senders.set(topic, sender);
        const messages = events.map(({ id, body }) => ({
          messageId: id,
          contentType: CONTENT_TYPE,
          body: Buffer.from(body.buffer, body.byteOffset, body.byteLength),
        }));
        await sendAll(sender, messages);
      } catch (error) {
        throw new QueueError(topic, `send ${events.length} messages`, error);
      }
    },
  };
}
