import { ServiceBusClient, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../../local/service-bus/config.ts';
import { type ServiceBus, startServiceBus } from '../../../local/service-bus/service-bus.ts';
import { serviceBusClient } from '../../../shared/azure/identity.ts';
import { QueueError, SERVICE_BUS_OPTIONS, queuesOf } from '../../../shared/azure/queues.ts';
import { deliveryId } from '../../../shared/delivery-id.ts';
import { RETRIED_EVENTS, SEND_QUEUES } from '../../../shared/entities.ts';
import type { Copy } from '../../../shared/ports.ts';
import { fakeClock } from '../../fakes/clock.ts';
import { fakePorts } from '../../fakes/ports.ts';
import { type Broker, queuesContract } from './queues-contract.ts';

const { queues, broker } = fakePorts({ clock: fakeClock(new Date()) });
const inMemory: Broker = {
  queues,
  copies: async (channel) => broker[channel].map(({ messageId, body, at }) => ({ messageId, copy: body, at })),
  parkedEvents: async () => broker.retriedEvents.map(({ messageId, body, at }) => ({ ...body, messageId, at })),
};

const ENTITIES = {
  UserConfig: {
    Namespaces: [
      {
        Name: 'test',
        Queues: [
          ...Object.values(SEND_QUEUES).map((Name) => ({
            Name,
            Properties: { RequiresDuplicateDetection: true, DuplicateDetectionHistoryTimeWindow: 'PT1H' },
          })),
          { Name: RETRIED_EVENTS, Properties: {} },
        ],
        Topics: [],
      },
    ],
  },
};

let serviceBus: ServiceBus;
let reader: ServiceBusClient;
let sender: ReturnType<typeof queuesOf>;
let opened = 0;

beforeAll(async () => {
  serviceBus = await startServiceBus({ config: readConfig(ENTITIES), port: 0, healthPort: 0 });
  reader = new ServiceBusClient(serviceBus.connectionString);
  sender = queuesOf(() => {
    opened += 1;
    return serviceBusClient({ connectionString: serviceBus.connectionString }, SERVICE_BUS_OPTIONS);
  });
});
afterAll(async () => {
  await sender.close();
  await reader.close();
  await serviceBus.close();
});

/** Everything on a queue, bodies as bytes. */
async function peekAll(queue: string): Promise<ServiceBusReceivedMessage[]> {
  const receiver = reader.createReceiver(queue, { skipParsingBodyAsJson: true });
  const messages: ServiceBusReceivedMessage[] = [];
  for (;;) {
    const page = await receiver.peekMessages(250);
    messages.push(...page);
    if (page.length === 0) break;
  }
  await receiver.close();
  return messages;
}

const common = (message: ServiceBusReceivedMessage) => ({
  messageId: String(message.messageId),
  at: message.scheduledEnqueueTimeUtc ?? message.enqueuedTimeUtc!,
});

const overTheWire: Broker = {
  queues: {
    sendCopies: (...call) => sender.sendCopies(...call),
    parkEvents: (...call) => sender.parkEvents(...call),
  },
  copies: async (channel) =>
    (await peekAll(SEND_QUEUES[channel])).map((message) => ({
      ...common(message),
      copy: JSON.parse(String(message.body)) as Copy,
    })),
  parkedEvents: async () =>
    (await peekAll(RETRIED_EVENTS)).map((message) => {
      const { arrived, parked, resubmitted } = message.applicationProperties as Record<string, string | number>;
      return {
        ...common(message),
        body: message.body as Buffer,
        arrived: new Date(arrived!),
        parked: Number(parked),
        resubmitted: Number(resubmitted),
      };
    }),
};

queuesContract('memory', () => inMemory);
queuesContract('Service Bus', () => overTheWire);

const copy = (occasion: string): Copy => ({
  delivery: deliveryId({
    instant: new Date(),
    source: 's',
    subject: 'order:1042',
    occasion,
    role: 'customer',
    message: 'm',
    channel: 'sms',
  }),
  copy: 0,
});

describe('queuesOf', () => {
  it('opens one connection, at the first send', async () => {
    expect(opened).toBe(1);
    const unused = queuesOf(() => {
      throw new Error('opened');
    });
    await unused.close();
  });

  it('names what it was doing and the fault, and nothing else, when a queue is missing', async () => {
    const bare = await startServiceBus({
      config: readConfig({ UserConfig: { Namespaces: [{ Name: 'bare', Queues: [], Topics: [] }] } }),
      port: 0,
      healthPort: 0,
    });
    const toBare = queuesOf(() => serviceBusClient({ connectionString: bare.connectionString }, SERVICE_BUS_OPTIONS));
    const fault = await toBare.sendCopies('sms', [{ copy: copy('lost') }]).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(QueueError);
    expect((fault as QueueError).message).toBe('queue sms: cannot send 1 messages: MessagingEntityNotFound');
    await toBare.close();
    await bare.close();
  });

  it('rejects while the broker is away, and sends again once it is back', async () => {
    const config = readConfig(ENTITIES);
    let standing = await startServiceBus({ config, port: 0, healthPort: 0 });
    const port = Number(new URL(standing.address).port);
    const { connectionString } = standing;
    const toIt = queuesOf(() =>
      serviceBusClient({ connectionString }, { retryOptions: { maxRetries: 0, timeoutInMs: 1_000 } }),
    );
    await toIt.sendCopies('sms', [{ copy: copy('before') }]);
    await standing.close();
    await expect(toIt.sendCopies('sms', [{ copy: copy('during') }])).rejects.toThrow(QueueError);
    standing = await startServiceBus({ config, port, healthPort: 0 });
    await expect(toIt.sendCopies('sms', [{ copy: copy('after') }])).resolves.toBeUndefined();
    await toIt.close();
    await standing.close();
  });

  it('refuses an event that no batch takes', async () => {
    const body = new Uint8Array(2 * 1024 * 1024);
    const event = { body, arrived: new Date(), parked: 1, resubmitted: 0, at: new Date() };
    await expect(sender.parkEvents([event])).rejects.toThrow(
      'queue retried-events: cannot send 1 messages: MessageSizeExceeded',
    );
  });
});
