import { ServiceBusClient } from '@azure/service-bus';
import type { ServiceBusMessage } from '@azure/service-bus';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../../../local/service-bus/config.ts';
import { startServiceBus } from '../../../local/service-bus/service-bus.ts';
import type { ServiceBus } from '../../../local/service-bus/service-bus.ts';
import { fixture, startFunctionsHost, until } from './running-host.ts';
import type { RunningHost, Seen } from './running-host.ts';

const Properties = { LockDuration: 'PT2S', MaxDeliveryCount: 3 };
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

async function send(entity: string, ...messages: ServiceBusMessage[]): Promise<void> {
  const sender = client.createSender(entity);
  await sender.sendMessages(messages);
  await sender.close();
}

const withMark = (functionName: string, mark: string): Seen[] =>
  host.seen(functionName).filter(({ metadata }) => metadata?.['correlationId'] === mark);
const seenOnce = (functionName: string, mark: string): Promise<Seen> =>
  until(`the message ${mark}`, () => withMark(functionName, mark)[0]);

/** Resolves when the queue holds no active message, not even a locked one. */
async function emptied(queue: string): Promise<void> {
  let left: number | undefined;
  while (left !== 0) {
    const answer = await fetch(`${bus.healthAddress}/entities`);
    left = ((await answer.json()) as Record<string, { active: number }>)[queue]?.active;
    await setTimeout(20);
  }
}

describe('a Service Bus trigger for one message', () => {
  it('hands over the parsed body and the metadata', async () => {
    await send('work', {
      body: { order: 1 },
      messageId: '42',
      correlationId: 'metadata',
      subject: 'a subject',
      contentType: 'application/json',
      to: 'somewhere',
      replyTo: 'back',
      timeToLive: 60_000,
      applicationProperties: { TenantId: 'Shop', Count: 7 },
    });
    const { body, metadata, traceContext } = await seenOnce('one', 'metadata');
    expect(body).toEqual({ order: 1 });
    const applicationProperties = { tenantId: 'Shop', count: 7 };
    expect(metadata).toEqual({
      messageId: 42,
      correlationId: 'metadata',
      subject: 'a subject',
      label: 'a subject',
      contentType: 'application/json',
      to: 'somewhere',
      replyTo: 'back',
      lockToken: expect.stringMatching(/^[0-9a-f-]{36}$/),
      deliveryCount: 1,
      sequenceNumber: expect.any(Number),
      enqueuedTimeUtc: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?$/),
      expiresAtUtc: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?$/),
      enqueuedTime: expect.stringMatching(/\+00:00$/),
      expiresAt: expect.stringMatching(/\+00:00$/),
      applicationProperties,
      userProperties: applicationProperties,
      order: 1,
    });
    expect(traceContext).toMatchObject({ traceParent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/) });
    await emptied('work');
  });

  it('goes on with the trace of the sender', async () => {
    const trace = '0af7651916cd43dd8448eb211c80319c';
    await send('work', {
      body: {},
      correlationId: 'trace',
      applicationProperties: { 'Diagnostic-Id': `00-${trace}-b7ad6b7169203331-01` },
    });
    const { traceContext } = await seenOnce('one', 'trace');
    expect(traceContext).toMatchObject({ traceParent: expect.stringContaining(`00-${trace}-`) });
  });

  it('abandons at once when the handler throws, and the broker dead-letters after the last delivery', async () => {
    await send('work', { body: { fail: true }, correlationId: 'fails' });
    const dead = await seenOnce('dead', 'fails');
    expect(withMark('one', 'fails').map(({ metadata }) => metadata?.['deliveryCount'])).toEqual([1, 2, 3]);
    expect(dead.metadata).toMatchObject({ applicationProperties: { deadLetterReason: 'MaxDeliveryCountExceeded' } });
  });

  it('runs as many at a time as host.json allows', async () => {
    await send('work', ...Array.from({ length: 12 }, () => ({ body: { waitMs: 100 }, correlationId: 'crowd' })));
    await until('all of them', () => withMark('one', 'crowd').length === 12);
    expect(Math.max(...withMark('one', 'crowd').map(({ running }) => Number(running)))).toBe(4);
  });

  it('keeps the lock of a message that takes longer than it', async () => {
    await send(
      'work',
      { body: { waitMs: 3000 }, correlationId: 'long', messageId: 'same' },
      { body: { waitMs: 3000 }, correlationId: 'long', messageId: 'same' },
    );
    await until('both', () => withMark('one', 'long').length === 2);
    await emptied('work');
    expect(withMark('one', 'long').map(({ metadata }) => metadata?.['deliveryCount'])).toEqual([1, 1]);
  });

  it('settles mixed outcomes of one moment each as it should', async () => {
    const mixed = Array.from({ length: 200 }, (_, index) => ({
      body: { fail: index % 5 === 0 },
      correlationId: 'mixed',
    }));
    await send('work', ...mixed);
    await until('the dead letters', () => withMark('dead', 'mixed').length === 40);
    await emptied('work');
    expect(withMark('one', 'mixed')).toHaveLength(160 + 40 * 3);
  });

  it('hands over a body as bytes when the trigger says so', async () => {
    await send('raw', { body: Buffer.from([0x7b, 0xff, 0x00]), correlationId: 'bytes' });
    const { body, metadata } = await seenOnce('binary', 'bytes');
    expect(body).toEqual({ buffer: '7bff00' });
    expect(metadata).toMatchObject({ deliveryCount: 1 });
  });

  it('leaves a message alone when it is not to complete it', async () => {
    await send('manual', { body: {}, correlationId: 'manual' });
    await until('the second delivery after the lock', () => withMark('manual', 'manual').length === 2);
    expect(withMark('manual', 'manual').map(({ metadata }) => metadata?.['deliveryCount'])).toEqual([1, 2]);
  });

  it('serves a subscription and its dead letters', async () => {
    await send(
      'news',
      { body: 'plain text', correlationId: 'topic' },
      { body: { fail: true }, correlationId: 'topic' },
    );
    await until('the dead letter', () => withMark('topicDead', 'topic').length === 1);
    expect(withMark('topic', 'topic').map(({ body }) => body)).toContain('plain text');
  });

  it('runs by hand with any text as the body', async () => {
    const answer = await fetch(`${host.address}/admin/functions/one`, {
      method: 'POST',
      headers: { 'x-functions-key': 'local' },
      body: JSON.stringify({ input: '{"byHand":true}' }),
    });
    expect(answer.status).toBe(202);
    await until('the run', () => host.seen('one').some(({ body }) => (body as { byHand?: boolean }).byHand));
  });

  it('gets a message again when its worker died over it', async () => {
    const workers = host.workerPids.length;
    await send('work', { body: { dieAtFirst: true }, correlationId: 'died' });
    await until('the second delivery', () => withMark('one', 'died').length === 2);
    await emptied('work');
    expect(withMark('one', 'died').map(({ metadata }) => metadata?.['deliveryCount'])).toEqual([1, 2]);
    expect(host.workerPids).toHaveLength(workers + 1);
  });

  it('says once that an entity is missing, and goes on', () => {
    const lines = host.lines.filter(({ function: name, level }) => name === 'absent' && level === 'error');
    const line = `Function "absent" cannot receive from "not-there", trying on: The messaging entity 'not-there' could not be found.`;
    expect(lines.map(({ message }) => message)).toEqual(host.workerPids.map(() => line));
  });
});

