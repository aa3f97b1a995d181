import type { ServiceBusClient, ServiceBusSender } from '@azure/service-bus';
import type { Publisher } from '../ports.ts';
import { QueueError } from './queues.ts';

const CONTENT_TYPE = 'application/cloudevents+json';

/** @param open called at the first event */
export function publisherOf(open: () => ServiceBusClient): Publisher {
  const senders = new Map<string, ServiceBusSender>();

  return {
    async publish(topic, events) {
      try {
        const sender = senders.get(topic) ?? open().createSender(topic);
        senders.set(topic, sender);
        let batch = await sender.createMessageBatch();
        for (const { id, body } of events) {
          const message = {
            messageId: id,
            contentType: CONTENT_TYPE,
            body: Buffer.from(body.buffer, body.byteOffset, body.byteLength),
          };
          if (batch.tryAddMessage(message)) continue;
          await sender.sendMessages(batch);
          batch = await sender.createMessageBatch();
          if (!batch.tryAddMessage(message)) throw Object.assign(new Error(), { code: 'MessageSizeExceeded' });
        }
        if (batch.count > 0) await sender.sendMessages(batch);
      } catch (error) {
        throw new QueueError(topic, `send ${events.length} messages`, error);
      }
    },
  };
}
