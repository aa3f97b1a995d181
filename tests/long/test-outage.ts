/** `npm run test:outage`: two minutes without tables in a burst of 500 events, and one minute with a wrong key. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OutageResult, runTablesOutage, runWrongKey } from './outages.ts';
import { exactly, record, type Row } from './record.ts';

const EVENTS = 500;
const MINUTE = 60_000;
const folder = mkdtempSync(join(tmpdir(), 'outage-'));
const common = { events: EVENTS, limits: 'real', progress: (line: string) => console.log(`  ${line}`) } as const;

console.log(`\nTwo minutes without tables, ${EVENTS} events`);
const tables = await runTablesOutage({ ...common, length: 2 * MINUTE, folder: join(folder, 'tables') });
console.log(`\nOne minute with a wrong key, ${EVENTS} events`);
const key = await runWrongKey({ ...common, length: MINUTE, folder: join(folder, 'key') });
rmSync(folder, { recursive: true, force: true });

const felt = (name: string, { felt: value }: OutageResult, unit: string): Row => ({
  name,
  value,
  unit,
  goal: 'more than 0',
  met: value > 0,
});
const failed = key.books.deliveries.filter(({ status }) => status === 'failed').length;

const rows: Row[] = [
  felt('without tables: times it was felt', tables, 'parkings'),
  exactly('without tables: events planned', tables.account.recorded, 'events', EVENTS),
  exactly('without tables: lost', tables.lost, 'deliveries', 0),
  exactly('without tables: sent twice', tables.doubled, 'messages', 0),
  exactly('without tables: dead letters', tables.books.deadLetters, 'messages', 0),
  exactly('without tables: not accounted for', tables.account.mismatches.length, 'lines', 0),
  felt('wrong key: times it was felt', key, 'refusals'),
  exactly('wrong key: failed', failed, 'deliveries', 0),
  exactly('wrong key: sent', key.account.sends, 'messages', 2 * EVENTS),
  exactly('wrong key: not accounted for', key.account.mismatches.length, 'lines', 0),
];
console.log();
for (const line of [...tables.account.mismatches, ...key.account.mismatches].slice(0, 20)) console.log(`  ${line}`);
process.exitCode = record('outage', 'npm run test:outage', { events: EVENTS, limits: 'real' }, rows) ? 0 : 1;
