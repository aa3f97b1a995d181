/** What one window knows of its past. Limits are arguments, because a scenario may change them while it runs. */
export interface UsageWindow {
  fits(units: number, limit: number, now: number): boolean;
  /** Units that were taken. */
  add(units: number, now: number): void;
  /** Units of a request that was refused, where those use up quota too. */
  addRefused(units: number, limit: number, now: number): void;
  /** Milliseconds until the units fit, if nothing else comes; 0: now. */
  waitMs(units: number, limit: number, now: number): number;
}

/**
 * Never more than the limit in any stretch of this length: a unit counts until exactly one length after it came.
 * Refusals fill at most one window's worth, so that waiting as told always helps.
 */
export function createSlidingWindow(lengthMs: number): UsageWindow {
  const entries: { at: number; units: number }[] = [];
  let used = 0;

  function dropOldest() {
    used -= entries.shift()?.units ?? 0;
  }

  function dropPast(now: number) {
    while (entries[0] && entries[0].at + lengthMs <= now) dropOldest();
  }

  function add(units: number, now: number) {
    entries.push({ at: now, units });
    used += units;
  }

  return {
    fits(units, limit, now) {
      dropPast(now);
      return used + units <= limit;
    },
    add,
    addRefused(units, limit, now) {
      add(units, now);
      while (used - (entries[0]?.units ?? 0) >= limit) dropOldest();
    },
    waitMs(units, limit, now) {
      dropPast(now);
      let left = used;
      if (left + units <= limit) return 0;
      for (const entry of entries) {
        left -= entry.units;
        if (left + units <= limit) return entry.at + lengthMs - now;
      }
      return lengthMs;
    },
  };
}

/** Counts from zero again at every multiple of its length since 1970 in UTC: each full minute, each hour, midnight. */
export function createFixedWindow(lengthMs: number): UsageWindow {
  let start = 0;
  let used = 0;

  function enter(now: number) {
    const current = Math.floor(now / lengthMs) * lengthMs;
    if (current === start) return;
    start = current;
    used = 0;
  }

  function add(units: number, now: number) {
    enter(now);
    used += units;
  }

  const fits = (units: number, limit: number, now: number) => {
    enter(now);
    return used + units <= limit;
  };

  return {
    fits,
    add,
    addRefused: (units, _limit, now) => add(units, now),
    waitMs: (units, limit, now) => (fits(units, limit, now) ? 0 : start + lengthMs - now),
  };
}
