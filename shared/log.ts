/** Event names of the structured log and the fields they carry: ids, words of closed lists and numbers, never an address or a text. */

export type LogEvent =
  | 'event-taken'
  | 'event-known'
  | 'event-rejected'
  | 'event-not-planned'
  | 'loop-suspected'
  | 'events-parked'
  | 'delivery-planned'
  | 'delivery-sent'
  | 'delivery-settled'
  | 'delivery-refused'
  | 'delivery-repeated'
  | 'delivery-postponed'
  | 'copy-parked'
  | 'copy-dropped'
  | 'answer-dropped'
  | 'set-up-refused'
  | 'report-merged'
  | 'report-ignored'
  | 'report-unmatched'
  | 'suppression-added'
  | 'copy-scheduled-again'
  | 'dead-letter-stored'
  | 'dead-letter-taken-again'
  | 'dead-letter-waits'
  | 'housekeeping-row-failed'
  | 'housekeeping-done'
  | 'purge-done'
  | 'purge-left-open'
  | 'failure-row-written'
  | 'reminder-due'
  | 'reminders-not-ended'
  | 'calendar-started'
  | 'calendar-unreadable'
  | 'quota-used-by-others'
  | 'scope-closed'
  | 'scope-opened'
  | 'scope-seen'
  | 'window-seen'
  | 'backlog-seen'
  | 'standing-unknown'
  | 'telemetry-not-exported'
  | 'telemetry-exported-again';

export type LogLevel = 'info' | 'warn' | 'error';

export type LogFields = Record<string, string | number | boolean | undefined>;

export type Log = (level: LogLevel, event: LogEvent, fields: LogFields) => void;

/** One JSON line; `trace` first so that a search for it finds the whole way. */
export function logLine(event: LogEvent, fields: LogFields): string {
  return JSON.stringify({ event, ...fields });
}
