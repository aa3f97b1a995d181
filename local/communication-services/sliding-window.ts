export interface Quota {
  readonly limit: number;
  readonly seconds: number;
}

/** Either the units were taken, or the milliseconds until they would fit, if nothing else came. */
export type Taking = { readonly taken: true } | { readonly taken: false; readonly waitMs: number };

/**
 * True sliding windows, one per scope: never more than `limit` units in any `seconds`.
 * With `refusalsCount` a refused request uses up quota too ("all requests accrue against your usage limits",
 * Azure Communication Services, "Service limits"), at most one window's worth, so that waiting as told always helps.
 */
export function createSlidingWindows() {
  const scopes = new Map<string, { at: number; units: number }[]>();
  return {
    take(scope: string, units: number, quota: Quota, refusalsCount: boolean, now: number): Taking {
      const length = quota.seconds * 1000;
      const entries = (scopes.get(scope) ?? []).filter((entry) => entry.at + length > now);
      scopes.set(scope, entries);
      let used = entries.reduce((sum, entry) => sum + entry.units, 0);
      if (used + units <= quota.limit) {
        entries.push({ at: now, units });
        return { taken: true };
      }
      if (refusalsCount) {
        entries.push({ at: now, units });
        used += units;
        while (used - (entries[0]?.units ?? 0) >= quota.limit) used -= entries.shift()?.units ?? 0;
      }
      let free = now + length;
      for (const entry of entries) {
        used -= entry.units;
        if (used + units <= quota.limit) {
          free = entry.at + length;
          break;
        }
      }
      return { taken: false, waitMs: Math.max(free - now, 0) };
    },
    clear: () => scopes.clear(),
  };
}
