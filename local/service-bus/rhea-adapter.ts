import type { Socket } from 'node:net';
import { createRequire } from 'node:module';

import rhea from 'rhea';

import { AmqpError } from './amqp-error.ts';
import { entriesOf } from './amqp-values.ts';
import type { RawEntry, TypedValue } from './amqp-values.ts';

/**
 * Everything that depends on the insides of rhea 3.0.5, per connection and never on its prototypes
 * (the SDK shares the module when both run in one process). Why each is needed stands beside it.
 */

export type Outcome =
  | { readonly kind: 'accepted' | 'released' }
  | { readonly kind: 'modified'; readonly undeliverableHere: boolean; readonly annotations: readonly RawEntry[] }
  | { readonly kind: 'rejected'; readonly condition: string; readonly info: readonly RawEntry[] };

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
  accept(): void;
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
  onClose(handler: () => void): void;
}

export interface LinkHandlers {
  incoming(link: IncomingLink, client: Client): void;
  outgoing(link: OutgoingLink, client: Client): void;
}

interface Typed {
  described(): TypedValue;
}

interface RheaDelivery {
  readonly id: number;
  readonly tag: Buffer;
  readonly link: RheaLink;
  settled: boolean;
  remote_settled: boolean;
}

interface RheaLink {
  readonly name: string;
  readonly session: RheaSession;
  readonly source: { address?: string; filter?: Record<string, unknown>; value: unknown } | null;
  readonly target: { address?: string; value: unknown } | null;
  readonly properties: Record<string, unknown> | undefined;
  readonly snd_settle_mode: number | undefined;
  readonly local: { attach: Record<string, unknown> };
  credit: number;
  delivery_count: number;
  issue_flow: boolean;
  set_source(fields: object): void;
  set_target(fields: object): void;
  close(error?: object): void;
  is_open(): boolean;
  send(payload: Buffer, tag: Buffer, format: number): RheaDelivery;
  on(event: string, handler: (context: RheaContext) => void): void;
  _draining: boolean;
  _get_drain(): boolean;
  _process(): void;
}

interface RheaSession {
  readonly connection: RheaConnection;
  readonly outgoing: {
    readonly deliveries: { by_id(id: number): RheaDelivery | undefined };
    readonly next_delivery_id: number;
    readonly next_pending_delivery: number;
    on_disposition(fields: DispositionFields): void;
  };
  readonly incoming: {
    on_transfer(frame: { performative: { message_format?: number | null } }, receiver: RheaLink): void;
  };
  is_open(): boolean;
  output(frame: object): void;
}

interface DispositionFields {
  readonly first: number;
  readonly last: number | null | undefined;
  readonly settled: boolean | null | undefined;
  readonly state: TypedValue | null | undefined;
}

interface RheaContext {
  readonly session: RheaSession;
  readonly receiver: RheaLink;
  readonly sender: RheaLink;
  readonly message: Buffer;
  readonly delivery: RheaDelivery;
  readonly format: number;
}

interface RheaConnection {
  accept(socket: Socket): void;
  on(event: string, handler: (context: RheaContext) => void): void;
  is_open(): boolean;
  close(error?: object): void;
  /** Without arguments: an empty frame. */
  _write_frame(): void;
  _register(): void;
}

interface RheaContainer {
  create_connection(options: object): RheaConnection;
}

interface Frames {
  disposition(fields: object): object;
}

interface Outcomes {
  accepted(): Typed;
  rejected(fields: { error: object }): Typed;
}

const frames = createRequire(import.meta.url)('rhea/lib/frames.js') as Frames;
const outcomes = rhea.message as unknown as Outcomes;

