import { messageNotFound, notAllowed } from './amqp-error.ts';
import { withApplicationProperties } from './amqp-sections.ts';
import type { Envelope } from './amqp-sections.ts';
import { stringValue } from './amqp-values.ts';
import type { RawEntry } from './amqp-values.ts';
import type { QueueSettings } from './config.ts';
import { createHeap } from './heap.ts';
import type { Heap } from './heap.ts';
import type { Lock, Message, Records } from './message.ts';
import { createMessageLocks } from './message-locks.ts';
import { createReadyMessages } from './ready-messages.ts';
import type { Group } from './ready-messages.ts';
import { createSchedule } from './schedule.ts';
import { createSessionLocks } from './session-locks.ts';
import type { SessionLocks } from './session-locks.ts';

/** Somebody who takes messages: a link with credit. */
export interface Consumer {
  credit(): number;
  /** Without a lock the message is gone once it is handed over (receive and delete). */
  deliver(message: Message, lock: Lock | undefined): void;
  readonly removes: boolean;
}

export type Settlement =
  | { readonly kind: 'complete' }
  | { readonly kind: 'abandon' | 'defer' | 'deadLetter'; readonly changes: readonly RawEntry[] };

export interface QueueCounts {
  /** Locked ones included. */
  readonly active: number;
  readonly scheduled: number;
  readonly deferred: number;
  /** How many of the active and deferred ones somebody holds. */
  readonly locked: number;
  readonly deadLettered: number;
  /** Of the active messages, ms since 1970. */
  readonly oldestEnqueuedAt: number | undefined;
}

/** The messages of one queue, subscription or dead-letter queue and their states. Knows neither wire nor disk; the clock is handed in. */
export interface Queue {
  readonly name: string;
  /** Undefined unless the queue requires sessions. */
  readonly sessions: SessionLocks | undefined;
  /** Takes a new message and returns its sequence number; `ttlCapMs` is a ceiling of the topic. */
  enqueue(envelope: Envelope, ttlCapMs?: number): number;
  /** Takes over a dead letter. */
  take(message: Message): void;
  /** Puts back a message of an earlier run. */
  restore(message: Message): void;
  /** `sessionId`: of a queue that requires sessions, one that the consumer has locked. */
  attach(consumer: Consumer, sessionId?: string): void;
  detach(consumer: Consumer): void;
  /** Hands out what is ready to whoever has credit. */
  pump(): void;
  settle(token: string, settlement: Settlement): void;
  /** The new end of the lock. */
  renew(token: string): number;
  takeDeferred(sequences: readonly number[], locked: boolean): Message[];
  cancelScheduled(sequences: readonly number[]): void;
  /** Messages from a sequence number on, in order, whatever their state. */
  peek(from: number, count: number, sessionId?: string): Message[];
  counts(): QueueCounts;
  /** Does what time brought; `nextDue` says when there is something again. */
  tick(): void;
  nextDue(): number;
}

export interface QueueParts {
  readonly name: string;
  readonly settings: QueueSettings;
  readonly records: Records;
  /** Undefined for a dead-letter queue, which counts nothing, lets nothing expire and passes nothing on. */
  readonly deadLetters: Queue | undefined;
  readonly now: () => number;
  readonly newToken: () => string;
  readonly nextSequence: () => number;
  /** Called when something falls due at `at`. */
  readonly wake: (at: number) => void;
}

