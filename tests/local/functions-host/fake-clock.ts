import type { Clock } from '../../../local/functions-host/clock.ts';

export interface FakeClock extends Clock {
  /** Lets time pass, and runs what becomes due in its order. */
  advance(ms: number): Promise<void>;
}

/** Lets everything go on that waits for nothing but a promise. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Time stands still until `advance`. */
export function createFakeClock(startMs: number): FakeClock {
  let now = startMs;
  let waiting: { at: number; run: () => void }[] = [];
  return {
    now: () => now,
    after: (ms, run) => {
      const entry = { at: now + ms, run };
      waiting.push(entry);
      return () => {
        waiting = waiting.filter((other) => other !== entry);
      };
    },
    advance: async (ms) => {
      const end = now + ms;
      for (;;) {
        await settled();
        const [next] = waiting.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (!next) break;
        waiting = waiting.filter((other) => other !== next);
        now = Math.max(now, next.at);
        next.run();
      }
      now = end;
    },
  };
}