/** rhea decodes format 0 before we see it; under another format it hands over the bytes. */
const rawFormat = 0x0fffffff;
const idleTimeoutMs = 120_000;
const incomingWindow = 2000;

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
    [sender, '_get_drain', '_process', 'set_source', 'set_target'],
    [frames, 'disposition'],
  ] as [Record<string, unknown>, ...string[]][];
  for (const [owner, ...names] of present)
    for (const name of names)
      if (owner?.[name] === undefined)
        throw new Error(`rhea has no '${name}' any more: pin rhea 3.0.5, local/service-bus depends on its insides.`);
}

/** Serves one socket. */
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
  const outgoing = new Map<RheaLink, OutgoingEnd>();
  const closers: (() => void)[] = [];
  let open = true;

  const client: Client = {
    replyLink: (to) => [...outgoing.values()].find(({ link }) => link.name === to || link.replyAddress === to)?.link,
    onClose: (handler) => closers.push(handler),
  };

  /** An error in a handler must not take the broker down, nor the link's neighbours. */
  function guarded(link: RheaLink, action: () => void): void {
    try {
      action();
    } catch (error) {
      const refusal =
        error instanceof AmqpError ? error : new AmqpError('amqp:not-implemented', `unexpected: ${String(error)}`);
      log(`link closed with ${refusal.condition}: ${refusal.message}`);
      link.close({ condition: refusal.condition, description: refusal.message });
    }
  }

  const acknowledgers = new WeakMap<RheaSession, Acknowledger>();
  function acknowledgerOf(session: RheaSession): Acknowledger {
    const known = acknowledgers.get(session);
    if (known) return known;
    const made = createAcknowledger(session, () => open);
    acknowledgers.set(session, made);
    return made;
  }

  connection.on('session_open', ({ session }) => {
    takeRawTransfers(session);
    takeDispositions(session, outgoing, acknowledgerOf(session), guarded);
  });
  connection.on('receiver_open', ({ receiver }) =>
    guarded(receiver, () =>
      handlers.incoming(incomingLink(receiver, acknowledgerOf(receiver.session), guarded), client),
    ),
  );
  connection.on('sender_open', ({ sender }) =>
    guarded(sender, () => {
      const end = outgoingEnd(sender);
      outgoing.set(sender, end);
      handlers.outgoing(end.link, client);
    }),
  );
  const closed = (sender: RheaLink) => {
    outgoing.get(sender)?.closed();
    outgoing.delete(sender);
  };
  connection.on('sender_close', ({ sender }) => closed(sender));
  connection.on('session_close', ({ session }) => {
    for (const sender of outgoing.keys()) if (sender.session === session) closed(sender);
  });
  // rhea throws for an event of these that nobody listens to.
  for (const event of [
    'error',
    'protocol_error',
    'connection_error',
    'session_error',
    'sender_error',
    'receiver_error',
  ])
    connection.on(event, (context) => {
      if (context instanceof Error) log(`connection: ${context.message}`);
    });
  for (const event of ['connection_close', 'disconnected', 'receiver_close', 'settled'])
    connection.on(event, () => undefined);
  // rhea listens for `end` and `error` only; without this a dead link would keep winning messages.
  socket.on('close', () => {
    open = false;
    for (const sender of [...outgoing.keys()]) closed(sender);
    for (const close of closers) close();
  });

  const wrote = writeInOnePiece(socket);
  connection.accept(socket);
  answerSilentReads(socket, connection, wrote);
}

/** Writes of one tick leave in one piece: rhea writes every frame by itself. Returns how often something was written. */
function writeInOnePiece(socket: Socket): () => number {
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  let writes = 0;
  let corked = false;
  socket.write = ((...args: unknown[]) => {
    writes += 1;
    if (!corked) {
      corked = true;
      socket.cork();
      process.nextTick(() => {
        corked = false;
        socket.uncork();
      });
    }
    return write(...args);
  }) as typeof socket.write;
  return () => writes;
}

/**
 * The SDK leaves Nagle's algorithm on: it holds its next frame back until our kernel acknowledges, 40 ms when we have nothing to say.
 * One empty frame carries the acknowledgement at once.
 */