describe('a Service Bus trigger for many messages', () => {
  it('hands over what waits as one batch, with metadata in arrays', async () => {
    await send('batches', { body: { n: 1 }, messageId: 'a' }, { body: 'two', messageId: 'b', subject: 's' });
    const { bodies, metadata } = await until('the batch', () => host.seen('many')[0]);
    expect(bodies).toEqual([{ n: 1 }, 'two']);
    expect(metadata).toMatchObject({
      messageIdArray: ['a', 'b'],
      subjectArray: ['s'],
      deliveryCountArray: [1, 1],
      applicationPropertiesArray: [{}, {}],
      enqueuedTimeUtcArray: [expect.any(String), expect.any(String)],
    });
    await emptied('batches');
  });

  it('abandons the whole batch when the handler throws', async () => {
    await send('batches', { body: { n: 2 } }, { body: { fail: true } });
    const deadLetters = client.createReceiver('batches', { subQueueType: 'deadLetter' });
    const dead = await deadLetters.receiveMessages(2, { maxWaitTimeInMs: 10_000 });
    expect(dead.map(({ deadLetterReason }) => deadLetterReason)).toEqual([
      'MaxDeliveryCountExceeded',
      'MaxDeliveryCountExceeded',
    ]);
    await deadLetters.close();
  });
});

describe('a broker that goes away', () => {
  it('is received from again when it is back', async () => {
    const port = Number(new URL(bus.address.replace('sb:', 'http:')).port);
    await client.close();
    await bus.close();
    const errors = () =>
      host.lines.filter(({ message }) => /"one" cannot receive from "work".*ECONNREFUSED/.test(message));
    await until('the complaint', () => errors().length > 0);
    bus = await startServiceBus({ config, port, healthPort: 0 });
    client = new ServiceBusClient(bus.connectionString);
    await send('work', { body: {}, correlationId: 'after' });
    await seenOnce('one', 'after');
    expect(errors()).toHaveLength(1);
    const workers = host.workerPids.length;
    expect(host.lines.map(({ message }) => message)).toContain('Function "one" receives from "work" again.');
    expect(host.workerPids).toHaveLength(workers);
  });

  it('does not keep the host from stopping', async () => {
    await client.close();
    await bus.close();
    expect(await host.stop()).toBe(0);
  });
});

describe('the end of a host that receives', () => {
  it('takes no new message, and settles what is running', async () => {
    bus = await startServiceBus({ config, port: 0, healthPort: 0 });
    client = new ServiceBusClient(bus.connectionString);
    host = await startFunctionsHost(fixture('queues'), { environment: { Bus: bus.connectionString, QUEUE: 'work' } });
    await send('work', { body: { waitMs: 500 }, correlationId: 'last' });
    await seenOnce('one', 'last');
    const stopped = host.stop();
    await until('the drain', () => host.output.some((line) => line.startsWith('Stopping')));
    expect(await stopped).toBe(0);
    await emptied('work');
    expect(withMark('one', 'last')).toHaveLength(1);
  });
});
