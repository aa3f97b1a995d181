import type { Envelope } from './amqp-sections.ts';
import { withApplicationProperties } from './amqp-sections.ts';
import { lockLost, messageNotFound, notAllowed } from './amqp-error.ts';
import { stringValue } from './amqp-values.ts';
import type { RawEntry } from './amqp-values.ts';
import type { QueueSettings } from './config.ts';
import { createHeap } from './heap.ts';
import type { Heap } from './heap.ts';
import type { Lock, Message, Records } from './message.ts';
import { createSchedule } from './schedule.ts';

/** Somebody who takes messages: a link with credit. */
export interface Consumer {
  credit(): number;
  /** Without a lock the message is gone once it is handed over (receive and delete). */
  deliver(message: Message, lock: Lock | undefined): void;
  readonly removes: boolean;
}

export type Settlement =
  | { readonly kind: 'complete' }
  | { readonly kind: 'abandon' | 'defer'; readonly changes: readonly RawEntry[] }
  | { readonly kind: 'deadLetter'; readonly changes: readonly RawEntry[] };

export interface QueueCounts {
  readonly active: number;
  readonly scheduled: number;
  readonly deferred: number;
  readonly locked: number;
  readonly deadLettered: number;
  /** ms since 1970 of the oldest active message. */
  readonly oldestEnqueuedAt: number | undefined;
}

/** The states of the messages of one queue, subscription or dead-letter queue. Knows neither wire nor disk; the clock is handed in. */
export interface Queue {
  readonly name: string;
  readonly settings: QueueSettings;
  readonly deadLetters: Queue | undefined;
  /** Takes a new message and returns its sequence number; `ttlCapMs` is a ceiling of the topic. */
  enqueue(envelope: Envelope, ttlCapMs?: number): number;
  /** Takes over a dead letter. */
  take(message: Message): void;
  /** Puts back a message of an earlier run. */
  restore(message: Message): void;
  attach(consumer: Consumer): void;
  detach(consumer: Consumer): void;
  /** Hands out what is ready to whoever has credit. */
  pump(): void;
  settle(token: string, settlement: Settlement): void;
  /** The new end of the lock. */
  renew(token: string): number;
  takeDeferred(sequences: readonly number[], locked: boolean): Message[];
  cancelScheduled(sequences: readonly number[]): void;
  /** Messages from a sequence number on, in order, whatever their state. */
  peek(from: number, count: number): Message[];
  counts(): QueueCounts;
  /** Does what time brought; `nextDue` says when there is something again. */
  tick(): void;
  nextDue(): number;
}

export interface QueueParts {
  readonly name: string;
  readonly settings: QueueSettings;
  readonly records: Records;
  /** Undefined for a dead-letter queue. */
  readonly deadLetters: Queue | undefined;
  readonly now: () => number;
  readonly newToken: () => string;
  readonly nextSequence: () => number;
  /** Called when something became due earlier than `nextDue` said. */
  readonly wake: (at: number) => void;
}