function answerSilentReads(socket: Socket, connection: RheaConnection, wrote: () => number): void {
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

function takeRawTransfers(session: RheaSession): void {
  const { incoming } = session;
  const original = incoming.on_transfer;
  incoming.on_transfer = function onTransfer(frame, receiver) {
    if (!frame.performative.message_format) frame.performative.message_format = rawFormat;
    original.call(incoming, frame, receiver);
  };
}

/** Reads the client's dispositions with their AMQP types. */
function takeDispositions(
  session: RheaSession,
  outgoing: ReadonlyMap<RheaLink, OutgoingEnd>,
  acknowledger: Acknowledger,
  guarded: (link: RheaLink, action: () => void) => void,
): void {
  session.outgoing.on_disposition = ({ first, last, settled, state }) => {
    const end = Math.min(last ?? first, session.outgoing.next_delivery_id - 1);
    const outcome = outcomeOf(state);
    for (let id = first; id <= end; id += 1) {
      const delivery = session.outgoing.deliveries.by_id(id);
      if (!delivery || delivery.id !== id || delivery.settled) continue;
      if (settled) delivery.remote_settled = true;
      const answer = (error?: AmqpError) => {
        // A client in settle mode second never settles itself: without `remote_settled` the link stops after 2,048 deliveries.
        const silent = delivery.remote_settled;
        delivery.settled = true;
        delivery.remote_settled = true;
        if (!silent) acknowledger.acknowledge(false, id, error);
      };
      if (outcome) guarded(delivery.link, () => outgoing.get(delivery.link)?.outcome(delivery.tag, outcome, answer));
      else if (settled) delivery.settled = true;
    }
  };
}

function outcomeOf(state: TypedValue | null | undefined): Outcome | undefined {
  const fields = Array.isArray(state?.value) ? (state.value as TypedValue[]) : [];
  switch (state?.descriptor?.value) {
    case 0x24:
    case 'amqp:accepted:list':
      return { kind: 'accepted' };
    case 0x26:
    case 'amqp:released:list':
      return { kind: 'released' };
    case 0x27:
    case 'amqp:modified:list':
      return { kind: 'modified', undeliverableHere: fields[1]?.value === true, annotations: entriesOf(fields[2]) };
    case 0x25:
    case 'amqp:rejected:list': {
      const error = Array.isArray(fields[0]?.value) ? (fields[0].value as TypedValue[]) : [];
      return { kind: 'rejected', condition: String(error[0]?.value ?? ''), info: entriesOf(error[2]) };
    }
    default:
      return undefined;
  }
}

interface Acknowledger {
  /** `asReceiver`: for a transfer that the client sent. */
  acknowledge(asReceiver: boolean, id: number, error: AmqpError | undefined): void;
}

interface Acknowledgement {
  readonly asReceiver: boolean;
  readonly id: number;
  readonly error: AmqpError | undefined;
}

/**
 * Writes dispositions. rhea's own writer merges neighbouring deliveries of one tick although their outcomes differ
 * (`write_dispositions` in lib/session.js), which would report a refusal as accepted; only runs of `accepted` may be merged.
 */
function createAcknowledger(session: RheaSession, connected: () => boolean): Acknowledger {
  let waiting: Acknowledgement[] = [];

  function flush(): void {
    const batch = waiting;
    waiting = [];
    if (!connected() || !session.is_open()) return;
    for (let start = 0; start < batch.length;) {
      const first = batch[start] as Acknowledgement;
      let next = start + 1;
      while (!first.error && isNextOfRun(batch[next], batch[next - 1])) next += 1;
      session.output(
        frames.disposition({
          role: first.asReceiver,
          first: first.id,
          last: first.id + (next - start) - 1,
          settled: true,
          state: first.error
            ? outcomes
                .rejected({ error: { condition: first.error.condition, description: first.error.message } })
                .described()
            : outcomes.accepted().described(),
        }),
      );
      start = next;
    }
    session.connection._register();
  }

  return {
    acknowledge(asReceiver, id, error) {
      if (waiting.length === 0) process.nextTick(flush);
      waiting.push({ asReceiver, id, error });
    },
  };
}

function isNextOfRun(next: Acknowledgement | undefined, previous: Acknowledgement | undefined): boolean {
  return (
    next !== undefined &&
    previous !== undefined &&
    !next.error &&
    next.asReceiver === previous.asReceiver &&
    next.id === previous.id + 1
  );
}

function refuse(link: RheaLink, error: AmqpError): void {
  link.close({ condition: error.condition, description: error.message });
}

function incomingLink(
  receiver: RheaLink,
  acknowledger: Acknowledger,
  guarded: (link: RheaLink, action: () => void) => void,
): IncomingLink {
  if (receiver.source) receiver.set_source({ address: receiver.source.address });
  if (receiver.target) receiver.set_target({ address: receiver.target.address });
  return {
    address: receiver.target?.address,
    properties: receiver.properties ?? {},
    accept({ maxMessageSize }) {
      receiver.local.attach['max_message_size'] = maxMessageSize;
    },
    refuse: (error) => refuse(receiver, error),
    onMessage(handler) {
      receiver.on('message', ({ message, delivery, format }) =>
        guarded(receiver, () =>
          handler(message, format === rawFormat ? 0 : format, (error) => {
            delivery.settled = true;
            if (delivery.remote_settled) receiver.session.connection._register();
            else acknowledger.acknowledge(true, delivery.id, error);
          }),
        ),
      );
    },
  };
}

interface OutgoingEnd {
  readonly link: OutgoingLink;
  outcome(tag: Buffer, outcome: Outcome, answer: (error?: AmqpError) => void): void;
  closed(): void;
}

function outgoingEnd(sender: RheaLink): OutgoingEnd {
  let onOutcome: Parameters<OutgoingLink['onOutcome']>[0] = (_tag, _outcome, answer) => answer();
  let onCredit: () => void = () => undefined;
  let onClose: () => void = () => undefined;
  // rhea lowers `credit` on its next tick only, so what may be sent is kept as an absolute limit.
  let limit = 0;
  let handed = 0;
  if (sender.source) sender.set_source({ address: sender.source.address });
  if (sender.target) sender.set_target({ address: sender.target.address });
  answerDrains(sender, () => {
    handed = limit;
  });
  sender.on('sender_flow', () => {
    limit = sender.delivery_count + sender.credit;
    onCredit();
  });
  const link: OutgoingLink = {
    address: sender.source?.address,
    name: sender.name,
    replyAddress: sender.target?.address,
    properties: sender.properties ?? {},
    filter: sender.source?.filter ?? {},
    settled: sender.snd_settle_mode === 1,
    accept() {
      sender.local.attach['snd_settle_mode'] = sender.snd_settle_mode;
      sender.local.attach['rcv_settle_mode'] = (sender as unknown as { rcv_settle_mode: number }).rcv_settle_mode;
    },
    refuse: (error) => refuse(sender, error),
    credit: () => (sender.is_open() ? limit - handed : 0),
    send(payload, tag, settled) {
      handed += 1;
      const delivery = sender.send(payload, tag, 0);
      delivery.settled = settled;
    },
    onCredit(handler) {
      onCredit = handler;
    },
    onOutcome(handler) {
      onOutcome = handler;
    },
    onClose(handler) {
      onClose = handler;
    },
  };
  return { link, outcome: (tag, outcome, answer) => onOutcome(tag, outcome, answer), closed: () => onClose() };
}

/**
 * rhea answers a drain only while credit is left, so a message that crosses the drain on the wire loses the answer,
 * and the SDK then closes the link with messages locked. Here every drain is answered, once what was handed over is out.
 */
function answerDrains(sender: RheaLink, drained: () => void): void {
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
