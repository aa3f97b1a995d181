import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { clientOptions, startNamespace } from './namespace.ts';
import type { Namespace } from './namespace.ts';

let namespace: Namespace;
const names = ['plain', 'batch', 'typed', 'header', 'large', 'mixed', 'order', 'limit'];

beforeAll(async () => {
  namespace = await startNamespace({
    Queues: [
      ...names.map((Name) => ({ Name })),
      { Name: 'unique', Properties: { RequiresDuplicateDetection: true } },
      { Name: 'brief', Properties: { RequiresDuplicateDetection: true, DuplicateDetectionHistoryTimeWindow: 'PT1S' } },
    ],
    Topics: [
      { Name: 'unique-news', Properties: { RequiresDuplicateDetection: true }, Subscriptions: [{ Name: 'all' }] },
    ],
  });
});

afterAll(() => namespace.close());

describe('sending', () => {
  it('delivers a single message with its properties and the numbers of the broker', async () => {
    const { client } = namespace;
    await client.createSender('plain').sendMessages({
      body: { order: 1042 },
      messageId: 'first',
      correlationId: 'c',
      subject: 's',
      contentType: 'application/json',
      to: 't',
      replyTo: 'r',
      timeToLive: 60_000,
      applicationProperties: { text: 'ä', number: 1, flag: true, at: new Date(0) },
    });
    const [message] = await client.createReceiver('PLAIN').receiveMessages(1);
    expect(message).toMatchObject({
      body: { order: 1042 },
      messageId: 'first',
      correlationId: 'c',
      subject: 's',
      contentType: 'application/json',
      to: 't',
      replyTo: 'r',
      timeToLive: 60_000,
      deliveryCount: 0,
      state: 'active',
      applicationProperties: { text: 'ä', number: 1, flag: true, at: 0 },
    });
    expect(String(message?.sequenceNumber)).toBe('1');
    expect(message?.lockToken).toMatch(/^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/);
  });

  it('takes arrays and batches apart, the first message with its own properties', async () => {
    const { client } = namespace;
    const sender = client.createSender('batch');
    await sender.sendMessages([{ body: 1, subject: 'one', applicationProperties: { a: 1 } }, { body: 2 }]);
    const batch = await sender.createMessageBatch();
    expect(batch.maxSizeInBytes).toBe(262_144);
    for (const body of [3, 4]) batch.tryAddMessage({ body });
    await sender.sendMessages(batch);
    const messages = await client.createReceiver('batch', { receiveMode: 'receiveAndDelete' }).receiveMessages(4);
    expect(messages.map(({ body, subject, applicationProperties }) => [body, subject, applicationProperties])).toEqual([
      [1, 'one', { a: 1 }],
      [2, undefined, undefined],
      [3, undefined, undefined],
      [4, undefined, undefined],
    ]);
    expect(new Set(messages.map(({ messageId }) => messageId)).size).toBe(4);
  });

  it('keeps the order of sending', async () => {
    const { client } = namespace;
    const bodies = Array.from({ length: 200 }, (_, index) => index);
    const sender = client.createSender('order');
    await Promise.all(bodies.map((body) => sender.sendMessages({ body })));
    const receiver = client.createReceiver('order', { receiveMode: 'receiveAndDelete' });
    const received: unknown[] = [];
    while (received.length < 200)
      received.push(...(await receiver.receiveMessages(200)).map(({ body }) => body as unknown));
    expect(received).toEqual(bodies);
  });

  it('refuses a message over 256 KB, between two that it takes in the same tick', async () => {
    const { client } = namespace;
    const sender = client.createSender('large');
    await sender.createMessageBatch(); // opens the link
    const results = await Promise.allSettled([
      sender.sendMessages({ body: 'before' }),
      sender.sendMessages({ body: 'x'.repeat(300_000) }),
      sender.sendMessages({ body: 'after' }),
    ]);
    expect(
      results.map((result) => (result.status === 'rejected' ? (result.reason as { code: string }).code : 'taken')),
    ).toEqual(['taken', 'MessageSizeExceeded', 'taken']);
    expect((await namespace.counts('large')).active).toBe(2);
  });

  it('drops what it has seen inside the window: single, in a batch, scheduled', async () => {
    const { client } = namespace;
    const sender = client.createSender('unique');
    await sender.sendMessages({ body: 1, messageId: 'a' });
    await sender.sendMessages({ body: 2, messageId: 'a' });
    await sender.sendMessages([
      { body: 3, messageId: 'b' },
      { body: 4, messageId: 'b' },
      { body: 5, messageId: 'a' },
    ]);
    const [number] = await sender.scheduleMessages({ body: 6, messageId: 'a' }, new Date(Date.now() + 60_000));
    expect(String(number)).toBe('0');
    await sender.scheduleMessages({ body: 7, messageId: 'later' }, new Date(Date.now() + 60_000));
    await sender.sendMessages({ body: 8, messageId: 'later' });
    expect(await namespace.counts('unique')).toMatchObject({ active: 2, scheduled: 1 });
  });

  it('takes the same id again after the window', async () => {
    const { client } = namespace;
    const sender = client.createSender('brief');
    await sender.sendMessages({ body: 1, messageId: 'a' });
    await expect
      .poll(
        async () => {
          await sender.sendMessages({ body: 2, messageId: 'a' });
          return (await namespace.counts('brief')).active;
        },
        { timeout: 5000 },
      )
      .toBe(2);
  });

  it('drops duplicates of a topic before they are handed to subscriptions', async () => {
    const { client } = namespace;
    const sender = client.createSender('unique-news');
    await sender.sendMessages([
      { body: 1, messageId: 'n' },
      { body: 2, messageId: 'n' },
    ]);
    expect((await namespace.counts('unique-news/Subscriptions/all')).active).toBe(1);
  });
});

