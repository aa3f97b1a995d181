/** Removes what is older than the retention: by partition, oldest first, and no table is read beyond what is old. */
import { inBatches } from './batches.ts';
import { hourAt } from './hours.ts';
import type { Log } from './log.ts';
import type { AgeingRow, AgeingTable, AgeingTables, Clock, Hours, Reminders, Subjects } from './ports.ts';
import { instanceOfRow } from './reminders.ts';

export type RetentionDependencies = {
  ageing: AgeingTables;
  subjects: Subjects;
  hours: Hours;
  clock: Pick<Clock, 'monotonic'>;
};

/** What the timer needs besides. */
export type TimedRetentionDependencies = RetentionDependencies & {
  retentionDays: number;
  reminders: Pick<Reminders, 'forget'>;
  clock: Clock;
  log: Log;
};

/** Rows that were removed, or would be; of subjects also those that were emptied. */
export type Purged = Record<keyof AgeingTables | 'subjects' | 'hours', number>;

export type PurgeOptions = {
  /** Everything from an earlier hour or day than this instant's goes. */
  before: Date;
  /** Stops soon after this long, in ms; the next purge goes on from there. */
  budget: number;
  progress?: (purged: Purged) => void;
  /** Called for each delivery that is old, but still open: it stays until housekeeping has ended it. */
  leave?: (delivery: string) => void;
  /** Called for rows of appointments before they go. */
  ending?: (rows: readonly AgeingRow[]) => Promise<void>;
};

/** How long one call of the timer goes on. */
const BUDGET = 60_000;
const DAY = 86_400_000;
/** Rows of one transaction. */
const BATCH = 100;

/** Younger deliveries may still be under way: deadlines and reports take up to two days. */
export const LEAST_DAYS = 3;

export const retentionStart = (now: Date, days: number): Date => new Date(now.getTime() - days * DAY);

/** What the timer does after its sweep. Rejects while the tables are away; the next call goes on from there. */
export async function purgeOld(dependencies: TimedRetentionDependencies): Promise<Purged & { complete: boolean }> {
  const { clock, retentionDays, reminders, log } = dependencies;
  const before = retentionStart(clock.now(), retentionDays);
  const leave = (delivery: string): void => log('warn', 'purge-left-open', { delivery });
  const ending = async (rows: readonly AgeingRow[]): Promise<void> => {
    await Promise.all(rows.map(({ row }) => reminders.forget(instanceOfRow(row))));
  };
  const done = await purge({ before, budget: BUDGET, leave, ending }, dependencies);
  log('info', 'purge-done', done);
  return done;
}

/**
 * Removes a batch of rows after it has dealt with what hangs on them, so that a purge that dies or is stopped anywhere
 * is gone on with by the next one, and two at once do no harm.
 */
export async function purge(
  { before, budget, progress = () => undefined, leave = () => undefined, ending = async () => undefined }: PurgeOptions,
  { ageing, subjects, hours, clock }: RetentionDependencies,
): Promise<Purged & { complete: boolean }> {
  const started = clock.monotonic();
  const purged = none();
  for await (const { name, partition, rows } of oldRows(before, ageing)) {
    if (clock.monotonic() - started > budget) return { ...purged, complete: false };
    const ended = rows.filter(({ isOpen }) => !isOpen);
    for (const { row, isOpen } of rows) if (isOpen) leave(row);
    if (ended.length === 0) continue;
    if (name === 'appointments') await ending(ended);
    const forgotten = await Promise.all(
      subjectsOf(ended).map(({ source, subject }) => subjects.forget(source, subject, before)),
    );
    purged.subjects += forgotten.reduce((sum, count) => sum + count, 0);
    await ageing[name].remove(
      partition,
      ended.map(({ row }) => row),
    );
    purged[name] += ended.length;
    progress(purged);
  }
  purged.hours = await hours.removeBefore(hourAt(before));
  return { ...purged, complete: true };
}

/** How many rows a purge would remove; subjects and hours are not looked at. */
export async function countOld(before: Date, ageing: AgeingTables): Promise<Purged> {
  const counts = none();
  for await (const { name, rows } of oldRows(before, ageing))
    counts[name] += rows.filter(({ isOpen }) => !isOpen).length;
  return counts;
}

const none = (): Purged => ({
  deliveries: 0,
  failures: 0,
  appointments: 0,
  rejectedEvents: 0,
  deadLetters: 0,
  unmatchedReports: 0,
  staffActions: 0,
  subjects: 0,
  hours: 0,
});

type Batch = { name: keyof AgeingTables; partition: string; rows: readonly AgeingRow[] };

async function* oldRows(before: Date, ageing: AgeingTables): AsyncGenerator<Batch> {
  for (const [name, table] of Object.entries(ageing) as [keyof AgeingTables, AgeingTable][])
    for await (const partition of oldPartitions(hourAt(before), table))
      for await (const rows of inBatches(table.rowsOf(partition), BATCH)) yield { name, partition, rows };
}

/** A day ends up before an hour of it, such as `2026-11-20` before `2026-11-20T13`: it must be past as a whole. */
async function* oldPartitions(hour: string, table: AgeingTable): AsyncGenerator<string> {
  let partition = await table.firstFrom('');
  while (partition !== undefined && partition < hour.slice(0, partition.length)) {
    yield partition;
    partition = await table.firstFrom(`${partition}!`);
  }
}

function subjectsOf(rows: readonly AgeingRow[]): AgeingRow[] {
  const named = rows.filter(({ source }) => source !== '');
  return [...new Map(named.map((row) => [JSON.stringify([row.source, row.subject]), row])).values()];
}
