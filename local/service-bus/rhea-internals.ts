import { createRequire } from 'node:module';
import type { Socket } from 'node:net';

import rhea from 'rhea';

import type { TypedValue } from './amqp-values.ts';
import type { RheaConnection, RheaContainer, RheaDelivery, RheaLink, RheaSession } from './rhea-types.ts';

/**
 * Everything that depends on the insides of rhea 3.0.5; why each is needed stands beside it.
 * All of it is per connection or link, never on a prototype: the SDK shares the module when both run in one process.
 */

const frames = createRequire(import.meta.url)('rhea/lib/frames.js') as Record<string, unknown>;

/** rhea decodes format 0 before we see it; under another format it hands over the bytes. */
export const rawFormat = 0x0fffffff;

/** Fails at start, not in the middle of a delivery, when rhea is not the one this file was written for. */
export function checkRhea(): void {
  const container = rhea.create_container() as unknown as RheaContainer;
  const connection = container.create_connection({}) as unknown as Record<string, unknown> & {
    create_session(): Record<string, Record<string, unknown>> & {
      create_sender(name: string): Record<string, unknown>;
    };
  };
  const session = connection.create_session();
  const sender = session.create_sender('check');
  const present = [
    [connection, '_write_frame', '_register', 'accept'],
    [session['outgoing'], 'on_disposition', 'deliveries', 'next_pending_delivery'],
    [session['incoming'], 'on_transfer'],
    [sender, '_get_drain', '_process', 'set_source', 'set_target', 'state'],
    [frames, 'disposition'],
  ] as [Record<string, unknown>, ...string[]][];
  for (const [owner, ...names] of present)
    for (const name of names)
      if (owner?.[name] === undefined)
        throw new Error(`rhea has no '${name}' any more: pin rhea 3.0.5, local/service-bus depends on its insides.`);
}

/** Writes of one tick leave in one piece: rhea writes every frame by itself. Returns how often something was written. */
export function writeInOnePiece(socket: Socket): () => number {
  const write = socket.write.bind(socket);
  let writes = 0;
  let corked = false;
  // rhea calls it with the bytes only.
  socket.write = (bytes: Uint8Array | string) => {
    writes += 1;
    if (!corked) {
      corked = true;
      socket.cork();
      process.nextTick(() => {
        corked = false;
        socket.uncork();
      });
    }
    return write(bytes);
  };
  return () => writes;
}

/**
 * The SDK leaves Nagle's algorithm on: it holds its next frame back until our kernel acknowledges, 40 ms when we have nothing to say.
 * One empty frame carries the acknowledgement at once.
 */
export function answerSilentReads(socket: Socket, connection: RheaConnection, wrote: () => number): void {
  let armed = false;
  socket.on('data', () => {
    if (armed) return;
    armed = true;
    const before = wrote();
    setImmediate(() => {
      armed = false;
      if (wrote() === before && connection.is_open() && socket.writable) connection._write_frame();
    });
  });
}

export function takeRawTransfers(session: RheaSession): void {
  const { incoming } = session;
  const original = incoming.on_transfer.bind(incoming);
  incoming.on_transfer = (frame, receiver) => {
    if (!frame.performative.message_format) frame.performative.message_format = rawFormat;
    original(frame, receiver);
  };
}

/** Hands over every delivery that a client's disposition names, with the state's AMQP types; rhea would drop them. */
export function takeDispositions(
  session: RheaSession,
  handler: (delivery: RheaDelivery, state: TypedValue | null | undefined) => void,
): void {
  session.outgoing.on_disposition = ({ first, last, settled, state }) => {
    const end = Math.min(last ?? first, session.outgoing.next_delivery_id - 1);
    for (let id = first; id <= end; id += 1) {
      const delivery = session.outgoing.deliveries.by_id(id);
      if (!delivery || delivery.id !== id || delivery.settled) continue;
      if (settled) delivery.remote_settled = true;
      handler(delivery, state);
    }
  };
}

/** A delivery is done with. A client in settle mode second never settles itself: without `remote_settled` the link stops after 2,048 deliveries. */
export function forgetDelivery(delivery: RheaDelivery): void {
  delivery.settled = true;
  delivery.remote_settled = true;
  delivery.link.session.connection._register();
}

/** Holds our half of an attach back until the returned function is called: rhea queues it before anybody is asked. */
export function holdAttach(link: RheaLink): () => void {
  link.state.open_requests = 0;
  return () => {
    link.state.open_requests = 1;
    link.session.connection._register();
  };
}

/**
 * rhea answers a drain only while credit is left, so a message that crosses the drain on the wire loses the answer,
 * and the SDK then closes the link with messages locked. Here every drain is answered, once what was handed over is out.
 */
export function answerDrains(sender: RheaLink, drained: () => void): void {
  let asked = false;
  const { outgoing } = sender.session;
  const original = sender._process.bind(sender);
  sender.on('sender_draining', () => {
    asked = true;
    sender.session.connection._register();
  });
  sender._get_drain = () => sender._draining;
  sender._process = () => {
    if (asked && outgoing.next_pending_delivery === outgoing.next_delivery_id) {
      asked = false;
      sender.delivery_count += sender.credit;
      sender.credit = 0;
      sender.issue_flow = true;
      drained();
    }
    original();
  };
}
