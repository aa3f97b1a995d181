import type { ServiceBusSender } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { eventually, inMs, startNamespace } from './namespace.ts';
import type { Namespace } from './namespace.ts';

type ScheduledNumber = Awaited<ReturnType<ServiceBusSender['scheduleMessages']>>[number];

let namespace: Namespace;

beforeAll(async () => {
  namespace = await startNamespace({
    Queues: ['exact', 'thousands', 'cancelled', 'past', 'race', 'far', 'large'].map((Name) => ({ Name })),
    Topics: [{ Name: 'news', Subscriptions: [{ Name: 'all' }, { Name: 'more' }] }],
  });
});

afterAll(() => namespace.close());

describe('scheduling', () => {
  it('hands a message out at its time, not before, under a new sequence number', async () => {
    const { client } = namespace;
    const sender = client.createSender('exact');
    const at = inMs(1200);
    const [number] = await sender.scheduleMessages({ body: 'by call' }, at);
    await sender.sendMessages({ body: 'by property', scheduledEnqueueTimeUtc: at });
    const receiver = client.createReceiver('exact');
    const peeked = await receiver.peekMessages(5);
    expect(peeked.map(({ body, state }) => [body, state])).toEqual([
      ['by call', 'scheduled'],
      ['by property', 'scheduled'],
    ]);
    const received = [...(await receiver.receiveMessages(1)), ...(await receiver.receiveMessages(1))];
    expect(Date.now()).toBeGreaterThanOrEqual(at.getTime());
    expect(received.map(({ body, state }) => [body, state])).toEqual([
      ['by call', 'scheduled'],
      ['by property', 'scheduled'],
    ]);
    for (const message of received) {
      expect(message.scheduledEnqueueTimeUtc).toEqual(at);
      expect(message.enqueuedTimeUtc!.getTime()).toBeGreaterThanOrEqual(at.getTime());
      expect(message.enqueuedTimeUtc!.getTime()).toBeLessThan(at.getTime() + 1000);
      expect(message.sequenceNumber!.greaterThan(number!)).toBe(true);
    }
  });

  it('hands out thousands that are due at once, each once', async () => {
    const { client } = namespace;
    const sender = client.createSender('thousands');
    const count = 3000;
    const at = inMs(1500);
    for (let start = 0; start < count; start += 500)
      await sender.scheduleMessages(
        Array.from({ length: 500 }, (_, index) => ({ body: start + index })),
        at,
      );
    expect(await namespace.counts('thousands')).toMatchObject({ active: 0, scheduled: count });
    const receiver = client.createReceiver('thousands', { receiveMode: 'receiveAndDelete' });
    const bodies: number[] = [];
    while (bodies.length < count) {
      const messages = await receiver.receiveMessages(1000, { maxWaitTimeInMs: 5000 });
      expect(messages.length).toBeGreaterThan(0);
      bodies.push(...messages.map(({ body }) => body as number));
    }
    expect(new Set(bodies).size).toBe(count);
    expect(bodies.length).toBe(count);
  });

  it('cancels by number; what is unknown or already active cannot be cancelled', async () => {
    const { client } = namespace;
    const sender = client.createSender('cancelled');
    const numbers = await sender.scheduleMessages([{ body: 1 }, { body: 2 }], inMs(60_000));
    await sender.cancelScheduledMessages(numbers[0]!);
    expect((await namespace.counts('cancelled')).scheduled).toBe(1);
    const notFound = { code: 'MessageNotFound', retryable: false };
    await expect(sender.cancelScheduledMessages(numbers)).rejects.toMatchObject(notFound);
    await expect(sender.cancelScheduledMessages(numbers[1]!.add(100))).rejects.toMatchObject(notFound);
    expect((await namespace.counts('cancelled')).scheduled).toBe(1);
  });

  it('either cancels or delivers in a race, never both', async () => {
    const { client } = namespace;
    const sender = client.createSender('race');
    const count = 60;
    const numbers: ScheduledNumber[] = [];
    for (let index = 0; index < count; index += 1)
      numbers.push(...(await sender.scheduleMessages({ body: index }, inMs(100 + index))));
    const results = await Promise.allSettled(numbers.map((number) => sender.cancelScheduledMessages(number)));
    const cancelled = results.filter(({ status }) => status === 'fulfilled').length;
    const { active } = await eventually(
      () => namespace.counts('race'),
      ({ scheduled }) => scheduled === 0,
    );
    expect(active).toBe(count - cancelled);
  });

  it('takes a time in the past as now, on topics too', async () => {
    const { client } = namespace;
    await client.createSender('past').sendMessages({ body: 1, scheduledEnqueueTimeUtc: inMs(-1000) });
    await client.createSender('past').scheduleMessages({ body: 2 }, inMs(-1000));
    expect(await namespace.counts('past')).toMatchObject({ active: 2, scheduled: 0 });
    await client.createSender('news').sendMessages({ body: 1, scheduledEnqueueTimeUtc: inMs(-1000) });
    for (const name of ['all', 'more']) {
      const receiver = client.createReceiver('news', name, { receiveMode: 'receiveAndDelete' });
      expect(await receiver.receiveMessages(1)).toHaveLength(1);
    }
  });

  it('keeps a message at the topic until it is due, where its number cancels it', async () => {
    const { client } = namespace;
    const sender = client.createSender('news');
    const [first] = await sender.scheduleMessages({ body: 'cancelled' }, inMs(60_000));
    await sender.scheduleMessages({ body: 'due' }, inMs(300));
    expect((await namespace.counts('news')).scheduled).toBe(2);
    expect((await namespace.counts('news/Subscriptions/all')).active).toBe(0);
    await sender.cancelScheduledMessages(first!);
    for (const name of ['all', 'more']) {
      const [message] = await client.createReceiver('news', name).receiveMessages(1);
      expect(message?.body).toBe('due');
    }
    expect((await namespace.counts('news')).scheduled).toBe(0);
  });

  it('takes a time further away than one timer reaches, and a time to live beyond 2^32 ms', async () => {
    const { client } = namespace;
    const sender = client.createSender('far');
    await sender.scheduleMessages({ body: 1 }, inMs(60 * 24 * 3600 * 1000));
    await sender.sendMessages({ body: 2, timeToLive: 2 ** 33 });
    expect(await namespace.counts('far')).toMatchObject({ active: 1, scheduled: 1 });
  });

  it('refuses to schedule more than 256 KB', async () => {
    const { client } = namespace;
    await expect(
      client.createSender('large').scheduleMessages({ body: 'x'.repeat(300_000) }, inMs(60_000)),
    ).rejects.toMatchObject({ code: 'MessageSizeExceeded' });
  });
});
