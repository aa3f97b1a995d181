import type { ServiceBusMessage, ServiceBusSender } from '@azure/service-bus';

/** In as few batches as the broker allows. When a later one fails, the earlier ones stand there already. */
export async function sendAll(sender: ServiceBusSender, messages: readonly ServiceBusMessage[]): Promise<void> {
  let batch = await sender.createMessageBatch();
  for (const message of messages) {
    if (batch.tryAddMessage(message)) continue;
    await sender.sendMessages(batch);
    batch = await sender.createMessageBatch();
    if (!batch.tryAddMessage(message)) throw Object.assign(new Error(), { code: 'MessageSizeExceeded' });
  }
  if (batch.count > 0) await sender.sendMessages(batch);
}
