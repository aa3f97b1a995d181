import type { UsageWindow } from '../../local/communication-services/usage-window.ts';

/** Holds one window's worth of tokens and gets them back evenly; refusals cost tokens, too, as long as there are any. */
export function createTokenBucket(lengthMs: number): UsageWindow {
  let used = 0;
  let at = 0;

  function refill(limit: number, now: number): void {
    used = Math.max(0, used - ((now - at) * limit) / lengthMs);
    at = now;
  }

  return {
    fits(units, limit, now) {
      refill(limit, now);
      return used + units <= limit;
    },
    add(units) {
      used += units;
    },
    addRefused(units, limit, now) {
      refill(limit, now);
      used = Math.min(limit, used + units);
    },
    waitMs(units, limit, now) {
      refill(limit, now);
      return Math.max(0, ((used + units - limit) * lengthMs) / limit);
    },
  };
}