describe('refusing', () => {
  it('says that an entity does not exist, not to be retried', async () => {
    const { client } = namespace;
    const missing = { code: 'MessagingEntityNotFound', retryable: false };
    await expect(client.createSender('nobody').sendMessages({ body: 1 })).rejects.toMatchObject(missing);
    await expect(client.createReceiver('nobody').receiveMessages(1)).rejects.toMatchObject(missing);
    await expect(client.createReceiver('nobody').peekMessages(1)).rejects.toMatchObject(missing);
  });

  it('refuses a wrong key', async () => {
    const wrong = new ServiceBusClient(
      namespace.bus.connectionString.replace(/SharedAccessKey=[^;]*/, 'SharedAccessKey=stolen'),
      clientOptions,
    );
    await expect(wrong.createSender('plain').sendMessages({ body: 1 })).rejects.toMatchObject({
      code: 'UnauthorizedAccess',
    });
    await wrong.close();
  });

  it('refuses to send to a subscription and to a dead-letter queue', async () => {
    const { client } = namespace;
    for (const entity of ['plain/$DeadLetterQueue', 'unique-news/Subscriptions/all'])
      await expect(client.createSender(entity).sendMessages({ body: 1 })).rejects.toMatchObject({
        message: expect.stringContaining('cannot be sent to') as string,
        retryable: false,
      });
  });

  it('refuses to receive from a topic', async () => {
    const { client } = namespace;
    await expect(client.createReceiver('unique-news').receiveMessages(1)).rejects.toMatchObject({
      message: expect.stringContaining('is a topic') as string,
      retryable: false,
    });
  });

  it('refuses what it does not do with a condition that is not retried', async () => {
    const { client } = namespace;
    await expect(
      client.createRuleManager('unique-news', 'all').createRule('sql', { sqlExpression: 'x > 1' }),
    ).rejects.toMatchObject({ message: expect.stringContaining('NotImplemented') as string, retryable: false });
    await expect(client.acceptSession('plain', 'one')).rejects.toMatchObject({ retryable: false });
    await expect(
      client.createReceiver('plain', { subQueueType: 'transferDeadLetter' }).receiveMessages(1),
    ).rejects.toMatchObject({ code: 'MessagingEntityNotFound' });
  });
});
