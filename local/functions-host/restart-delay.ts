/** A worker that lived this long was healthy: the next one starts at once. */
const healthyMs = 5000;
const longestDelayMs = 10_000;

export interface Deaths {
  /** Deaths in a row, each soon after the start. */
  quick: number;
  delayMs: number;
}

/** How long to wait before the next worker: nothing after the first death in a row, then 250 ms, doubling. */
export function afterDeath(previous: Deaths, livedMs: number): Deaths {
  if (livedMs >= healthyMs) return { quick: 0, delayMs: 0 };
  const quick = previous.quick + 1;
  return { quick, delayMs: quick === 1 ? 0 : Math.min(250 * 2 ** (quick - 2), longestDelayMs) };
}
