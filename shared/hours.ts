/** UTC hours such as `2026-11-20T13`: the partitions of the deliveries. */

const HOUR = 3_600_000;

/**
 * Until it is this old, deliveries may come to an hour unannounced. Far more than clocks differ: whoever plans into an
 * hour that its own clock calls past reopens it.
 */
const YOUNG = 2 * HOUR;

export const hourAt = (instant: Date): string => instant.toISOString().slice(0, 13);
export const startOf = (hour: string): Date => new Date(`${hour}:00:00Z`);
export const hourAfter = (hour: string): string => hourAt(new Date(startOf(hour).getTime() + HOUR));
export const isYoung = (hour: string, now: Date): boolean => now.getTime() - startOf(hour).getTime() < YOUNG;
