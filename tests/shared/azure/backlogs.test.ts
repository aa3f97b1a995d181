import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import entities from '../../../demo/entities.json' with { type: 'json' };
import { readConfig } from '../../../local/service-bus/config.ts';
import { type ServiceBus, startServiceBus } from '../../../local/service-bus/service-bus.ts';
import { backlogsOf } from '../../../shared/azure/backlogs.ts';
import { publisherOf } from '../../../shared/azure/publisher.ts';
import { QueueError } from '../../../shared/azure/queues.ts';
import { ORDER_EVENTS, SEND_QUEUES } from '../../../shared/entities.ts';

const HOUR = 3_600_000;

let serviceBus: ServiceBus;
let client: ServiceBusClient;

beforeAll(async () => {
  serviceBus = await startServiceBus({ config: readConfig(entities), port: 0, healthPort: 0 });
  client = new ServiceBusClient(serviceBus.connectionString);
});
afterAll(async () => {
  await client.close();
  await serviceBus.close();
});

const open = () => new ServiceBusClient(serviceBus.connectionString);
const empty = { active: 0, scheduled: 0, isMore: false };
const backlogOf = async (entity: string, isDeadLetterQueue = false, most = 1_000) =>
  (await backlogsOf(open).peek(most)).find(
    (backlog) => backlog.entity === entity && backlog.isDeadLetterQueue === isDeadLetterQueue,
  );

describe('what waits at the broker', () => {
  it('is counted for every queue and subscription and its dead-letter queue', async () => {
    const names = (await backlogsOf(open).peek(10)).map(({ entity }) => entity);
    expect(names).toEqual(
      ['order-events/notifications', 'appointment-events/notifications', 'retried-events', 'sms', 'email'].flatMap(
        (name) => [name, name],
      ),
    );
    expect(await backlogOf('email')).toEqual({ entity: 'email', isDeadLetterQueue: false, ...empty });
  });

  it('tells due from scheduled, and says since when the oldest waits', async () => {
    const before = Date.now();
    const sender = client.createSender(SEND_QUEUES.sms);
    await sender.scheduleMessages([{ body: 'later', messageId: 'later' }], new Date(before + HOUR));
    await sender.sendMessages(['one', 'two'].map((messageId) => ({ body: messageId, messageId })));
    const sms = await backlogOf('sms');
    expect(sms).toMatchObject({ active: 2, scheduled: 1, isMore: false });
    expect(Math.abs(sms!.oldest!.getTime() - before)).toBeLessThan(60_000);
  });

  it('is read page by page, and stops where it was told to', async () => {
    const events = Array.from({ length: 600 }, (_, index) => ({ id: `event-${index}`, body: Buffer.from('{}') }));
    await publisherOf(() => client).publish(ORDER_EVENTS, events);
    expect(await backlogOf('order-events/notifications')).toMatchObject({ active: 600, isMore: false });
    expect(await backlogOf('order-events/notifications', false, 600)).toMatchObject({ active: 600, isMore: false });
    expect(await backlogOf('order-events/notifications', false, 599)).toMatchObject({ active: 599, isMore: true });
  });

  it('takes dead letters for themselves', async () => {
    const sender = client.createSender(SEND_QUEUES.email);
    await sender.sendMessages({ body: 'x', messageId: 'dead' });
    const receiver = client.createReceiver(SEND_QUEUES.email);
    const [message] = await receiver.receiveMessages(1);
    await receiver.deadLetterMessage(message!);
    expect(await backlogOf('email')).toMatchObject(empty);
    expect(await backlogOf('email', true)).toMatchObject({ active: 1 });
  });

  it('cannot be seen when nobody answers', async () => {
    const connectionString = serviceBus.connectionString.replace(/:\d+;/, ':1;');
    const options = { retryOptions: { maxRetries: 0, timeoutInMs: 1_000 } };
    await expect(backlogsOf(() => new ServiceBusClient(connectionString, options)).peek(1)).rejects.toThrow(QueueError);
  });
});

describe('a publisher', () => {
  it('sends each event byte for byte under its id', async () => {
    const body = Buffer.from([0xef, 0xbb, 0xbf, 0, 0xff]);
    await publisherOf(() => client).publish(ORDER_EVENTS, [{ id: 'bytes', body: new Uint8Array(body) }]);
    const receiver = client.createReceiver(ORDER_EVENTS, 'notifications', { skipParsingBodyAsJson: true });
    const messages = await receiver.peekMessages(1_000);
    const found = messages.find(({ messageId }) => messageId === 'bytes');
    expect(Buffer.from(found?.body as Uint8Array).equals(body)).toBe(true);
    expect(found?.contentType).toBe('application/cloudevents+json');
  });
});
