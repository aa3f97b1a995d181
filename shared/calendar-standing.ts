/** Where a calendar stands, for people. Pure. */
import type { Calendar } from './calendar.ts';
import type { QuotaWindow } from './senders.ts';
import { type Grid, type Runs, gridOf } from './slot-sequence.ts';

/** Of one window: what may be booked in it, and how much of it is where it is fullest. */
export type WindowUse = { seconds: number; limit: number; used: number };

/** Until when it is booked, and of each window the use where it is fullest from now on. */
export function standingOf(
  { normal, urgent, lent }: Calendar,
  now: Date,
  quota: readonly QuotaWindow[],
): { bookedUntil: Date | undefined; use: readonly WindowUse[] } {
  const sequences = [normal, urgent, lent];
  const last = Math.max(...sequences.map((sequence) => sequence.last));
  return {
    bookedUntil: last > now.getTime() ? new Date(last) : undefined,
    use: quota.map(({ limit, seconds }) => {
      const grid = gridOf(seconds);
      const runs = sequences.flatMap((sequence) => sequence.runs[grid.key] ?? []);
      return { seconds, limit, used: fullestOf(runs, grid, now.getTime()) };
    }),
  };
}

function fullestOf(runs: Runs, { length, cell }: Grid, now: number): number {
  const cells = runs.toSorted(([a], [b]) => a - b);
  let [fullest, units, first] = [0, 0, 0];
  for (const [index, [place, more]] of cells.entries()) {
    const start = Math.max(now, (place + 1) * cell) - length;
    units += more;
    for (; first <= index && (cells[first]![0] + 1) * cell <= start; first += 1) units -= cells[first]![1];
    fullest = Math.max(fullest, units);
  }
  return fullest;
}