export function createQueue(parts: QueueParts): Queue {
  const { settings, records, deadLetters, now, wake } = parts;
  const messages = new Map<number, Message>();
  const schedule = createSchedule<Message>();
  const waiting = createReadyMessages();
  let expiries = noExpiries();
  const sessions = settings.requiresSession
    ? createSessionLocks({
        lockDurationMs: settings.lockDurationMs,
        now,
        wake,
        readySessions: function* readySessions() {
          for (const key of waiting.keys()) if (nextReady(key)) yield key;
        },
        released: releaseSession,
      })
    : undefined;
  const locks = createMessageLocks({
    lockDurationMs: settings.lockDurationMs,
    sessions,
    now,
    newToken: parts.newToken,
    wake,
  });
  const keyOf = (message: Message) => (sessions ? (message.sessionId ?? '') : '');
  const expiresAt = (message: Message) => (deadLetters ? message.enqueuedAt + message.ttlMs : Infinity);

  function offer(message: Message): void {
    const key = keyOf(message);
    pumpGroup(waiting.push(key, message.sequence));
    if (isReady(message)) sessions?.offer(key);
  }

  function keep(message: Message): void {
    messages.set(message.sequence, message);
    if (Number.isFinite(expiresAt(message))) {
      expiries.push({ at: expiresAt(message), sequence: message.sequence });
      wake(expiresAt(message));
      if (expiries.size > 2 * messages.size + 1000) forgetOldExpiries();
    }
    if (message.state === 'active') offer(message);
  }

  /** Messages leave long before they expire; what was noted for them would pile up. */
  function forgetOldExpiries(): void {
    expiries = noExpiries();
    for (const message of messages.values())
      if (Number.isFinite(expiresAt(message))) expiries.push({ at: expiresAt(message), sequence: message.sequence });
  }

  function remove(message: Message): void {
    messages.delete(message.sequence);
    records.remove(message.sequence);
  }

  function moveToDeadLetters(message: Message, changes: readonly RawEntry[]): void {
    if (!deadLetters) throw deadLetterTwice();
    remove(message);
    deadLetters.take({
      ...message,
      content: withApplicationProperties(message.content, changes),
      state: 'active',
      lock: undefined,
      ttlMs: Infinity,
    });
  }

  /** True when the message was too old, and is gone. */
  function expire(message: Message): boolean {
    if (expiresAt(message) > now()) return false;
    if (settings.deadLetterOnExpiry)
      moveToDeadLetters(message, reason('TTLExpiredException', 'The message expired and was dead lettered.'));
    else remove(message);
    return true;
  }

  /** A message came back without being settled for good. */
  function comeBack(message: Message): void {
    if (deadLetters) {
      message.deliveryCount += 1;
      const text = `Message could not be consumed after ${message.deliveryCount} delivery attempts.`;
      if (message.deliveryCount >= settings.maxDeliveryCount)
        return moveToDeadLetters(message, reason('MaxDeliveryCountExceeded', text));
    }
    if (message.state === 'active' && expire(message)) return;
    records.save(message);
    if (message.state === 'active') offer(message);
  }

  function releaseSession(sessionId: string): void {
    for (const held of locks.ofSession(sessionId)) comeBack(locks.unlock(held));
    if (nextReady(sessionId)) sessions?.offer(sessionId);
  }

  function nextReady(key: string): Message | undefined {
    return firstReady(waiting.group(key));
  }

  /** The head of the group; numbers that are out of date fall off. */
  function firstReady({ ready }: Group): Message | undefined {
    for (let sequence = ready.peek(); sequence !== undefined; sequence = ready.peek()) {
      const message = messages.get(sequence);
      if (message && isReady(message) && !expire(message)) return message;
      ready.pop();
    }
    return undefined;
  }

  function pumpGroup(group: Group): void {
    for (let message = firstReady(group); message; message = firstReady(group)) {
      const consumer = group.nextConsumer();
      if (!consumer) return;
      group.ready.pop();
      if (consumer.removes) remove(message);
      consumer.deliver(message, consumer.removes ? undefined : locks.lock(message));
    }
  }

  function pump(): void {
    for (const group of waiting.groups()) pumpGroup(group);
  }

  function take(message: Message): void {
    records.save(message);
    restore(message);
  }

  function restore(message: Message): void {
    if (message.state !== 'scheduled') return keep(message);
    schedule.add(message);
    wake(message.scheduledFor ?? 0);
  }

  function enqueue(envelope: Envelope, ttlCapMs = Infinity): number {
    const sequence = parts.nextSequence();
    const waits = envelope.scheduledFor !== undefined && envelope.scheduledFor > now();
    take({
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
    });
    return sequence;
  }

  /** A due message starts a new life: new sequence number and enqueued time. */
  function activateDue(): void {
    for (const due of schedule.takeDue(now())) {
      records.remove(due.sequence);
      take({ ...due, sequence: parts.nextSequence(), enqueuedAt: now(), state: 'active' });
    }
  }

  function expireDue(): void {
    for (let first = expiries.peek(); first && first.at <= now(); first = expiries.peek()) {
      expiries.pop();
      const message = messages.get(first.sequence);
      // What is locked is looked at when the lock goes, what is deferred when it is received.
      if (message && isReady(message)) expire(message);
    }
  }

  function settle(token: string, settlement: Settlement): void {
    const held = locks.find(token);
    if (settlement.kind === 'deadLetter' && !deadLetters) throw deadLetterTwice();
    const message = locks.unlock(held);
    if (settlement.kind === 'complete') return remove(message);
    if (settlement.kind === 'deadLetter') return moveToDeadLetters(message, settlement.changes);
    message.content = withApplicationProperties(message.content, settlement.changes);
    if (settlement.kind === 'abandon') return comeBack(message);
    message.state = 'deferred';
    if (deadLetters) message.deliveryCount += 1;
    records.save(message);
  }

  function takeDeferred(sequences: readonly number[], locked: boolean): Message[] {
    const found = [...new Set(sequences)].map((sequence) => {
      const message = messages.get(sequence);
      if (message?.state !== 'deferred' || message.lock || expire(message)) throw messageNotFound(sequence);
      return message;
    });
    for (const message of found) {
      if (locked) locks.lock(message);
      else remove(message);
    }
    return found;
  }

  function cancelScheduled(sequences: readonly number[]): void {
    schedule.cancel(sequences);
    for (const sequence of sequences) records.remove(sequence);
  }

  function peek(from: number, count: number, sessionId?: string): Message[] {
    const visible = [...messages.values(), ...schedule.messages()].filter(
      (message) =>
        message.sequence >= from &&
        (sessionId === undefined || message.sessionId === sessionId) &&
        !(isReady(message) && expiresAt(message) <= now()),
    );
    return visible.sort((a, b) => a.sequence - b.sequence).slice(0, count);
  }

  function counts(): QueueCounts {
    let [active, oldest] = [0, Infinity];
    for (const message of messages.values()) {
      if (message.state !== 'active') continue;
      active += 1;
      oldest = Math.min(oldest, message.enqueuedAt);
    }
    return {
      active,
      scheduled: schedule.size,
      deferred: messages.size - active,
      locked: locks.size,
      deadLettered: deadLetters?.counts().active ?? 0,
      oldestEnqueuedAt: active > 0 ? oldest : undefined,
    };
  }

  return {
    name: parts.name,
    sessions,
    enqueue,
    take,
    restore,
    attach: (consumer, sessionId = '') => pumpGroup(waiting.attach(sessionId, consumer)),
    detach: (consumer) => waiting.detach(consumer),
    pump,
    settle,
    renew: (token) => locks.renew(token),
    takeDeferred,
    cancelScheduled,
    peek,
    counts,
    tick() {
      sessions?.expireDue();
      for (const held of locks.expired()) comeBack(locks.unlock(held));
      activateDue();
      expireDue();
    },
    nextDue() {
      const lockDue = Math.min(locks.nextDue(), sessions?.nextDue() ?? Infinity);
      return Math.min(lockDue, schedule.nextDue(), expiries.peek()?.at ?? Infinity);
    },
  };
}

function noExpiries(): Heap<{ at: number; sequence: number }> {
  return createHeap((a, b) => a.at < b.at);
}

function isReady(message: Message): boolean {
  return message.state === 'active' && !message.lock;
}

function deadLetterTwice(): Error {
  return notAllowed('A dead letter cannot be dead-lettered again.');
}

function reason(name: string, description: string): RawEntry[] {
  return [
    ['DeadLetterReason', stringValue(name)],
    ['DeadLetterErrorDescription', stringValue(description)],
  ];
}
