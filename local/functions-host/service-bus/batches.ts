export interface BatchLimits {
  maximum: number;
  minimum: number;
  /** How long a batch below `minimum` waits for more. */
  maxWaitMs: number;
}

/** How long to gather what arrives together. The SDK hands messages over one by one. */
const gatherMs = 5;

export interface Batches<T> {
  /** Resolves when the batch that took the item has ended. */
  add(item: T): Promise<void>;
  /** Runs what waits, whatever the minimum, and resolves once all batches have ended. */
  flush(): Promise<void>;
}

/** Gathers items into batches and runs one batch at a time. `run` must not reject. */
export function createBatches<T>(run: (items: T[]) => Promise<void>, limits: BatchLimits): Batches<T> {
  let waiting: { item: T; ended: () => void }[] = [];
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let flushing = false;

  const start = (): void => {
    timer = undefined;
    const batch = waiting.splice(0, limits.maximum);
    running = run(batch.map(({ item }) => item)).then(() => {
      running = undefined;
      for (const { ended } of batch) ended();
      arm();
    });
  };
  const arm = (): void => {
    if (running || waiting.length === 0) return;
    clearTimeout(timer);
    const full = waiting.length >= limits.maximum;
    const enough = flushing || waiting.length >= limits.minimum;
    timer = setTimeout(start, full ? 0 : enough ? gatherMs : limits.maxWaitMs);
  };

  return {
    add: (item) =>
      new Promise((ended) => {
        waiting.push({ item, ended });
        // The first item of a batch starts the clock; a later one may make the batch big enough.
        if (timer === undefined || waiting.length === limits.minimum || waiting.length === limits.maximum) arm();
      }),
    flush: async () => {
      flushing = true;
      arm();
      while (running || waiting.length > 0) {
        await (running ?? new Promise((resolve) => setTimeout(resolve, gatherMs)));
      }
    },
  };
}
