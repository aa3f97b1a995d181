import type { LogLevel } from './library.ts';

interface LogEntry {
  level: LogLevel;
  /** As in the real host: `Host.Startup`, `Function.<name>`, `Function.<name>.User`. */
  category: string;
  message: string;
  function?: string;
  invocationId?: string;
}

export type Log = (entry: LogEntry) => void;
export type LogFormat = 'text' | 'json';

const levels: readonly LogLevel[] = ['trace', 'debug', 'information', 'warning', 'error', 'critical', 'none'];

/** The lowest level shown for a category: the longest prefix in `logging.logLevel` of host.json wins, else `default`, else Information. */
export function minimumLevel(category: string, configured: Record<string, string>): LogLevel {
  const wanted = category.toLowerCase();
  const rule = Object.keys(configured)
    .filter((prefix) => prefix === wanted || wanted.startsWith(`${prefix}.`))
    .sort((a, b) => b.length - a.length)[0];
  const level = (configured[rule ?? 'default'] ?? 'information').toLowerCase();
  return levels.find((known) => known === level) ?? 'information';
}

/** One line per entry: `[time] [level category] message`, or one JSON object. */
export function createLog(
  format: LogFormat,
  configuredLevels: Record<string, string>,
  write: (line: string) => void,
  now: () => Date,
): Log {
  return (entry) => {
    if (levels.indexOf(entry.level) < levels.indexOf(minimumLevel(entry.category, configuredLevels))) return;
    const time = now().toISOString();
    write(
      format === 'json'
        ? JSON.stringify({ time, ...entry })
        : `[${time}] [${entry.level} ${entry.category}] ${entry.message}`,
    );
  };
}
