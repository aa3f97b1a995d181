import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { kustoChecker } from './kusto.ts';
import { LOG_TABLES } from './log-tables.ts';
import { INSTRUMENTS, type InstrumentName } from '../../shared/measurements.ts';
import { QUERIES } from './queries.ts';

const check = kustoChecker(LOG_TABLES);

const sources = globSync('shared/**/*.ts')
  .filter((file) => file !== 'shared/log.ts')
  .map((file) => readFileSync(file, 'utf8'));

/** What lines about a delivery have in common. */
const common = readFileSync('shared/log-fields.ts', 'utf8');

/** Files that log this event: in a call, or in a table of what is logged. */
const loggedIn = (event: string): string[] =>
  sources
    .filter((text) => new RegExp(`\\blog\\(.*'${event}'|\\bevent: '${event}'`).test(text))
    .map((text) => (text.includes(`from './log-fields.ts'`) ? text + common : text));

/** Names of events in a query: whatever `line.event` is compared with, or a member of a list after it. */
const eventsIn = (query: string): string[] =>
  [...query.matchAll(/line\.event\) (?:==|in) (?:\(([^)]*)\)|"([^"]*)")/g)].flatMap(([, list, one]) =>
    one === undefined ? [...list!.matchAll(/"([^"]*)"/g)].map(([, name]) => name!) : [one],
  );
const fieldsIn = (query: string): string[] =>
  [...new Set([...query.matchAll(/\bline\.(\w+)/g)].map(([, field]) => field!))].filter((field) => field !== 'event');

/** Names of metrics in a query: whatever `Name` is compared with. */
const metricsIn = (query: string): string[] =>
  [...query.matchAll(/\bName (?:==|in) (?:\(([^)]*)\)|("[^"]*"))/g)].flatMap(([, list, one]) =>
    [...(list ?? one!).matchAll(/"([^"]*)"/g)].map(([, name]) => name!),
  );
const attributesIn = (query: string): string[] => [...query.matchAll(/\bProperties\.(\w+)/g)].map(([, name]) => name!);

describe.each(QUERIES)('$of', ({ query }) => {
  it('is a query that Kusto takes, on tables and columns that there are', () => {
    expect(check(query)).toEqual([]);
  });

  it('asks for events that the code logs, and for fields that they have', () => {
    const events = eventsIn(query);
    expect(events.length > 0 || !query.includes('where tostring(line.event)')).toBe(true);
    const logging = events.map((event) => ({ event, files: loggedIn(event) }));
    for (const { event, files } of logging) expect(files.length, `${event} is logged nowhere`).toBeGreaterThan(0);
    const texts = logging.flatMap(({ files }) => files);
    for (const field of events.length > 0 ? fieldsIn(query) : [])
      expect(
        texts.some((text) => new RegExp(`\\b${field}\\b`).test(text)),
        `${field} is logged with none of ${events.join(', ')}`,
      ).toBe(true);
  });

  it('asks for metrics that the code makes, and for attributes that they have', () => {
    const isOfMetrics = query.startsWith('AppMetrics');
    const names = isOfMetrics ? metricsIn(query) : [];
    expect(names.length > 0).toBe(isOfMetrics);
    expect(names.filter((name) => !Object.keys(INSTRUMENTS).includes(name))).toEqual([]);
    const known = names.flatMap((name) => INSTRUMENTS[name as InstrumentName].by as readonly string[]);
    expect((isOfMetrics ? attributesIn(query) : []).filter((name) => !known.includes(name))).toEqual([]);
  });
});
