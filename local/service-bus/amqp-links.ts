import type { Socket } from 'node:net';

import rhea from 'rhea';

import { createAcknowledger } from './acknowledger.ts';
import type { Acknowledger } from './acknowledger.ts';
import { AmqpError } from './amqp-error.ts';
import { outcomeOf } from './outcomes.ts';
import type { Outcome } from './outcomes.ts';
import {
  answerDrains,
  answerSilentReads,
  forgetDelivery,
  holdAttach,
  rawFormat,
  takeDispositions,
  takeRawTransfers,
  writeInOnePiece,
} from './rhea-internals.ts';
import type { RheaContainer, RheaLink, RheaSession } from './rhea-types.ts';

/** A link on which the client sends. */
export interface IncomingLink {
  readonly address: string | undefined;
  readonly properties: Readonly<Record<string, unknown>>;
  accept(options: { maxMessageSize: number }): void;
  refuse(error: AmqpError): void;
  /** `settle` answers the sender: accepted, or rejected with an error. */
  onMessage(handler: (payload: Buffer, format: number, settle: (error?: AmqpError) => void) => void): void;
}

/** A link on which the client receives. */
export interface OutgoingLink {
  readonly address: string | undefined;
  readonly name: string;
  /** The address that the client gave its own end. */
  readonly replyAddress: string | undefined;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly filter: Readonly<Record<string, unknown>>;
  /** The client asked for settled transfers: receive and delete. */
  readonly settled: boolean;
  /** Keeps the client waiting for our half of the attach; call the result after `accept` or `refuse`. */
  hold(): () => void;
  accept(more?: { filter: Record<string, unknown>; properties: Record<string, unknown> }): void;
  /** Ends the link with an error, before or after it was accepted. */
  refuse(error: AmqpError): void;
  /** How many more transfers the client waits for. */
  credit(): number;
  send(payload: Buffer, tag: Buffer, settled: boolean): void;
  onCredit(handler: () => void): void;
  /** `answer` tells the client how its disposition ended. */
  onOutcome(handler: (tag: Buffer, outcome: Outcome, answer: (error?: AmqpError) => void) => void): void;
  onClose(handler: () => void): void;
}

export interface Client {
  /** The client's receiving end that answers go to: by link name or by its own address. */
  replyLink(to: string): OutgoingLink | undefined;
  /** The addresses, in lower case, that it has shown a good token for. */
  readonly granted: Set<string>;
}

export interface LinkHandlers {
  incoming(link: IncomingLink, client: Client): void;
  outgoing(link: OutgoingLink, client: Client): void;
}

type Guard = (link: RheaLink, action: () => void) => void;

const idleTimeoutMs = 120_000;
const incomingWindow = 2000;
// rhea throws for an event of these that nobody listens to.
const errorEvents = [
  'error',
  'protocol_error',
  'connection_error',
  'session_error',
  'sender_error',
  'receiver_error',
] as const;

/** Serves one socket until it closes. */
export function serveSocket(socket: Socket, handlers: LinkHandlers, log: (line: string) => void): void {
  const container = rhea.create_container({ id: 'service-bus' }) as unknown as RheaContainer;
  const connection = container.create_connection({
    idle_time_out: idleTimeoutMs,
    reconnect: false,
    tcp_no_delay: true,
    // Deliveries are freed in order: one that stays locked must not block those behind it.
    session_buffer_size: { outgoing: 1_048_576, incoming: 2048 },
    receiver_options: { autoaccept: false, autosettle: false, credit_window: incomingWindow },
    // Otherwise every abandon would arrive twice, as modified and as released.
    sender_options: { treat_modified_as_released: false, autosettle: false },
  });
  const senders = new Map<RheaLink, SendingEnd>();
  const acknowledgers = new Map<RheaSession, Acknowledger>();
  let connected = true;

  const client: Client = {
    replyLink: (to) =>
      [...senders.values()].map(({ link }) => link).find((link) => link.name === to || link.replyAddress === to),
    granted: new Set(),
  };

  /** An error in a handler ends that link, not the broker. `amqp:internal-error` would make the SDK try again for minutes. */
  const guard: Guard = (link, action) => {
    try {
      action();
    } catch (error) {
      const refusal =
        error instanceof AmqpError ? error : new AmqpError('amqp:not-implemented', `unexpected: ${String(error)}`);
      log(`link ended with ${refusal.condition}: ${refusal.message}`);
      end(link, refusal);
    }
  };

  function acknowledgerOf(session: RheaSession): Acknowledger {
    const made = acknowledgers.get(session) ?? createAcknowledger(session, () => connected);
    acknowledgers.set(session, made);
    return made;
  }

  function forget(sender: RheaLink): void {
    senders.get(sender)?.closed();
    senders.delete(sender);
  }

  connection.on('session_open', ({ session }) => {
    takeRawTransfers(session);
    takeDispositions(session, (delivery, state) => {
      const outcome = outcomeOf(state);
      if (!outcome) return delivery.remote_settled ? forgetDelivery(delivery) : undefined;
      guard(delivery.link, () =>
        senders.get(delivery.link)?.outcome(delivery.tag, outcome, (error) => {
          if (!delivery.remote_settled) acknowledgerOf(session).acknowledge(false, delivery.id, error);
          forgetDelivery(delivery);
        }),
      );
    });
  });
  connection.on('receiver_open', ({ receiver }) =>
    guard(receiver, () => handlers.incoming(receivingEnd(receiver, acknowledgerOf(receiver.session), guard), client)),
  );
  connection.on('sender_open', ({ sender }) =>
    guard(sender, () => {
      const made = sendingEnd(sender);
      senders.set(sender, made);
      handlers.outgoing(made.link, client);
    }),
  );
  connection.on('sender_close', ({ sender }) => forget(sender));
  connection.on('session_close', ({ session }) => {
    acknowledgers.delete(session);
    for (const sender of senders.keys()) if (sender.session === session) forget(sender);
  });
  for (const event of errorEvents)
    connection.on(event, (context) => {
      if (context instanceof Error) log(`connection: ${context.message}`);
    });
  for (const event of ['connection_close', 'disconnected', 'receiver_close', 'settled'])
    connection.on(event, () => undefined);
  // rhea listens for `end` and `error` only; without this a dead link would keep winning messages.
  socket.on('close', () => {
    connected = false;
    for (const sender of senders.keys()) forget(sender);
  });

  const writes = writeInOnePiece(socket);
  connection.accept(socket);
  answerSilentReads(socket, connection, writes);
}

