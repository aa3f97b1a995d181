import type { Content, Stamp } from './amqp-sections.ts';

/** A message as a queue keeps it; times in ms since 1970. */
export interface Message {
  readonly sequence: number;
  readonly messageId: string;
  readonly sessionId: string | undefined;
  /** Infinity: lives forever. */
  readonly ttlMs: number;
  readonly scheduledFor: number | undefined;
  enqueuedAt: number;
  content: Content;
  state: 'active' | 'deferred' | 'scheduled';
  /** How often it was handed out and came back. */
  deliveryCount: number;
  lock: Lock | undefined;
}

export interface Lock {
  /** 32 hex digits, the bytes of the lock token in RFC 4122 order. */
  readonly token: string;
  readonly message: Message;
  until: number;
}

/** Where a queue writes down what has to survive a restart. Writes of one turn of the event loop are kept together. */
export interface Records {
  save(message: Message): void;
  remove(sequence: number): void;
}

export function stampOf(message: Message): Stamp {
  return {
    sequence: message.sequence,
    enqueuedAt: message.enqueuedAt,
    deliveryCount: message.deliveryCount,
    ttlMs: message.ttlMs,
    lockedUntil: message.lock?.until,
    scheduledFor: message.scheduledFor,
    state: message.state,
  };
}

/** A message that was scheduled still says so when it is received, as the service does. */
export function receivedStamp(message: Message): Stamp {
  const stamp = stampOf(message);
  return stamp.state === 'active' && stamp.scheduledFor !== undefined ? { ...stamp, state: 'scheduled' } : stamp;
}
