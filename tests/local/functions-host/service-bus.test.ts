import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../../../local/service-bus/config.ts';
import { startServiceBus } from '../../../local/service-bus/service-bus.ts';
import type { ServiceBus } from '../../../local/service-bus/service-bus.ts';
import { fixture, startFunctionsHost, until } from './running-host.ts';
import type { RunningHost } from './running-host.ts';

const Properties = { LockDuration: 'PT3S', MaxDeliveryCount: 3 };
const config = parseConfig(
  JSON.stringify({
    UserConfig: {
      Namespaces: [
        {
          Name: 'sbemulatorns',
          Queues: ['work', 'batches', 'raw', 'manual'].map((Name) => ({ Name, Properties })),
          Topics: [{ Name: 'news', Properties: {}, Subscriptions: [{ Name: 'all', Properties, Rules: [] }] }],
        },
      ],
    },
  }),
);

let bus: ServiceBus;
let client: ServiceBusClient;
let host: RunningHost;

beforeAll(async () => {
  bus = await startServiceBus({ config, port: 0, healthPort: 0 });
  client = new ServiceBusClient(bus.connectionString);
  host = await startFunctionsHost(fixture('queues'), { environment: { Bus: bus.connectionString, QUEUE: 'work' } });
});
afterAll(async () => {
  await host.kill();
  await client.close();
  await bus.close();
});

const send = async (
  entity: string,
  ...messages: Parameters<ReturnType<ServiceBusClient['createSender']>['sendMessages']>[0][]
) => {
  const sender = client.createSender(entity);
  for (const message of messages) await sender.sendMessages(message);
  await sender.close();
};

describe('a Service Bus trigger', () => {
  it('hands over the parsed body and the metadata in camel case', async () => {
    await send('work', {
      body: { order: 1 },
      messageId: 'm-1',
      correlationId: '0042',
      subject: 's',
      contentType: 'application/json',
      applicationProperties: { TenantId: 'Shop', nested: 7 },
    });
    const { body, metadata = {} } = await until('the message', () => host.seen('one')[0]);
    expect(body).toEqual({ order: 1 });
    console.log(metadata);
    expect(metadata).toMatchObject({ messageId: 'm-1' });
  });
});
