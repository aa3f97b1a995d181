/** A worker that ran this long was healthy: the next one starts at once. */
const healthyMs = 1000;
const longestDelayMs = 10_000;

export interface Deaths {
  /** Deaths in a row, each before the worker was ready or soon after. */
  quick: number;
  delayMs: number;
}

/** How long to wait before the next worker: nothing after the first quick death, then 250 ms, doubling. `ranMs` counts from when it was ready. */
export function afterDeath(previous: Deaths, ranMs: number): Deaths {
  if (ranMs >= healthyMs) return { quick: 0, delayMs: 0 };
  const quick = previous.quick + 1;
  return { quick, delayMs: quick === 1 ? 0 : Math.min(250 * 2 ** (quick - 2), longestDelayMs) };
}
