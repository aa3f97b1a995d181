import { ServiceBusClient } from '@azure/service-bus';
import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { clientOptions, eventually, startNamespace } from './namespace.ts';
import type { Namespace } from './namespace.ts';

let namespace: Namespace;
/** Moves the broker's clock. */
let ahead = 0;

const plain = [
  'complete',
  'abandon',
  'dead',
  'deferred',
  'many',
  'mixed',
  'closed',
  'gone',
  'delete',
  'answers',
  'drain',
];
const brief = ['expiring', 'renewed', 'subscribed'];

beforeAll(async () => {
  namespace = await startNamespace(
    {
      Queues: [
        ...plain.map((Name) => ({ Name, Properties: { MaxDeliveryCount: 3 } })),
        ...brief.map((Name) => ({ Name, Properties: { LockDuration: 'PT2S', MaxDeliveryCount: 2 } })),
      ],
    },
    { now: () => Date.now() + ahead },
  );
});

afterAll(() => namespace.close());

async function receive(queue: string, count: number): Promise<ServiceBusReceivedMessage[]> {
  const receiver = namespace.client.createReceiver(queue);
  return receiver.receiveMessages(count, { maxWaitTimeInMs: 500 });
}

function codeOf(result: PromiseSettledResult<unknown>): unknown {
  return result.status === 'rejected' ? (result.reason as { code: unknown }).code : 'done';
}

