/** `notify purge`: removes what is older than the retention, as housekeeping does by itself. */
import { type Command, InvalidArgumentError } from 'commander';
import type { AgeingTables } from '../shared/ports.ts';
import { countOld, LEAST_DAYS, purge, type Purged, retentionStart } from '../shared/retention.ts';
import { agree, type ChangeFlags, defineCommand, type World } from './command.ts';
import { counted, minute } from './format.ts';

type Flags = ChangeFlags & { olderThan?: number; json?: true };

export const purgeCommand = (world: World): Command =>
  defineCommand(world, {
    name: 'purge',
    effect: 'destroys',
    about: 'Removes what is older than the retention from every table; who has opted out stays.',
    examples: ['purge --dry-run', 'purge --older-than 30d'],
  })
    .option('--older-than <days>', 'such as 90d; else the setting RETENTION_DAYS', days)
    .action(async (flags: Flags) => purgeNow(world, flags));

/** Younger deliveries may still be under way. */
function days(text: string): number {
  const [, count] = /^(\d{1,5})d?$/.exec(text) ?? [];
  if (count && Number(count) >= LEAST_DAYS) return Number(count);
  throw new InvalidArgumentError(`Expected a number of days such as 90d, at least ${LEAST_DAYS}d.`);
}

async function purgeNow(world: World, flags: Flags): Promise<void> {
  const { connections, terminal, now: clock, user } = world;
  const now = clock();
  const tables = connections.tables();
  const before = retentionStart(now, flags.olderThan ?? connections.settings().retentionDays);
  const report = (rows: Purged, done: boolean): void =>
    terminal.print(flags.json ? JSON.stringify({ before, done, rows }, null, 2) : doneLine(rows));

  terminal.progress('Counting old rows');
  const old = await countOld(before, tables.ageing);
  const doing = `Destroys for good what is from before ${minute(before)} UTC: ${inWords(old)}, and what is known of their orders.`;
  if (sumOf(old) === 0) {
    terminal.say(`Nothing is from before ${minute(before)} UTC.`);
    if (flags.json) report(old, false);
    return;
  }
  if (!(await agree(world, flags, doing))) {
    if (flags.json) report(old, false);
    return;
  }
  await tables.staffActions.put({ at: now, by: user, command: 'purge', what: doing });
  const progress = (purged: Purged) => terminal.progress(`${sumOf(purged)} of ${sumOf(old)} rows removed`);
  const { complete: _, ...purged } = await purge(
    { before, budget: Infinity, progress },
    { ...tables, clock: stopwatch },
  );
  report(purged, true);
}

const stopwatch = { monotonic: () => performance.now() };

const NAMES: Record<keyof AgeingTables, [one: string, many: string]> = {
  deliveries: ['delivery', 'deliveries'],
  failures: ['failure', 'failures'],
  appointments: ['appointment', 'appointments'],
  rejectedEvents: ['rejected event', 'rejected events'],
  deadLetters: ['dead letter', 'dead letters'],
  unmatchedReports: ['unmatched report', 'unmatched reports'],
  staffActions: ['record of what staff did', 'records of what staff did'],
};
const TABLES = Object.keys(NAMES) as (keyof AgeingTables)[];

const sumOf = (rows: Purged): number => TABLES.reduce((sum, name) => sum + rows[name], 0);

const inWords = (rows: Purged): string =>
  TABLES.filter((name) => rows[name] > 0)
    .map((name) => counted(rows[name], ...NAMES[name]))
    .join(', ');

const doneLine = (rows: Purged): string =>
  `Removed ${inWords(rows) || 'nothing: it was gone already'}; ${counted(rows.subjects, 'row')} of their orders emptied or removed.`;
