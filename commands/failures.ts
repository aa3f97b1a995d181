/** `notify failures`: what did not arrive, why, and what to do. */
import type { Command } from 'commander';
import type { Failure, Failures } from '../shared/ports.ts';
import { CommandError, defineCommand, MISUSED, recordReveal, wholeNumber, type World } from './command.ts';
import { FAILURE_COLUMNS, type FailureColumn, failureList, groupedFailures, groupsOf } from './failure-lists.ts';
import { counted, csvLine, instant } from './format.ts';
import { daysFrom, SINCE_HELP, sinceOf } from './since.ts';

type Flags = {
  since: string;
  by?: FailureColumn[];
  where: [FailureColumn, string][];
  resolved?: true;
  limit: number;
  csv?: true;
  reveal?: true;
  json?: true;
};

const MOST_COLUMNS = 3;

export const failuresCommand = (world: World): Command =>
  defineCommand(world, {
    name: 'failures',
    effect: 'reads',
    about: 'What did not arrive, why, and what to do; or how many, grouped.',
    examples: [
      'failures --since 2h',
      'failures --by region,cause',
      'failures --where region=Tirol --where channel=sms',
      'failures --since 7d --csv > failures.csv',
    ],
  })
    .option('--since <time>', SINCE_HELP, '24h')
    .option('--by <columns>', `count by up to ${MOST_COLUMNS} of: ${Object.keys(FAILURE_COLUMNS).join(', ')}`, columns)
    .option('--where <column=value>', 'only these; may be given again', condition, [])
    .option('--resolved', 'those too that arrived after all')
    .option('--limit <count>', 'at most so many, the latest; 0 is all', wholeNumber, 100)
    .option('--csv', 'as CSV, all columns')
    .option('--reveal', 'recipients in full; this is recorded')
    .action(async (flags: Flags) => failures(world, flags));

async function failures(world: World, flags: Flags): Promise<void> {
  const { connections, terminal } = world;
  const now = world.now();
  const since = sinceOf(flags.since, now);
  const all = await failuresSince(connections.tables().failures, since, now, terminal.progress);
  const wanted = all.filter((row) => flags.where.every(([column, value]) => FAILURE_COLUMNS[column](row) === value));
  const open = wanted.filter(({ resolvedAt }) => flags.resolved || !resolvedAt);
  const resolved = wanted.length - wanted.filter(({ resolvedAt }) => !resolvedAt).length;

  if (flags.by) {
    const groups = groupsOf(open, flags.by);
    if (flags.json)
      terminal.print(
        JSON.stringify(
          groups.map(({ values, count }) => ({ ...values, count })),
          null,
          2,
        ),
      );
    else if (flags.csv)
      terminal.print(
        [
          csvLine([...flags.by, 'count']),
          ...groups.map(({ values, count }) => csvLine([...Object.values(values), String(count)])),
        ].join('\n'),
      );
    else
      terminal.print(
        [heading(open.length, resolved, since, flags), ...groupedFailures(open, flags.by, terminal)].join('\n'),
      );
    return;
  }

  const limit = flags.limit || Infinity;
  const shown = flags.reveal ? await revealed(world, open.slice(0, limit)) : open.slice(0, limit);
  if (flags.json) terminal.print(JSON.stringify(shown, null, 2));
  else if (flags.csv) terminal.print(csv(shown));
  else terminal.print([heading(open.length, resolved, since, flags), ...failureList(shown, terminal)].join('\n'));
  if (shown.length < open.length)
    terminal.say(`The latest ${shown.length} of ${open.length} are shown; --limit 0 shows all, --by counts them.`);
}

/**
 * A delivery may fail long after its event: its deadline ends after at most 24 hours, the wait for a report after 24
 * more by default, and a mail may still bounce then.
 */
const FAILS_WITHIN = 4 * 86_400_000;

/** The latest first. */
export async function failuresSince(
  table: Pick<Failures, 'ofDay'>,
  since: Date,
  now: Date,
  progress: (text: string) => void,
): Promise<Failure[]> {
  const found: Failure[] = [];
  const days = daysFrom(new Date(since.getTime() - FAILS_WITHIN), now);
  for (const [index, day] of days.entries()) {
    progress(`Reading ${day}, ${index + 1} of ${counted(days.length, 'day')}: ${found.length} found`);
    for await (const failure of table.ofDay(day)) if (failure.at >= since) found.push(failure);
  }
  progress('');
  return found.sort((a, b) => b.at.getTime() - a.at.getTime());
}

async function revealed(world: World, rows: readonly Failure[]): Promise<Failure[]> {
  await recordReveal(world, 'failures', `Reveals the recipients of ${counted(rows.length, 'delivery', 'deliveries')}.`);
  const { deliveries } = world.connections.tables();
  const result: Failure[] = [];
  for (const row of rows)
    result.push({ ...row, recipient: (await deliveries.read(row.delivery))?.plan.address ?? row.recipient });
  return result;
}

function heading(count: number, resolved: number, since: Date, { resolved: withResolved, where }: Flags): string {
  const which = where.map(([column, value]) => `, ${column} ${value}`).join('');
  const others =
    resolved === 0
      ? ''
      : withResolved
        ? `, ${resolved} of them arrived after all`
        : ` (${resolved} more arrived after all)`;
  const what = count === 0 ? 'Everything arrived' : `${counted(count, 'delivery', 'deliveries')} did not arrive`;
  return `${what} since ${instant(since)}${which}${others}.`;
}

function csv(rows: readonly Failure[]): string {
  const text = (value: Failure[keyof Failure]) => (value instanceof Date ? value.toISOString() : String(value ?? ''));
  const names = [
    'delivery',
    'at',
    'subject',
    'shop',
    'message',
    'version',
    'locale',
    'channel',
    'country',
    'region',
    'carrier',
    'mailHost',
    'recipient',
    'status',
    'cause',
    'reason',
    'nextStep',
    'sender',
    'resolvedAt',
  ] as const;
  return [csvLine(names), ...rows.map((row) => csvLine(names.map((name) => text(row[name]))))].join('\n');
}

function columns(text: string): FailureColumn[] {
  const names = text.split(',').map((name) => columnOf(name.trim()));
  if (names.length <= MOST_COLUMNS) return names;
  throw new CommandError(`--by: at most ${MOST_COLUMNS} columns.`, MISUSED);
}

function condition(text: string, earlier: readonly [FailureColumn, string][]): [FailureColumn, string][] {
  const [, name = '', value = ''] = /^([^=]+)=(.*)$/.exec(text) ?? [];
  return [...earlier, [columnOf(name), value]];
}

function columnOf(name: string): FailureColumn {
  if (Object.hasOwn(FAILURE_COLUMNS, name)) return name as FailureColumn;
  throw new CommandError(
    `There is no column ${name || '(none)'}; there are ${Object.keys(FAILURE_COLUMNS).join(', ')}.`,
    MISUSED,
  );
}
