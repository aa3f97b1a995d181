import type { Clock } from '../../../local/communication-services/clock.ts';

/** A clock that stands still until it is moved; it starts at the real time, so that signed dates fit. */
export function manualClock(): Clock & { advance(milliseconds: number): void } {
  let now = Date.now();
  const timers = new Set<{ at: number; run: () => void }>();
  return {
    now: () => now,
    after(milliseconds, run) {
      const timer = { at: now + milliseconds, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance(milliseconds) {
      const end = now + milliseconds;
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (!next) break;
        timers.delete(next);
        now = Math.max(now, next.at);
        next.run();
      }
      now = end;
    },
  };
}