describe('settling', () => {
  it('completes: the message is gone, a second time the lock is lost', async () => {
    const { client } = namespace;
    await client.createSender('complete').sendMessages({ body: 1 });
    const receiver = client.createReceiver('complete');
    const [message] = await receiver.receiveMessages(1);
    expect((await namespace.counts('complete')).locked).toBe(1);
    await receiver.completeMessage(message!);
    expect(await namespace.counts('complete')).toMatchObject({ active: 0, locked: 0 });
    await expect(receiver.completeMessage(message!)).rejects.toThrow('already settled');
  });

  it('abandons: the message comes back at once in its place, counted, with changed properties', async () => {
    const { client } = namespace;
    await client.createSender('abandon').sendMessages([{ body: 1, applicationProperties: { kept: 1 } }, { body: 2 }]);
    const receiver = client.createReceiver('abandon');
    const [first] = await receiver.receiveMessages(1);
    await receiver.abandonMessage(first!, { tries: 1 });
    const again = await receiver.receiveMessages(2);
    expect(again.map(({ body, deliveryCount }) => [body, deliveryCount])).toEqual([
      [1, 1],
      [2, 0],
    ]);
    expect(again[0]?.applicationProperties).toEqual({ kept: 1, tries: 1 });
  });

  it('dead-letters after the last delivery, with the reason', async () => {
    const { client } = namespace;
    await client.createSender('dead').sendMessages({ body: 1 });
    const receiver = client.createReceiver('dead');
    for (let delivery = 0; delivery < 3; delivery += 1) {
      const [message] = await receiver.receiveMessages(1);
      expect(message?.deliveryCount).toBe(delivery);
      await receiver.abandonMessage(message!);
    }
    const letters = client.createReceiver('dead', { subQueueType: 'deadLetter' });
    const [letter] = await letters.receiveMessages(1);
    expect(letter).toMatchObject({
      deadLetterReason: 'MaxDeliveryCountExceeded',
      deadLetterErrorDescription: 'Message could not be consumed after 3 delivery attempts.',
      deliveryCount: 3,
    });
    await letters.abandonMessage(letter!);
    const [again] = await letters.receiveMessages(1);
    expect(again?.deliveryCount).toBe(3);
    await expect(letters.deadLetterMessage(again!)).rejects.toMatchObject({ retryable: false });
    expect(await namespace.counts('dead')).toMatchObject({ active: 0, deadLettered: 1 });
  });

  it('dead-letters with the reason, description and properties of the client', async () => {
    const { client } = namespace;
    await client.createSender('gone').sendMessages([{ body: 1 }, { body: 2 }]);
    const receiver = client.createReceiver('gone');
    const [first, second] = await receiver.receiveMessages(2);
    await receiver.deadLetterMessage(first!, { deadLetterReason: 'bad', deadLetterErrorDescription: 'very', extra: 7 });
    await receiver.deadLetterMessage(second!);
    const letters = await client.createReceiver('gone', { subQueueType: 'deadLetter' }).receiveMessages(2);
    expect(letters.map((one) => [one.deadLetterReason, one.deadLetterErrorDescription])).toEqual([
      ['bad', 'very'],
      [undefined, undefined],
    ]);
    expect(letters[0]?.applicationProperties).toMatchObject({ extra: 7 });
  });

  it('defers: received by number only, settled through another path', async () => {
    const { client } = namespace;
    await client.createSender('deferred').sendMessages([{ body: 1 }, { body: 2 }]);
    const receiver = client.createReceiver('deferred');
    const messages = await receiver.receiveMessages(2);
    for (const message of messages) await receiver.deferMessage(message, { later: true });
    expect(await namespace.counts('deferred')).toMatchObject({ active: 0, deferred: 2 });
    const numbers = messages.map(({ sequenceNumber }) => sequenceNumber!);
    const [first, second] = await receiver.receiveDeferredMessages(numbers);
    expect(first).toMatchObject({
      body: 1,
      state: 'deferred',
      deliveryCount: 1,
      applicationProperties: { later: true },
    });
    await receiver.completeMessage(first!);
    await receiver.deadLetterMessage(second!, { deadLetterReason: 'late', deadLetterErrorDescription: '' });
    expect(await namespace.counts('deferred')).toMatchObject({ deferred: 0, deadLettered: 1 });
    await expect(receiver.receiveDeferredMessages(numbers)).rejects.toMatchObject({ code: 'MessageNotFound' });
  });

  it('receives and deletes', async () => {
    const { client } = namespace;
    await client.createSender('delete').sendMessages([{ body: 1 }, { body: 2 }]);
    const messages = await client.createReceiver('delete', { receiveMode: 'receiveAndDelete' }).receiveMessages(2);
    expect(messages.map(({ body }) => body as unknown)).toEqual([1, 2]);
    expect(await namespace.counts('delete')).toMatchObject({ active: 0, locked: 0 });
  });

  it('keeps a lock when the receiver closes, and settles through another one', async () => {
    const { client } = namespace;
    await client.createSender('closed').sendMessages({ body: 1 });
    const first = client.createReceiver('closed');
    const [message] = await first.receiveMessages(1);
    await first.close();
    expect((await namespace.counts('closed')).locked).toBe(1);
    await client.createReceiver('closed').completeMessage(message!);
    expect(await namespace.counts('closed')).toMatchObject({ active: 0, locked: 0 });
  });

  it('delivers and settles more than 2,048 messages on one link', async () => {
    const { client } = namespace;
    const sender = client.createSender('many');
    const count = 2500;
    for (let start = 0; start < count; start += 500)
      await sender.sendMessages(Array.from({ length: 500 }, (_, index) => ({ body: start + index })));
    const seen = new Set<number>();
    const receiver = client.createReceiver('many');
    const subscription = receiver.subscribe(
      {
        processMessage: async ({ body }) => void seen.add(body as number),
        processError: async () => undefined,
      },
      { maxConcurrentCalls: 50 },
    );
    await eventually(
      () => namespace.counts('many'),
      ({ active }) => active === 0,
    );
    expect(seen.size).toBe(count);
    await subscription.close();
  });
});

