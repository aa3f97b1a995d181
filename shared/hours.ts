/** UTC hours such as `2026-11-20T13`: the partitions of the deliveries. */
import { hourOf } from './delivery-id.ts';
import type { Clock, Deliveries, Hours } from './ports.ts';

const HOUR = 3_600_000;

/** An hour is looked through on every sweep until it is this old; only then what was found there is remembered. */
const YOUNG = 3 * HOUR;
/** Whoever plans into an hour of this age says so. Younger than `YOUNG` by more than any clock or batch is late. */
const LATE = 2 * HOUR;

export const hourAt = (instant: Date): string => instant.toISOString().slice(0, 13);
export const startOf = (hour: string): Date => new Date(`${hour}:00:00Z`);
export const hourAfter = (hour: string): string => hourAt(new Date(startOf(hour).getTime() + HOUR));

export const isYoung = (hour: string, now: Date): boolean => now.getTime() - startOf(hour).getTime() < YOUNG;

/**
 * The same table; but whoever plans a delivery into an old hour, as happens after an outage, first reopens that hour, so
 * that housekeeping reads it again.
 */
export function reopening(deliveries: Deliveries, hours: Hours, clock: Clock): Deliveries {
  return {
    ...deliveries,
    async plan(plans) {
      const now = clock.now().getTime();
      const late = new Set(plans.map(({ id }) => hourOf(id)).filter((hour) => now - startOf(hour).getTime() >= LATE));
      await Promise.all([...late].map((hour) => hours.reopen(hour)));
      await deliveries.plan(plans);
    },
  };
}
