import type { StorageClock } from '../../shared/storage-clock.ts';

export type FakeClock = StorageClock & {
  /** Moves time on, stopping at each wait that ends on the way so that its code runs at its own instant. */
  advance(milliseconds: number): Promise<void>;
  /** Waits that have not ended yet. */
  readonly waiting: number;
};

/** @param waits `held`: until `advance` reaches their end; `skipped`: a wait moves time on by itself and ends at once. */
export function fakeClock(start = new Date('2026-11-20T13:00:00.000Z'), waits: 'held' | 'skipped' = 'held'): FakeClock {
  let time = start.getTime();
  const held: { due: number; end: () => void }[] = [];

  return {
    now: () => new Date(time),
    monotonic: () => time - start.getTime(),
    learn: async () => undefined,
    async wait(milliseconds) {
      if (waits === 'held') return new Promise((end) => void held.push({ due: time + milliseconds, end }));
      time += milliseconds;
    },
    async advance(milliseconds) {
      const target = time + milliseconds;
      await otherCode();
      for (;;) {
        held.sort((a, b) => a.due - b.due);
        const next = held[0];
        if (!next || next.due > target) break;
        held.shift();
        time = Math.max(time, next.due);
        next.end();
        await otherCode();
      }
      time = target;
    },
    get waiting() {
      return held.length;
    },
  };
}

/** Everything that waits for promises only has run when this ends. */
const otherCode = () => new Promise<void>((resolve) => setImmediate(resolve));
