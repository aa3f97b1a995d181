import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';

import rhea from 'rhea';
import type { Connection, EventContext } from 'rhea';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { serveSocket } from '../../../local/service-bus/amqp-links.ts';
import type { OutgoingLink } from '../../../local/service-bus/amqp-links.ts';
import { eventually } from './namespace.ts';

/** Frames in an order that the official client cannot be made to send on purpose. */

let server: Server;
let connection: Connection;
const links: OutgoingLink[] = [];
const message = rhea.message.encode({ body: 'crossing' });

beforeAll(async () => {
  server = createServer((socket) =>
    serveSocket(socket, { incoming: () => undefined, outgoing: (link) => links.push(link) }, () => undefined),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  connection = rhea.create_container().connect({ port: (server.address() as AddressInfo).port, reconnect: false });
});

afterAll(() => {
  connection.close();
  server.close();
});

async function openReceiver(credit: number, events: string[]) {
  const receiver = connection.open_receiver({ source: 'queue', credit_window: 0 });
  receiver.on('message', ({ message: received }: EventContext) => events.push(String(received?.body)));
  receiver.on('receiver_drained', () => events.push('drained'));
  receiver.add_credit(credit);
  await eventually(
    () => links.at(-1)?.credit(),
    (open) => open === credit,
  );
  const link = links.at(-1);
  if (!link) throw new Error('no link');
  return { receiver, link };
}

describe('a drain', () => {
  it('is answered when a message took the last credit while the drain was on its way', async () => {
    const events: string[] = [];
    const { receiver, link } = await openReceiver(1, events);
    link.send(message, Buffer.from('1'), true);
    receiver.drain_credit();
    await eventually(
      () => events,
      ({ length }) => length === 2,
    );
    expect(events).toEqual(['crossing', 'drained']);
    expect(link.credit()).toBe(0);
    receiver.close();
  });

  it('is answered when a message took some of the credit, and takes the rest', async () => {
    const events: string[] = [];
    const { receiver, link } = await openReceiver(3, events);
    link.send(message, Buffer.from('1'), true);
    receiver.drain_credit();
    await eventually(
      () => events,
      ({ length }) => length === 2,
    );
    expect(events).toEqual(['crossing', 'drained']);
    expect(link.credit()).toBe(0);
    receiver.close();
  });

  it('leaves the link usable: later credit is served', async () => {
    const events: string[] = [];
    const { receiver, link } = await openReceiver(2, events);
    receiver.drain_credit();
    await eventually(
      () => events.length,
      (length) => length === 1,
    );
    Object.assign(receiver, { drain: false });
    receiver.add_credit(1);
    await eventually(
      () => link.credit(),
      (credit) => credit === 1,
    );
    link.send(message, Buffer.from('2'), true);
    await eventually(
      () => events.length,
      (length) => length === 2,
    );
    expect(events).toEqual(['drained', 'crossing']);
    receiver.close();
  });
});
