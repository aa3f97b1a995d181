/** Time as an argument: `now` in milliseconds since 1970, `after` runs once and returns its cancel function. */
export interface Clock {
  now(): number;
  after(milliseconds: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: Date.now,
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** The same clock, whose outstanding timers can be dropped together when the stand-in stops. */
export function stoppable(clock: Clock): Clock & { stop(): void } {
  const cancels = new Set<() => void>();
  return {
    now: () => clock.now(),
    after(milliseconds, run) {
      const cancel = clock.after(milliseconds, () => {
        cancels.delete(forget);
        run();
      });
      const forget = () => {
        cancels.delete(forget);
        cancel();
      };
      cancels.add(forget);
      return forget;
    },
    stop() {
      for (const cancel of cancels) cancel();
    },
  };
}

export function wait(clock: Clock, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    if (milliseconds <= 0) resolve();
    else clock.after(milliseconds, resolve);
  });
}

export const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();
