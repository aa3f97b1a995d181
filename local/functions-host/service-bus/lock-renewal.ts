import type { Clock } from '../clock.ts';

/** At half of what remains of the lock, but not earlier than ten seconds before it ends and never in a tight loop. */
export const renewalDelayMs = (remainingMs: number): number =>
  Math.max(remainingMs - Math.min(remainingMs / 2, 10_000), 250);

export interface RenewedLock {
  /** When the lock ends, in ms since 1970. */
  lockedUntil(): number;
  /** Moves the end of the lock. */
  renew(): Promise<unknown>;
  onLost(error: unknown): void;
}

/**
 * Renews a lock until the returned function is called or `maxDurationMs` is over. The SDK's own renewal goes by message id,
 * so two messages with one id would disturb each other, and it goes on after a handler that settles nothing.
 */
export function keepLocked(lock: RenewedLock, maxDurationMs: number, clock: Clock): () => void {
  const end = clock.now() + maxDurationMs;
  let callOff: (() => void) | undefined;
  let stopped = false;
  const arm = (): void => {
    const delay = renewalDelayMs(lock.lockedUntil() - clock.now());
    if (stopped || clock.now() + delay > end) return;
    callOff = clock.after(delay, () => {
      lock.renew().then(arm, (error: unknown) => {
        if (!stopped) lock.onLost(error);
      });
    });
  };
  arm();
  return () => {
    stopped = true;
    callOff?.();
  };
}