export function createQueue(parts: QueueParts): Queue {
  const { settings, records, deadLetters, now } = parts;
  const messages = new Map<number, Message>();
  const schedule = createSchedule<Message>();
  const ready: Heap<number> = createHeap((a, b) => a < b);
  const expiries = createHeap<{ at: number; sequence: number }>((a, b) => a.at < b.at);
  // The duration is constant, so insertion order (renewing inserts again) is the order of expiry.
  const locks = new Map<string, Lock>();
  const consumers: Consumer[] = [];

  const isReady = (message: Message | undefined): message is Message => message?.state === 'active' && !message.lock;
  const expiresAt = (message: Message) => (deadLetters ? message.enqueuedAt + message.ttlMs : Infinity);

  function offer(message: Message): void {
    ready.push(message.sequence);
    pump();
  }

  /** Into the ready state for the first time. */
  function activate(message: Message): void {
    messages.set(message.sequence, message);
    if (Number.isFinite(expiresAt(message))) {
      expiries.push({ at: expiresAt(message), sequence: message.sequence });
      parts.wake(expiresAt(message));
    }
    if (message.state === 'active') ready.push(message.sequence);
  }

  function remove(message: Message): void {
    messages.delete(message.sequence);
    records.remove(message.sequence);
  }

  function moveToDeadLetters(message: Message, changes: readonly RawEntry[]): void {
    if (!deadLetters) throw notAllowed('A dead letter cannot be dead-lettered again.');
    remove(message);
    deadLetters.take({
      ...message,
      content: withApplicationProperties(message.content, changes),
      state: 'active',
      lock: undefined,
      ttlMs: Infinity,
    });
  }

  function reasonEntries(reason: string, description: string): RawEntry[] {
    return [
      ['DeadLetterReason', stringValue(reason)],
      ['DeadLetterErrorDescription', stringValue(description)],
    ];
  }

  /** True when the message was too old, and is gone. */
  function expire(message: Message): boolean {
    if (expiresAt(message) > now()) return false;
    if (settings.deadLetterOnExpiry)
      moveToDeadLetters(message, reasonEntries('TTLExpiredException', 'The message expired and was dead lettered.'));
    else remove(message);
    return true;
  }

  /** A message came back without being settled for good. Dead letters are not counted and never move on. */
  function comeBack(message: Message): void {
    if (deadLetters) message.deliveryCount += 1;
    if (deadLetters && message.deliveryCount >= settings.maxDeliveryCount)
      return moveToDeadLetters(
        message,
        reasonEntries(
          'MaxDeliveryCountExceeded',
          `Message could not be consumed after ${message.deliveryCount} delivery attempts.`,
        ),
      );
    if (message.state === 'active' && expire(message)) return;
    records.save(message);
    if (message.state === 'active') offer(message);
  }

  function lock(message: Message): Lock {
    const until = now() + settings.lockDurationMs;
    const made: Lock = { token: parts.newToken(), message, until };
    message.lock = made;
    locks.set(made.token, made);
    parts.wake(until);
    return made;
  }

  function validLock(token: string): Lock {
    const found = locks.get(token);
    if (!found || found.until <= now()) throw lockLost();
    return found;
  }

  function unlock(held: Lock): Message {
    locks.delete(held.token);
    held.message.lock = undefined;
    return held.message;
  }

  /** Credit is served in turn. */
  function nextConsumer(): Consumer | undefined {
    const index = consumers.findIndex((consumer) => consumer.credit() > 0);
    const consumer = consumers[index];
    if (consumer && consumers.length > 1) consumers.push(...consumers.splice(index, 1));
    return consumer;
  }

  function nextReady(): Message | undefined {
    for (let sequence = ready.peek(); sequence !== undefined; sequence = ready.peek()) {
      const message = messages.get(sequence);
      if (isReady(message) && !expire(message)) return message;
      ready.pop();
    }
    return undefined;
  }

  function pump(): void {
    for (let message = nextReady(); message; message = nextReady()) {
      const consumer = nextConsumer();
      if (!consumer) return;
      ready.pop();
      if (consumer.removes) {
        remove(message);
        consumer.deliver(message, undefined);
      } else {
        consumer.deliver(message, lock(message));
      }
    }
  }

  function enqueue(envelope: Envelope, ttlCapMs = Infinity): number {
    const sequence = parts.nextSequence();
    const waits = envelope.scheduledFor !== undefined && envelope.scheduledFor > now();
    const message: Message = {
      sequence,
      messageId: envelope.messageId,
      sessionId: envelope.sessionId,
      ttlMs: Math.min(envelope.ttlMs ?? Infinity, settings.defaultTtlMs, ttlCapMs),
      scheduledFor: envelope.scheduledFor,
      enqueuedAt: now(),
      content: envelope.content,
      state: waits ? 'scheduled' : 'active',
      deliveryCount: 0,
      lock: undefined,
    };
    take(message);
    return sequence;
  }

  function take(message: Message): void {
    records.save(message);
    restore(message);
    pump();
  }

  function restore(message: Message): void {
    if (message.state !== 'scheduled') return activate(message);
    schedule.add(message);
    parts.wake(message.scheduledFor ?? 0);
  }

  /** A due message starts a new life: new sequence number and enqueued time. */
  function activateDue(): void {
    for (const due of schedule.takeDue(now())) {
      records.remove(due.sequence);
      const message: Message = { ...due, sequence: parts.nextSequence(), enqueuedAt: now(), state: 'active' };
      records.save(message);
      activate(message);
    }
  }

  function expireDue(): void {
    for (let first = expiries.peek(); first && first.at <= now(); first = expiries.peek()) {
      expiries.pop();
      const message = messages.get(first.sequence);
      if (isReady(message)) expire(message);
    }
  }

  function releaseExpiredLocks(): void {
    for (const held of locks.values()) {
      if (held.until > now()) break;
      comeBack(unlock(held));
    }
  }

  function settle(token: string, settlement: Settlement): void {
    const held = validLock(token);
    if (settlement.kind === 'deadLetter' && !deadLetters)
      throw notAllowed('A dead letter cannot be dead-lettered again.');
    const message = unlock(held);
    if (settlement.kind === 'complete') return remove(message);
    if (settlement.kind === 'deadLetter') return moveToDeadLetters(message, settlement.changes);
    message.content = withApplicationProperties(message.content, settlement.changes);
    if (settlement.kind === 'abandon') return comeBack(message);
    message.state = 'deferred';
    if (deadLetters) message.deliveryCount += 1;
    records.save(message);
  }

  function renew(token: string): number {
    const held = validLock(token);
    locks.delete(token);
    held.until = now() + settings.lockDurationMs;
    locks.set(token, held);
    return held.until;
  }

  function takeDeferred(sequences: readonly number[], locked: boolean): Message[] {
    const found = sequences.map((sequence) => {
      const message = messages.get(sequence);
      if (message?.state !== 'deferred' || message.lock || expire(message)) throw messageNotFound(sequence);
      return message;
    });
    for (const message of found) {
      if (locked) lock(message);
      else remove(message);
    }
    return found;
  }

  function cancelScheduled(sequences: readonly number[]): void {
    const missing = sequences.find((sequence) => !schedule.has(sequence));
    if (missing !== undefined) throw messageNotFound(missing);
    for (const sequence of sequences) {
      schedule.cancel(sequence);
      records.remove(sequence);
    }
  }

  function peek(from: number, count: number): Message[] {
    const visible = [...messages.values(), ...schedule.messages()].filter(
      (message) =>
        message.sequence >= from && (message.lock || message.state !== 'active' || expiresAt(message) > now()),
    );
    return visible.sort((a, b) => a.sequence - b.sequence).slice(0, count);
  }

  function counts(): QueueCounts {
    const all = [...messages.values()];
    const active = all.filter((message) => message.state === 'active');
    return {
      active: active.length,
      scheduled: schedule.size,
      deferred: all.length - active.length,
      locked: locks.size,
      deadLettered: deadLetters ? deadLetters.counts().active : 0,
      oldestEnqueuedAt:
        active.length === 0 ? undefined : Math.min(...active.slice(0, 1000).map((one) => one.enqueuedAt)),
    };
  }

  return {
    name: parts.name,
    settings,
    deadLetters,
    enqueue,
    take,
    restore,
    attach(consumer) {
      consumers.push(consumer);
      pump();
    },
    detach(consumer) {
      const index = consumers.indexOf(consumer);
      if (index >= 0) consumers.splice(index, 1);
    },
    pump,
    settle,
    renew,
    takeDeferred,
    cancelScheduled,
    peek,
    counts,
    tick() {
      releaseExpiredLocks();
      activateDue();
      expireDue();
      pump();
    },
    nextDue() {
      const [firstLock] = locks.values();
      return Math.min(firstLock?.until ?? Infinity, schedule.nextDue(), expiries.peek()?.at ?? Infinity);
    },
  };
}
