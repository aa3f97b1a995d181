import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { eventually, startNamespace } from './namespace.ts';
import type { Namespace } from './namespace.ts';

let namespace: Namespace;
const withSessions = { RequiresSession: true };

beforeAll(async () => {
  namespace = await startNamespace({
    Queues: [
      ...['named', 'next', 'held', 'empty', 'state', 'strict', 'released'].map((Name) => ({
        Name,
        Properties: withSessions,
      })),
      { Name: 'expiring', Properties: { ...withSessions, LockDuration: 'PT1S' } },
      { Name: 'plain' },
    ],
  });
});

afterAll(() => namespace.close());

describe('sessions', () => {
  it('are received one by one, in order, by whoever holds them', async () => {
    const { client } = namespace;
    await client.createSender('named').sendMessages([
      { body: 'a1', sessionId: 'a' },
      { body: 'b1', sessionId: 'b' },
      { body: 'a2', sessionId: 'a' },
    ]);
    const a = await client.acceptSession('named', 'a');
    expect(a.sessionId).toBe('a');
    expect(a.sessionLockedUntilUtc.getTime()).toBeGreaterThan(Date.now() + 50_000);
    await expect(client.acceptSession('named', 'a')).rejects.toMatchObject({ code: 'SessionCannotBeLocked' });
    const b = await client.acceptSession('named', 'b');
    const fromA = await a.receiveMessages(5, { maxWaitTimeInMs: 300 });
    expect(fromA.map(({ body, sessionId }) => [body, sessionId])).toEqual([
      ['a1', 'a'],
      ['a2', 'a'],
    ]);
    for (const message of fromA) await a.completeMessage(message);
    const [fromB] = await b.receiveMessages(1);
    await b.completeMessage(fromB!);
    expect(await namespace.counts('named')).toMatchObject({ active: 0, locked: 0 });
    const renewed = await a.renewSessionLock();
    expect(renewed.getTime()).toBeGreaterThan(Date.now() + 50_000);
    await a.close();
    await b.close();
  });

  it('are given out as they come when nobody names one', async () => {
    const { client } = namespace;
    await client.createSender('next').sendMessages([
      { body: 1, sessionId: 'x' },
      { body: 2, sessionId: 'y' },
    ]);
    const first = await client.acceptNextSession('next');
    const second = await client.acceptNextSession('next');
    expect([first.sessionId, second.sessionId].sort()).toEqual(['x', 'y']);
    await first.close();
    await second.close();
  });

  it('let a receiver wait until one has messages', async () => {
    const { client } = namespace;
    const accepting = client.acceptNextSession('held');
    await client.createSender('held').sendMessages({ body: 1, sessionId: 'late' });
    const receiver = await accepting;
    expect(receiver.sessionId).toBe('late');
    expect((await receiver.receiveMessages(1))[0]?.body).toBe(1);
    await receiver.close();
  });

  it('are released with their messages when the receiver closes', async () => {
    const { client } = namespace;
    await client.createSender('released').sendMessages({ body: 1, sessionId: 's' });
    const first = await client.acceptSession('released', 's');
    expect(await first.receiveMessages(1)).toHaveLength(1);
    await first.close();
    const second = await eventually(
      () => client.acceptSession('released', 's').catch(() => undefined),
      (accepted) => accepted !== undefined,
    );
    const [again] = await second!.receiveMessages(1);
    expect(again).toMatchObject({ body: 1, deliveryCount: 1 });
    await second!.close();
  });

  it('are lost when their lock runs out', async () => {
    const { client } = namespace;
    await client.createSender('expiring').sendMessages({ body: 1, sessionId: 's' });
    const receiver = await client.acceptSession('expiring', 's', { maxAutoLockRenewalDurationInMs: 0 });
    const [message] = await receiver.receiveMessages(1);
    await eventually(
      () => namespace.counts('expiring'),
      ({ locked }) => locked === 0,
    );
    await expect(receiver.completeMessage(message!)).rejects.toMatchObject({ code: 'SessionLockLost' });
    await receiver.close();
  });

  it('are not waited for longer than the client asked', async () => {
    const impatient = new ServiceBusClient(namespace.bus.connectionString, {
      retryOptions: { maxRetries: 0, timeoutInMs: 1000 },
    });
    await expect(impatient.acceptNextSession('empty')).rejects.toMatchObject({ code: 'ServiceTimeout' });
    await impatient.close();
    const later = namespace.client.acceptNextSession('empty');
    await namespace.client.createSender('empty').sendMessages({ body: 1, sessionId: 'e' });
    const receiver = await later;
    expect(receiver.sessionId).toBe('e');
    await receiver.close();
  });

  it('keep a state', async () => {
    const { client } = namespace;
    const receiver = await client.acceptSession('state', 's');
    expect(await receiver.getSessionState()).toBeFalsy();
    await receiver.setSessionState({ step: 2 });
    expect(await receiver.getSessionState()).toEqual({ step: 2 });
    await receiver.close();
  });

  it('outlive a clean restart with their state and messages', async () => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'service-bus-'));
    const entities = { Queues: [{ Name: 'q', Properties: withSessions }] };
    const first = await startNamespace(entities, { dataDirectory });
    await first.client.createSender('q').sendMessages({ body: 1, sessionId: 's' });
    const held = await first.client.acceptSession('q', 's');
    await held.setSessionState('half done');
    expect(await held.receiveMessages(1)).toHaveLength(1);
    await first.bus.close();
    // The SDK takes long to close a session receiver whose connection is gone.
    const closing = first.client.close();
    closing.catch(() => undefined);

    const second = await startNamespace(entities, { dataDirectory });
    const receiver = await second.client.acceptSession('q', 's');
    expect(await receiver.getSessionState()).toBe('half done');
    expect((await receiver.receiveMessages(1))[0]?.body).toBe(1);
    await second.close();
    await rm(dataDirectory, { recursive: true });
  });

  it('are required where the queue says so, and refused where it does not', async () => {
    const { client } = namespace;
    await expect(client.createSender('strict').sendMessages({ body: 1 })).rejects.toMatchObject({ retryable: false });
    await expect(client.createReceiver('strict').receiveMessages(1)).rejects.toMatchObject({ retryable: false });
    await expect(client.acceptSession('plain', 's')).rejects.toMatchObject({ retryable: false });
  });
});
