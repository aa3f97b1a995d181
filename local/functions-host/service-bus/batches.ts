import type { Clock } from '../clock.ts';

export interface BatchLimits {
  maximum: number;
  minimum: number;
  /** How long a batch below `minimum` waits for more. */
  maxWaitMs: number;
}

/** How long to gather what arrives together: the SDK hands messages over one by one. */
const gatherMs = 5;

export interface Batches<T> {
  /** Resolves when the batch that took the item has ended. */
  add(item: T): Promise<void>;
  /** From now on no batch waits for its minimum. */
  flush(): void;
}

/** Gathers items into batches and runs one batch at a time. `run` must not reject. */
export function createBatches<T>(run: (items: T[]) => Promise<void>, limits: BatchLimits, clock: Clock): Batches<T> {
  let waiting: { item: T; ended: () => void }[] = [];
  let callOff: (() => void) | undefined;
  let running = false;
  let { minimum } = limits;

  const runNext = async (): Promise<void> => {
    const batch = waiting.slice(0, limits.maximum);
    waiting = waiting.slice(limits.maximum);
    running = true;
    await run(batch.map(({ item }) => item));
    running = false;
    for (const { ended } of batch) ended();
    arm();
  };
  const arm = (): void => {
    callOff?.();
    if (running || waiting.length === 0) return;
    callOff = clock.after(waiting.length < minimum ? limits.maxWaitMs : gatherMs, () => void runNext());
  };

  return {
    add: (item) =>
      new Promise((ended) => {
        waiting.push({ item, ended });
        // Only the first item, and the one that makes the batch big enough, set the clock: a steady trickle must not put a batch off.
        if (waiting.length === 1 || waiting.length === minimum) arm();
      }),
    flush: () => {
      minimum = 1;
      arm();
    },
  };
}
