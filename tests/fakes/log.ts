import type { Log, LogEvent, LogFields, LogLevel } from '../../shared/log.ts';

export type LogEntry = { level: LogLevel; event: LogEvent; fields: LogFields };

/** A log that keeps what it was told. */
export function recordingLog(): { log: Log; entries: LogEntry[] } {
  const entries: LogEntry[] = [];
  return { log: (level, event, fields) => void entries.push({ level, event, fields }), entries };
}
