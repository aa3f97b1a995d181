import type { PeekMessagesOptions } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { eventually, inMs, startNamespace } from './namespace.ts';
import type { Namespace } from './namespace.ts';

let namespace: Namespace;

beforeAll(async () => {
  namespace = await startNamespace({
    Queues: [
      { Name: 'dropped' },
      { Name: 'kept', Properties: { DeadLetteringOnMessageExpiration: true } },
      { Name: 'ceiling', Properties: { DefaultMessageTimeToLive: 'PT1S', DeadLetteringOnMessageExpiration: true } },
      { Name: 'held' },
      { Name: 'pages' },
      { Name: 'bodies' },
      { Name: 'body-less' },
    ],
  });
});

afterAll(() => namespace.close());

describe('time to live', () => {
  it('ends a message that nobody took', async () => {
    await namespace.client.createSender('dropped').sendMessages([{ body: 1, timeToLive: 100 }, { body: 2 }]);
    await eventually(
      () => namespace.counts('dropped'),
      ({ active }) => active === 1,
    );
    expect((await namespace.counts('dropped')).deadLettered).toBe(0);
  });

  it('makes a dead letter with its reason where the queue says so', async () => {
    const { client } = namespace;
    await client.createSender('kept').sendMessages({ body: 1, timeToLive: 100 });
    const [letter] = await client.createReceiver('kept', { subQueueType: 'deadLetter' }).receiveMessages(1);
    expect(letter).toMatchObject({
      body: 1,
      deadLetterReason: 'TTLExpiredException',
      deadLetterErrorDescription: 'The message expired and was dead lettered.',
    });
  });

  it('of the queue is a ceiling, and starts for a scheduled message when it is due', async () => {
    const { client } = namespace;
    const sender = client.createSender('ceiling');
    await sender.scheduleMessages({ body: 'later', timeToLive: 3_600_000 }, inMs(1300));
    await sender.sendMessages({ body: 'now', timeToLive: 3_600_000 });
    const [message] = await client.createReceiver('ceiling').peekMessages(1);
    expect(message!.expiresAtUtc!.getTime() - message!.enqueuedTimeUtc!.getTime()).toBe(1000);
    const letters = client.createReceiver('ceiling', { subQueueType: 'deadLetter' });
    const [first] = await letters.receiveMessages(1);
    expect(first?.body).toBe('now');
    expect((await namespace.counts('ceiling')).scheduled).toBe(1);
    const [second] = await letters.receiveMessages(1);
    expect(second?.body).toBe('later');
  });

  it('does not end a message that somebody holds', async () => {
    const { client } = namespace;
    await client.createSender('held').sendMessages({ body: 1, timeToLive: 300 });
    const receiver = client.createReceiver('held');
    const [message] = await receiver.receiveMessages(1);
    await eventually(
      () => Date.now(),
      (now) => now > message!.expiresAtUtc!.getTime() + 100,
    );
    expect((await namespace.counts('held')).active).toBe(1);
    await receiver.completeMessage(message!);
    expect((await namespace.counts('held')).active).toBe(0);
  });
});

describe('peeking', () => {
  it('shows active, locked, deferred and scheduled messages in order, page by page, and takes nothing', async () => {
    const { client } = namespace;
    const sender = client.createSender('pages');
    await sender.sendMessages([{ body: 1 }, { body: 2 }, { body: 3 }]);
    await sender.scheduleMessages({ body: 4 }, inMs(60_000));
    const receiver = client.createReceiver('pages');
    const [, second] = await receiver.receiveMessages(2);
    await receiver.deferMessage(second!);
    const peeker = client.createReceiver('pages');
    const pages = [await peeker.peekMessages(2), await peeker.peekMessages(2), await peeker.peekMessages(2)];
    expect(pages.map((page) => page.map(({ body, state }) => [body, state]))).toEqual([
      [
        [1, 'active'],
        [2, 'deferred'],
      ],
      [
        [3, 'active'],
        [4, 'scheduled'],
      ],
      [],
    ]);
    const [third] = await peeker.peekMessages(1, { fromSequenceNumber: second!.sequenceNumber!.add(1) });
    expect(third?.body).toBe(3);
    expect(await namespace.counts('pages')).toMatchObject({ active: 2, deferred: 1, scheduled: 1, locked: 1 });
  });

  it('leaves the body out when asked', async () => {
    const { client } = namespace;
    await client.createSender('body-less').sendMessages({ body: 'long', subject: 's' });
    const [message] = await client
      .createReceiver('body-less')
      .peekMessages(1, { omitMessageBody: true } as PeekMessagesOptions);
    expect(message?.body).toBeUndefined();
    expect(message?.subject).toBe('s');
  });
});

describe('bodies', () => {
  it.each([
    ['data', Buffer.from([0, 1, 255])],
    ['value', { nested: ['list', 1, true] }],
    ['sequence', [1, 'two', [3]]],
  ] as const)('of type %s come back as they were sent', async (bodyType, body) => {
    const { client } = namespace;
    await client
      .createSender('bodies')
      .sendMessages({ bodyType, body, header: { durable: true, firstAcquirer: true } });
    const [message] = await client.createReceiver('bodies', { receiveMode: 'receiveAndDelete' }).receiveMessages(1);
    const raw = message!._rawAmqpMessage;
    expect(raw.bodyType).toBe(bodyType);
    const { content = raw.body } = raw.body as { content?: unknown };
    expect(content).toEqual(body);
    expect(raw.header).toMatchObject({ durable: true, firstAcquirer: true });
  });
});
