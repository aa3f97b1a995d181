import { lockLost, sessionLockLost } from './amqp-error.ts';
import type { Lock, Message } from './message.ts';
import type { SessionLocks } from './session-locks.ts';

/** Who holds which message of a queue. In a queue with sessions a message is held as long as its session is. Times in ms since 1970. */
export interface MessageLocks {
  readonly size: number;
  lock(message: Message): Lock;
  /** Throws an AmqpError when the lock ran out or never was. */
  find(token: string): Lock;
  /** The message, free again. */
  unlock(lock: Lock): Message;
  /** The new end of the lock. */
  renew(token: string): number;
  ofSession(sessionId: string): Lock[];
  expired(): Lock[];
  nextDue(): number;
}

export interface MessageLockParts {
  readonly lockDurationMs: number;
  readonly sessions: SessionLocks | undefined;
  readonly now: () => number;
  readonly newToken: () => string;
  readonly wake: (at: number) => void;
}

export function createMessageLocks({ lockDurationMs, sessions, now, newToken, wake }: MessageLockParts): MessageLocks {
  // The duration is constant, so insertion order (renewing inserts again) is the order of expiry.
  const locks = new Map<string, Lock>();

  function find(token: string): Lock {
    const held = locks.get(token);
    if (!held) throw sessions ? sessionLockLost() : lockLost();
    if (sessions) sessions.lockedUntil(sessionOf(held));
    else if (held.until <= now()) throw lockLost();
    return held;
  }

  return {
    get size() {
      return locks.size;
    },
    lock(message) {
      const until = sessions ? sessions.lockedUntil(message.sessionId ?? '') : now() + lockDurationMs;
      const made: Lock = { token: newToken(), message, until };
      message.lock = made;
      locks.set(made.token, made);
      wake(until);
      return made;
    },
    find,
    unlock(held) {
      locks.delete(held.token);
      held.message.lock = undefined;
      return held.message;
    },
    renew(token) {
      const held = find(token);
      locks.delete(token);
      held.until = now() + lockDurationMs;
      locks.set(token, held);
      return held.until;
    },
    ofSession: (sessionId) => [...locks.values()].filter((held) => sessionOf(held) === sessionId),
    expired() {
      const due: Lock[] = [];
      if (sessions) return due;
      for (const held of locks.values()) {
        if (held.until > now()) break;
        due.push(held);
      }
      return due;
    },
    nextDue() {
      const [first] = locks.values();
      return sessions ? Infinity : (first?.until ?? Infinity);
    },
  };
}

function sessionOf(held: Lock): string {
  return held.message.sessionId ?? '';
}
