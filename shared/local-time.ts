/** What clocks show where a recipient is. */
import { Temporal } from 'temporal-polyfill';

export const clockIn = (zone: string, at: Date): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone);

export const isSameDay = (zone: string, a: Date, b: Date): boolean =>
  clockIn(zone, a).toPlainDate().equals(clockIn(zone, b).toPlainDate());
