import { readForRules } from './amqp-sections.ts';
import type { Envelope } from './amqp-sections.ts';
import type { Message, Records } from './message.ts';
import type { Queue } from './queue.ts';
import { matches } from './rules.ts';
import type { Rule } from './rules.ts';
import { createSchedule } from './schedule.ts';

export interface Subscription {
  readonly queue: Queue;
  rules(): readonly Rule[];
}

/** Hands every message to the subscriptions whose rules match; what is scheduled waits here until it is due. */
export interface Topic {
  readonly name: string;
  enqueue(envelope: Envelope): number;
  /** A scheduled message of an earlier run. */
  restore(message: Message): void;
  cancelScheduled(sequences: readonly number[]): void;
  scheduledCount(): number;
  tick(): void;
  nextDue(): number;
}

export interface TopicParts {
  readonly name: string;
  readonly defaultTtlMs: number;
  readonly subscriptions: readonly Subscription[];
  readonly records: Records;
  readonly now: () => number;
  readonly nextSequence: () => number;
  readonly wake: (at: number) => void;
}

export function createTopic(parts: TopicParts): Topic {
  const schedule = createSchedule<Message>();

  function fanOut(envelope: Envelope): void {
    const subject = readForRules(envelope.content);
    for (const subscription of parts.subscriptions)
      if (subscription.rules().some((rule) => matches(rule.filter, subject)))
        subscription.queue.enqueue(envelope, parts.defaultTtlMs);
  }

  function restore(message: Message): void {
    schedule.add(message);
    parts.wake(message.scheduledFor ?? 0);
  }

  return {
    name: parts.name,
    enqueue(envelope) {
      const sequence = parts.nextSequence();
      if (envelope.scheduledFor === undefined || envelope.scheduledFor <= parts.now()) {
        fanOut(envelope);
        return sequence;
      }
      const message: Message = {
        sequence,
        messageId: envelope.messageId,
        sessionId: envelope.sessionId,
        ttlMs: envelope.ttlMs ?? Infinity,
        scheduledFor: envelope.scheduledFor,
        enqueuedAt: parts.now(),
        content: envelope.content,
        state: 'scheduled',
        deliveryCount: 0,
        lock: undefined,
      };
      parts.records.save(message);
      restore(message);
      return sequence;
    },
    restore,
    cancelScheduled(sequences) {
      schedule.cancel(sequences);
      for (const sequence of sequences) parts.records.remove(sequence);
    },
    scheduledCount: () => schedule.size,
    tick() {
      for (const due of schedule.takeDue(parts.now())) {
        parts.records.remove(due.sequence);
        fanOut(due);
      }
    },
    nextDue: () => schedule.nextDue(),
  };
}
