import { ServiceBusClient } from '@azure/service-bus';
import { readConfig } from '../local/service-bus/config.ts';
import { startServiceBus } from '../local/service-bus/service-bus.ts';
import { NOTIFICATIONS, ORDER_EVENTS } from '../shared/entities.ts';

/** A broker that has the topic of order events and nothing else. */
export type Topic = {
  connectionString: string;
  /** Takes that many messages off the subscription; fewer when no more come. */
  receive(count: number): Promise<{ messageId: string; contentType: string; body: Uint8Array }[]>;
  close(): Promise<void>;
};

export async function startTopic(): Promise<Topic> {
  const topic = { Name: ORDER_EVENTS, Subscriptions: [{ Name: NOTIFICATIONS }] };
  const namespace = { Name: 'sbemulatorns', Queues: [], Topics: [topic] };
  const bus = await startServiceBus({
    config: readConfig({ UserConfig: { Namespaces: [namespace] } }),
    port: 0,
    healthPort: 0,
  });
  const client = new ServiceBusClient(bus.connectionString);
  const receiver = client.createReceiver(ORDER_EVENTS, NOTIFICATIONS, {
    receiveMode: 'receiveAndDelete',
    skipParsingBodyAsJson: true,
  });
  return {
    connectionString: bus.connectionString,
    receive: async (count) =>
      (await receiver.receiveMessages(count, { maxWaitTimeInMs: 5_000 })).map(({ messageId, contentType, body }) => ({
        messageId: String(messageId),
        contentType: contentType ?? '',
        body: body as Uint8Array,
      })),
    async close() {
      await client.close();
      await bus.close();
    },
  };
}