function end(link: RheaLink, error: AmqpError): void {
  link.close({ condition: error.condition, description: error.message });
}

function echoTermini(link: RheaLink): void {
  if (link.source) link.set_source({ address: link.source.address });
  if (link.target) link.set_target({ address: link.target.address });
}

function receivingEnd(receiver: RheaLink, acknowledger: Acknowledger, guard: Guard): IncomingLink {
  echoTermini(receiver);
  return {
    address: receiver.target?.address,
    properties: receiver.properties ?? {},
    accept({ maxMessageSize }) {
      receiver.local.attach['max_message_size'] = maxMessageSize;
    },
    refuse: (error) => end(receiver, error),
    onMessage(handler) {
      receiver.on('message', ({ message, delivery, format }) =>
        guard(receiver, () =>
          handler(message, format === rawFormat ? 0 : format, (error) => {
            if (!delivery.remote_settled) acknowledger.acknowledge(true, delivery.id, error);
            forgetDelivery(delivery);
          }),
        ),
      );
    },
  };
}

interface SendingEnd {
  readonly link: OutgoingLink;
  readonly outcome: Parameters<OutgoingLink['onOutcome']>[0];
  closed(): void;
}

function sendingEnd(sender: RheaLink): SendingEnd {
  const handlers: {
    outcome?: Parameters<OutgoingLink['onOutcome']>[0];
    credit?: () => void;
    close?: () => void;
  } = {};
  // rhea lowers `credit` on its next tick only, so what may be sent is kept as an absolute limit.
  let limit = 0;
  let handed = 0;
  echoTermini(sender);
  sender.local.attach['snd_settle_mode'] = sender.snd_settle_mode;
  sender.local.attach['rcv_settle_mode'] = sender.rcv_settle_mode;
  sender.on('sender_flow', () => {
    limit = sender.delivery_count + sender.credit;
    handlers.credit?.();
  });
  answerDrains(sender, () => {
    handed = limit;
  });
  const link: OutgoingLink = {
    address: sender.source?.address,
    name: sender.name,
    replyAddress: sender.target?.address,
    properties: sender.properties ?? {},
    filter: sender.source?.filter ?? {},
    settled: sender.snd_settle_mode === 1,
    hold: () => holdAttach(sender),
    accept(more) {
      if (!more) return;
      sender.set_source({ address: sender.source?.address, filter: more.filter });
      sender.local.attach['properties'] = more.properties;
    },
    refuse: (error) => end(sender, error),
    credit: () => (sender.is_open() ? limit - handed : 0),
    send(payload, tag, settled) {
      handed += 1;
      sender.send(payload, tag, 0).settled = settled;
    },
    onCredit(handler) {
      handlers.credit = handler;
    },
    onOutcome(handler) {
      handlers.outcome = handler;
    },
    onClose(handler) {
      handlers.close = handler;
    },
  };
  return {
    link,
    outcome: (tag, outcome, answer) => handlers.outcome?.(tag, outcome, answer),
    closed: () => handlers.close?.(),
  };
}
