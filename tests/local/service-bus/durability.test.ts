import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createBrokerDirectory } from './broker-process.ts';
import type { BrokerDirectory, BrokerProcess } from './broker-process.ts';
import { clientOptions, countsOf, eventually, inMs } from './namespace.ts';

let directory: BrokerDirectory;

beforeAll(async () => {
  directory = await createBrokerDirectory({
    Queues: [
      { Name: 'work', Properties: { MaxDeliveryCount: 100 } },
      { Name: 'kept' },
      { Name: 'timed' },
      { Name: 'again' },
      { Name: 'unique', Properties: { RequiresDuplicateDetection: true } },
    ],
    Topics: [{ Name: 'news', Subscriptions: [{ Name: 'one' }] }],
  });
});

afterAll(() => directory.remove());

async function withClient<T>(broker: BrokerProcess, use: (client: ServiceBusClient) => Promise<T>): Promise<T> {
  const client = new ServiceBusClient(broker.connectionString, clientOptions);
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

describe('a broker that is killed', () => {
  it('has every acknowledged send and none of the acknowledged completes, each time', async () => {
    const acknowledged = new Set<string>();
    const completed = new Set<string>();
    // A complete without an answer may have happened or not.
    const attempted = new Set<string>();
    const returned: string[] = [];
    let next = 0;

    for (let round = 0; round < 3; round += 1) {
      const broker = await directory.start();
      const client = new ServiceBusClient(broker.connectionString, {
        retryOptions: { maxRetries: 0, timeoutInMs: 1000 },
      });
      const [sentBefore, completedBefore] = [acknowledged.size, completed.size];
      const killed = new AbortController();
      const sender = client.createSender('work');
      const senders = Array.from({ length: 10 }, async () => {
        while (!killed.signal.aborted) {
          const messageId = `m${(next += 1)}`;
          await sender.sendMessages({ body: 1, messageId }).then(
            () => acknowledged.add(messageId),
            () => undefined,
          );
        }
      });
      const receiver = client.createReceiver('work');
      receiver.subscribe(
        {
          async processMessage(message) {
            const id = String(message.messageId);
            if (completed.has(id)) returned.push(id);
            // Every other message stays, for the next round.
            if (Number(id.slice(1)) % 2 === 0) return;
            attempted.add(id);
            await receiver.completeMessage(message).then(
              () => completed.add(id),
              () => undefined,
            );
          },
          processError: async () => undefined,
        },
        { maxConcurrentCalls: 20, autoCompleteMessages: false },
      );
      await eventually(
        () => Math.min(acknowledged.size - sentBefore, completed.size - completedBefore),
        (progress) => progress > 150,
      );
      await broker.kill();
      killed.abort();
      await Promise.all(senders);
      await client.close();
    }

    const broker = await directory.start();
    const left = new Set<string>();
    await withClient(broker, async (client) => {
      const receiver = client.createReceiver('work', { receiveMode: 'receiveAndDelete' });
      while ((await countsOf(broker.healthAddress, 'work')).active > 0)
        for (const { messageId } of await receiver.receiveMessages(500, { maxWaitTimeInMs: 1000 }))
          left.add(String(messageId));
    });
    await broker.kill();
    expect(returned).toEqual([]);
    expect([...completed].filter((id) => left.has(id))).toEqual([]);
    expect([...acknowledged].filter((id) => !left.has(id) && !attempted.has(id))).toEqual([]);
    expect(completed.size).toBeGreaterThan(450);
  });

  it('keeps deferred messages, dead letters, counts, numbers, remembered ids and rules', async () => {
    const first = await directory.start();
    const numbers = await withClient(first, async (client) => {
      await client.createSender('kept').sendMessages([{ body: 'deferred' }, { body: 'dead' }, { body: 'again' }]);
      const receiver = client.createReceiver('kept');
      const [deferred, dead, again] = await receiver.receiveMessages(3);
      await receiver.deferMessage(deferred!, { why: 'later' });
      await receiver.deadLetterMessage(dead!, { deadLetterReason: 'r', deadLetterErrorDescription: 'd' });
      await receiver.abandonMessage(again!);
      await client.createSender('unique').sendMessages({ body: 1, messageId: 'once' });
      const rules = client.createRuleManager('news', 'one');
      await rules.createRule('only', { subject: 'x' });
      await rules.deleteRule('$Default');
      return [deferred!.sequenceNumber!];
    });
    await first.kill();

    const second = await directory.start();
    await withClient(second, async (client) => {
      const receiver = client.createReceiver('kept');
      const [deferred] = await receiver.receiveDeferredMessages(numbers);
      expect(deferred).toMatchObject({ body: 'deferred', applicationProperties: { why: 'later' } });
      const [letter] = await client.createReceiver('kept', { subQueueType: 'deadLetter' }).receiveMessages(1);
      expect(letter).toMatchObject({ body: 'dead', deadLetterReason: 'r', deadLetterErrorDescription: 'd' });
      const [again] = await receiver.receiveMessages(1);
      expect(again).toMatchObject({ body: 'again', deliveryCount: 1 });
      for (const message of [deferred!, again!]) await receiver.completeMessage(message);
      await client.createSender('kept').sendMessages({ body: 'new' });
      const [fresh] = await receiver.receiveMessages(1);
      expect(String(fresh?.sequenceNumber)).toBe('4');
      await client.createSender('unique').sendMessages({ body: 2, messageId: 'once' });
      expect((await countsOf(second.healthAddress, 'unique')).active).toBe(1);
      await client.createSender('news').sendMessages([{ body: 1, subject: 'x' }, { body: 2 }]);
      expect((await countsOf(second.healthAddress, 'news/Subscriptions/one')).active).toBe(1);
    });
    await second.kill();
  });

  it('hands out what was scheduled: at its time, or at once when that passed while it was away', async () => {
    const first = await directory.start();
    const late = inMs(2500);
    const cancelled = await withClient(first, async (client) => {
      const sender = client.createSender('timed');
      await sender.scheduleMessages({ body: 'passed' }, inMs(200));
      await sender.scheduleMessages({ body: 'ahead' }, late);
      return sender.scheduleMessages({ body: 'cancelled' }, inMs(60_000));
    });
    await first.kill();
    await eventually(
      () => Date.now(),
      (now) => now > late.getTime() - 2000,
    );

    const second = await directory.start();
    await withClient(second, async (client) => {
      const receiver = client.createReceiver('timed', { receiveMode: 'receiveAndDelete' });
      const [passed] = await receiver.receiveMessages(1);
      expect(passed?.body).toBe('passed');
      await client.createSender('timed').cancelScheduledMessages(cancelled);
      const [ahead] = await receiver.receiveMessages(1);
      expect(ahead?.body).toBe('ahead');
      expect(ahead!.enqueuedTimeUtc!.getTime()).toBeGreaterThanOrEqual(late.getTime());
      expect(await countsOf(second.healthAddress, 'timed')).toMatchObject({ active: 0, scheduled: 0 });
    });
    await second.kill();
  });

  it('gets its subscribers back when it starts again on the same port', async () => {
    const first = await directory.start();
    const port = Number(/:(\d+);/.exec(first.connectionString)?.[1]);
    const client = new ServiceBusClient(first.connectionString, {
      retryOptions: { maxRetries: 20, retryDelayInMs: 100, maxRetryDelayInMs: 200, timeoutInMs: 2000 },
    });
    const bodies: unknown[] = [];
    const receiver = client.createReceiver('again');
    receiver.subscribe(
      {
        // Only an answered complete is sure to outlive the broker.
        processMessage: async (message) => {
          await receiver.completeMessage(message);
          bodies.push(message.body);
        },
        processError: async () => undefined,
      },
      { autoCompleteMessages: false },
    );
    const sender = client.createSender('again');
    await sender.sendMessages({ body: 'before' });
    await eventually(
      () => bodies.length,
      (completed) => completed === 1,
    );
    await first.kill();
    const second = await directory.start(port);
    await eventually(
      () =>
        sender.sendMessages({ body: 'after' }).then(
          () => true,
          () => false,
        ),
      (sent) => sent,
    );
    await eventually(
      () => bodies.at(-1),
      (body) => body === 'after',
    );
    expect(bodies).toEqual(['before', 'after']);
    await client.close();
    await second.kill();
  });
});
