import type { QuotaWindow } from './quota-settings.ts';
import { type UsageWindow, createFixedWindow, createSlidingWindow } from './usage-window.ts';

/** Either the units were taken, or how long until they would fit if nothing else came, and the window that has them wait longest. */
export type Taking =
  { readonly taken: true } | { readonly taken: false; readonly waitMs: number; readonly window: QuotaWindow };

/**
 * What was used up in each scope. Units are taken from all windows of a scope or from none.
 * With `refusalsCount` a refused request uses up quota too, in all windows of its scope
 * ("all requests accrue against your usage limits", Azure Communication Services, "Service limits").
 */
export function createQuotaScopes() {
  const usages = new Map<string, UsageWindow>();

  function usageOf(scope: string, { seconds, fixed = false }: QuotaWindow): UsageWindow {
    const key = `${scope} ${seconds} ${fixed}`;
    const known = usages.get(key);
    if (known) return known;
    const made = fixed ? createFixedWindow(seconds * 1000) : createSlidingWindow(seconds * 1000);
    usages.set(key, made);
    return made;
  }

  return {
    /** `windows`: at least one. */
    take(
      scope: string,
      units: number,
      windows: readonly [QuotaWindow, ...QuotaWindow[]],
      refusalsCount: boolean,
      now: number,
    ): Taking {
      const used = windows.map((window) => ({ window, usage: usageOf(scope, window) }));
      if (used.every(({ window, usage }) => usage.fits(units, window.limit, now))) {
        for (const { usage } of used) usage.add(units, now);
        return { taken: true };
      }
      if (refusalsCount) for (const { window, usage } of used) usage.addRefused(units, window.limit, now);
      let longest: Extract<Taking, { taken: false }> = { taken: false, waitMs: -1, window: windows[0] };
      for (const { window, usage } of used) {
        const waitMs = usage.waitMs(units, window.limit, now);
        if (waitMs > longest.waitMs) longest = { taken: false, waitMs, window };
      }
      return longest;
    },
    clear: () => usages.clear(),
  };
}

export type QuotaScopes = ReturnType<typeof createQuotaScopes>;
