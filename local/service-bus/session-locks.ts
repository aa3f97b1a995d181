import { AmqpError, sessionLockLost } from './amqp-error.ts';

/** Who may receive from which session of a queue. Times in ms since 1970. */
export interface SessionLocks {
  /** Locks a session for a link; `lost` is called when the lock runs out. Throws an AmqpError when another link has it. */
  lock(sessionId: string, lost: () => void): SessionLock;
  /** Locks the next session that has messages, now or later. Returns a function that gives up. */
  lockNext(lost: () => void, locked: (lock: SessionLock) => void): () => void;
  renew(sessionId: string): number;
  /** The end of the lock; throws an AmqpError when nobody has it. */
  lockedUntil(sessionId: string): number;
  isLocked(sessionId: string): boolean;
  /** A session has messages to hand out. */
  offer(sessionId: string): void;
  expireDue(): void;
  nextDue(): number;
}

export interface SessionLock {
  readonly sessionId: string;
  readonly until: number;
  release(): void;
}

interface Held extends SessionLock {
  until: number;
  readonly lost: () => void;
}

export interface SessionLockParts {
  readonly lockDurationMs: number;
  readonly now: () => number;
  readonly wake: (at: number) => void;
  /** Sessions that have messages to hand out. */
  readonly readySessions: () => Iterable<string>;
  /** The lock is gone: what it covered comes back. */
  readonly released: (sessionId: string) => void;
}

export function createSessionLocks(parts: SessionLockParts): SessionLocks {
  const { now } = parts;
  const held = new Map<string, Held>();
  const waiting: { lost: () => void; locked: (lock: SessionLock) => void }[] = [];

  function take(sessionId: string, lost: () => void): Held {
    const lock: Held = {
      sessionId,
      until: now() + parts.lockDurationMs,
      lost,
      release: () => {
        if (held.get(sessionId) === lock) free(lock);
      },
    };
    held.set(sessionId, lock);
    parts.wake(lock.until);
    return lock;
  }

  function free(lock: Held): void {
    held.delete(lock.sessionId);
    parts.released(lock.sessionId);
  }

  function current(sessionId: string): Held {
    const lock = held.get(sessionId);
    if (!lock || lock.until <= now()) throw sessionLockLost();
    return lock;
  }

  return {
    lock(sessionId, lost) {
      if (held.has(sessionId))
        throw new AmqpError(
          'com.microsoft:session-cannot-be-locked',
          `The requested session '${sessionId}' cannot be accepted. It may be locked by another receiver.`,
        );
      return take(sessionId, lost);
    },
    lockNext(lost, locked) {
      for (const sessionId of parts.readySessions())
        if (!held.has(sessionId)) {
          locked(take(sessionId, lost));
          return () => undefined;
        }
      const waiter = { lost, locked };
      waiting.push(waiter);
      return () => {
        const index = waiting.indexOf(waiter);
        if (index >= 0) waiting.splice(index, 1);
      };
    },
    renew(sessionId) {
      const lock = current(sessionId);
      lock.until = now() + parts.lockDurationMs;
      return lock.until;
    },
    lockedUntil: (sessionId) => current(sessionId).until,
    isLocked: (sessionId) => held.has(sessionId),
    offer(sessionId) {
      if (held.has(sessionId)) return;
      const waiter = waiting.shift();
      waiter?.locked(take(sessionId, waiter.lost));
    },
    expireDue() {
      for (const lock of held.values())
        if (lock.until <= now()) {
          lock.lost();
          free(lock);
        }
    },
    nextDue: () => [...held.values()].reduce((first, { until }) => Math.min(first, until), Infinity),
  };
}
