/** One timer for everything that waits for a time. */
export interface Alarm {
  /** Rings at `at` (ms since 1970) at the latest. */
  wake(at: number): void;
  stop(): void;
}

/** Node's timers overflow at 2^31 ms. */
const longestDelayMs = 2 ** 31 - 1;

/** `ring` does what is due and returns when it wants to be called again. */
export function createAlarm(now: () => number, ring: () => number): Alarm {
  let armedFor = Infinity;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  function arm(at: number): void {
    if (stopped || at >= armedFor) return;
    clearTimeout(timer);
    armedFor = at;
    timer = setTimeout(fire, Math.min(Math.max(at - now(), 0), longestDelayMs));
  }

  function fire(): void {
    armedFor = Infinity;
    arm(ring());
  }

  return {
    wake: arm,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
