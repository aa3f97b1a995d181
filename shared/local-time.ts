/** What clocks show where a recipient is. */
import { Temporal } from 'temporal-polyfill';

export const clockIn = (zone: string, at: Date): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone);