describe.concurrent('locks', () => {
  it('run out: the message is delivered again and counted, then dead-lettered', async () => {
    const { client } = namespace;
    await client.createSender('expiring').sendMessages({ body: 1 });
    const receiver = client.createReceiver('expiring', { maxAutoLockRenewalDurationInMs: 0 });
    const [first] = await receiver.receiveMessages(1);
    const [second] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 8000 });
    expect([first?.deliveryCount, second?.deliveryCount]).toEqual([0, 1]);
    await expect(receiver.completeMessage(first!)).rejects.toMatchObject({ code: 'MessageLockLost', retryable: false });
    await eventually(
      () => namespace.counts('expiring'),
      ({ deadLettered }) => deadLettered === 1,
    );
    await expect(receiver.renewMessageLock(second!)).rejects.toMatchObject({ code: 'MessageLockLost' });
  });

  it('are renewed by hand and by the SDK while a handler works', async () => {
    const { client } = namespace;
    await client.createSender('renewed').sendMessages({ body: 1 });
    const receiver = client.createReceiver('renewed', { maxAutoLockRenewalDurationInMs: 0 });
    const [message] = await receiver.receiveMessages(1);
    const before = message!.lockedUntilUtc!.getTime();
    const until = await eventually(
      () => receiver.renewMessageLock(message!),
      (renewed) => renewed.getTime() > before + 1000,
    );
    expect(message!.lockedUntilUtc).toEqual(until);

    await client.createSender('subscribed').sendMessages({ body: 1 });
    let [calls, done] = [0, false];
    const subscription = client.createReceiver('subscribed').subscribe({
      async processMessage({ lockedUntilUtc }) {
        calls += 1;
        // Longer than the lock: only a renewed one completes.
        await eventually(
          () => Date.now(),
          (now) => now > lockedUntilUtc!.getTime() + 500,
        );
        done = true;
      },
      processError: async () => undefined,
    });
    await eventually(() => done, Boolean);
    await eventually(
      () => namespace.counts('subscribed'),
      ({ active }) => active === 0,
    );
    expect(calls).toBe(1);
    await subscription.close();
  });
});

describe('answers to settlements of one tick', () => {
  // rhea merges dispositions of neighbouring deliveries whatever their outcomes; the broker writes its own.
  it.each([
    ['first', ['MessageLockLost', 'done']],
    ['second', ['done', 'MessageLockLost']],
  ])('tell which one failed when the %s lock is gone', async (lost, expected) => {
    const { client } = namespace;
    await client.createSender('answers').sendMessages([{ body: 'first' }, { body: 'second' }]);
    const receiver = client.createReceiver('answers');
    const messages = await receiver.receiveMessages(2);
    const kept = messages.find(({ body }) => body !== lost);
    try {
      ahead = 40_000;
      await receiver.renewMessageLock(kept!);
      ahead = 70_000;
      const results = await Promise.allSettled(messages.map((message) => receiver.completeMessage(message)));
      expect(results.map(codeOf)).toEqual(expected);
    } finally {
      ahead = 0;
      await receiver.close();
    }
    await namespace.client
      .createReceiver('answers', { receiveMode: 'receiveAndDelete' })
      .receiveMessages(2, { maxWaitTimeInMs: 100 });
  });
});

describe('draining', () => {
  // rhea's own answer is lost when a message crosses the drain; the SDK then closes its link and leaves messages locked.
  it('loses nothing and leaves nothing locked in short receives', async () => {
    const client = new ServiceBusClient(namespace.bus.connectionString, clientOptions);
    const sender = client.createSender('drain');
    const receiver = client.createReceiver('drain');
    let sent = 0;
    const stop = new AbortController();
    const sending = (async () => {
      while (!stop.signal.aborted) {
        await sender.sendMessages({ body: (sent += 1) });
        await new Promise((resolve) => {
          setTimeout(resolve, 2);
        });
      }
    })();
    const received: ServiceBusReceivedMessage[] = [];
    for (let round = 0; round < 80; round += 1) {
      const messages = await receiver.receiveMessages(20, { maxWaitTimeInMs: 3 });
      await Promise.all(messages.map((message) => receiver.completeMessage(message)));
      received.push(...messages);
    }
    stop.abort();
    await sending;
    received.push(...(await receive('drain', 100)));
    expect(received.filter(({ deliveryCount }) => deliveryCount !== 0)).toEqual([]);
    expect(received.map(({ body }) => body as number)).toEqual(Array.from({ length: sent }, (_, index) => index + 1));
    await client.close();
  });
});
