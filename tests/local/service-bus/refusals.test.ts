import { createHmac } from 'node:crypto';
import type { Socket } from 'node:net';

import rhea from 'rhea';
import type { Connection, EventContext, Message } from 'rhea';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { eventually, startNamespace } from './namespace.ts';
import type { Namespace } from './namespace.ts';

/** What the official client never asks for: a link without a token, a foreign operation, a transaction. */

let namespace: Namespace;
let connection: Connection;
const noMessage = { body: undefined };

beforeAll(async () => {
  namespace = await startNamespace({ Queues: ['q', 'other', 'gone'].map((Name) => ({ Name })) });
  const { port } = new URL(namespace.bus.address.replace('sb:', 'http:'));
  connection = rhea.create_container().connect({ port: Number(port), reconnect: false });
  // rhea throws for these when nobody listens.
  for (const event of ['sender_error', 'receiver_error']) connection.on(event, () => undefined);
  await request('$cbs', tokenRequest('q', 3600));
});

afterAll(async () => {
  connection.close();
  await namespace.close();
});

function tokenRequest(entity: string, validForSeconds: number, key = 'local'): Message {
  const resource = encodeURIComponent(`${namespace.bus.address}/${entity}`);
  const expiry = Math.floor(Date.now() / 1000) + validForSeconds;
  const signature = createHmac('sha256', key).update(`${resource}\n${expiry}`).digest('base64');
  return {
    application_properties: {
      operation: 'put-token',
      type: 'servicebus.windows.net:sastoken',
      name: `${namespace.bus.address}/${entity}`,
    },
    body: `SharedAccessSignature sr=${resource}&sig=${encodeURIComponent(signature)}&se=${expiry}&skn=any`,
  };
}

/** Sends a request to a node and gives the application properties of its answer. */
async function request(node: string, message: Message): Promise<Record<string, unknown>> {
  const replyTo = rhea.generate_uuid();
  const receiver = connection.open_receiver({ name: replyTo, source: node, target: replyTo });
  const sender = connection.open_sender(node);
  const answer = new Promise<Record<string, unknown>>((resolve) => {
    receiver.once('message', (context: EventContext) => {
      expect(context.message?.correlation_id).toBe('request 1');
      resolve(context.message?.application_properties ?? {});
    });
  });
  sender.once('sendable', () => sender.send({ ...message, message_id: 'request 1', reply_to: replyTo }));
  const properties = await answer;
  sender.close();
  receiver.close();
  return properties;
}

/** Opens a link and gives the error it is refused with. */
async function refusalOf(open: () => { error?: unknown }): Promise<unknown> {
  const link = open();
  const error = await eventually(
    () => link.error,
    (found) => found !== undefined,
  );
  return (error as { condition: string }).condition;
}

describe('a link', () => {
  it('needs a token for its own entity', async () => {
    const unauthorized = 'amqp:unauthorized-access';
    expect(await refusalOf(() => connection.open_sender('other'))).toBe(unauthorized);
    expect(await refusalOf(() => connection.open_receiver('other'))).toBe(unauthorized);
    expect(await refusalOf(() => connection.open_sender('other/$management'))).toBe(unauthorized);
  });

  it('is refused for sending via another entity', async () => {
    const via = { target: 'q', properties: { 'com.microsoft:transfer-destination-address': 'other' } };
    expect(await refusalOf(() => connection.open_sender(via))).toBe('amqp:not-implemented');
  });
});

describe('a token', () => {
  it.each([
    ['signed with another key', () => tokenRequest('q', 3600, 'stolen'), 401],
    ['that is over', () => tokenRequest('q', -1), 401],
    [
      'of Entra ID',
      () => ({ ...noMessage, application_properties: { operation: 'put-token', type: 'jwt', name: 'q' } }),
      401,
    ],
    ['for an entity that is not there', () => tokenRequest('nobody', 3600), 404],
    ['that is good', () => tokenRequest('q', 3600), 202],
  ])('%s is answered with its status', async (_what, message, status) => {
    expect((await request('$cbs', message()))['status-code']).toBe(status);
  });
});

describe('an operation', () => {
  it('that is unknown is answered 501 with its name, not to be tried again', async () => {
    const operation = 'com.microsoft:batch-delete-messages';
    const answer = await request('q/$management', { ...noMessage, application_properties: { operation } });
    expect(answer).toMatchObject({ statusCode: 501, errorCondition: 'amqp:not-implemented' });
    expect(answer['statusDescription']).toContain(operation);
  });

  it('without what it needs is answered 400', async () => {
    const answer = await request('q/$management', {
      application_properties: { operation: 'com.microsoft:renew-lock' },
      body: {},
    });
    expect(answer).toMatchObject({ statusCode: 400, errorCondition: 'amqp:decode-error' });
  });
});

describe('a message', () => {
  it('in a format that nobody knows is rejected, and the link goes on', async () => {
    const sender = connection.open_sender('q');
    const outcomes: string[] = [];
    sender.on('rejected', () => outcomes.push('rejected'));
    sender.on('accepted', () => outcomes.push('accepted'));
    await eventually(
      () => sender.sendable(),
      (sendable) => sendable,
    );
    sender.send(Buffer.from('?'), undefined, 77);
    sender.send(Buffer.from([0xa1, 0x01, 0x61]), undefined, 0);
    sender.send({ body: 'good' });
    await eventually(
      () => outcomes.length,
      (length) => length === 3,
    );
    expect(outcomes).toEqual(['rejected', 'rejected', 'accepted']);
  });
});

describe('a client that is gone without a word', () => {
  it('takes no messages any more', async () => {
    await request('$cbs', tokenRequest('gone', 3600));
    const sender = namespace.client.createSender('gone');
    await sender.sendMessages({ body: 0 });
    const receiver = connection.open_receiver({ source: 'gone', credit_window: 100, autoaccept: true });
    await new Promise((resolve) => {
      receiver.once('message', resolve);
    });
    connection.on('disconnected', () => undefined);
    (connection as unknown as { socket: Socket }).socket.destroy();
    // The broker reads that the socket is gone before it reads this.
    await namespace.client.createReceiver('gone').peekMessages(1);
    await sender.sendMessages([{ body: 1 }, { body: 2 }]);
    const messages = await namespace.client.createReceiver('gone').receiveMessages(2);
    expect(messages.map(({ body }) => body as number)).toEqual([1, 2]);
  });
});
