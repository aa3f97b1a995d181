/** `notify rejected`: events that could not be used, and why. `retry` takes them again. */
import type { Command } from 'commander';
import type { Reason, RejectedEvents, RejectedOutline, StoredRejected } from '../shared/ports.ts';
import { waitsForRetry } from '../shared/retry-rejected.ts';
import { CommandError, defineCommand, recordReveal, wholeNumber, type World } from './command.ts';
import type { Terminal } from './terminal.ts';
import { aligned, clean, counted, instant, minute, wrap } from './format.ts';
import { rowsSince } from './rows-since.ts';
import { SINCE_HELP, sinceOf } from './since.ts';

type ListFlags = { since: string; source?: string; by?: true; limit: number; json?: true };
type ShowFlags = { reveal?: true; json?: true };

export const rejectedCommand = (world: World): Command =>
  defineCommand(world, {
    name: 'rejected',
    effect: 'reads',
    about: 'Events that could not be used, and why.',
    examples: ['rejected --since 10:00', 'rejected --since 7d --by', 'rejected show 2026-11-21/3f9a6c01d2e4'],
  })
    .option('--since <time>', SINCE_HELP, '24h')
    .option('--source <uri>', 'only of this publisher')
    .option('--by', 'count them by publisher and reason')
    .option('--limit <count>', 'at most so many, the latest; 0 is all', wholeNumber, 50)
    .action(async (flags: ListFlags) => list(world, flags))
    .addCommand(
      defineCommand(world, {
        name: 'show',
        effect: 'reads',
        about: 'One of them: every reason, and where its fault is.',
        examples: ['rejected show 2026-11-21/3f9a6c01d2e4', 'rejected show 2026-11-21/3f9a6c01d2e4 --reveal'],
      })
        .argument('<id>', 'as the list names it')
        .option('--reveal', 'the body as well; this is recorded')
        .action(async (id: string, flags: ShowFlags) => show(world, id, flags)),
    );

/** Enough of the key to tell apart what came within a day. */
const ID = 12;

export const rejectedId = ({ arrived, key }: Pick<RejectedOutline, 'arrived' | 'key'>): string =>
  `${arrived.toISOString().slice(0, 10)}/${key.slice(0, ID)}`;

async function list({ connections, terminal, now: clock }: World, flags: ListFlags): Promise<void> {
  const now = clock();
  const since = sinceOf(flags.since, now);
  const all = await rowsSince(
    (day) => connections.tables().rejectedEvents.outlinesOfDay(day),
    since,
    now,
    terminal.progress,
  );
  const found = all.filter(({ source }) => flags.source === undefined || source === flags.source);
  const shown = flags.limit === 0 ? found : found.slice(0, flags.limit);
  const heading = `${found.length === 0 ? 'No event was' : `${counted(found.length, 'event')} ${found.length === 1 ? 'was' : 'were'}`} rejected since ${instant(since)}.`;
  if (flags.json)
    terminal.print(
      JSON.stringify(
        flags.by ? groupsOf(found) : shown.map(({ key, ...row }) => ({ ref: rejectedId({ ...row, key }), ...row })),
        null,
        2,
      ),
    );
  else if (flags.by) terminal.print([heading, ...groupLines(found, terminal.width)].join('\n'));
  else terminal.print([heading, ...rowLines(shown, terminal)].join('\n'));
  if (!flags.by && shown.length < found.length)
    terminal.say(`The latest ${shown.length} of ${found.length} are shown; --limit 0 shows all, --by counts them.`);
}

/** Two lines for each: what it was, and why. */
function rowLines(rows: readonly RejectedOutline[], { width, paint }: Pick<Terminal, 'width' | 'paint'>): string[] {
  if (rows.length === 0) return [];
  const cells = rows.map((row) => [
    rejectedId(row),
    row.arrived.toISOString().slice(11, 16),
    row.source || '(no publisher)',
    row.type || '(no type)',
    row.subject,
    retryOf(row),
  ]);
  return [
    '',
    ...aligned([[], ...cells], width - 2, 2)
      .slice(1)
      .flatMap((line, index) => [
        `  ${line}`,
        ...wrap(clean(whyOf(rows[index]?.reasons ?? [])), width - 4).map((why) => `    ${paint('dim', why)}`),
      ]),
  ];
}

function retryOf(row: RejectedOutline): string {
  if (!row.retried) return '';
  return waitsForRetry(row) ? 'rejected again' : 'taken again';
}

const inWords = ({ path, expected }: Reason): string => `${path === '$' ? 'the body' : path}: expected ${expected}`;

function whyOf(reasons: readonly Reason[]): string {
  const [first, ...others] = reasons;
  return `${first ? inWords(first) : ''}${others.length > 0 ? ` (and ${others.length} more)` : ''}`;
}

type Group = { source: string; reason: string; count: number; latest: Date };

/** By publisher and reason, the most frequent first; an event with several reasons counts under each. */
function groupsOf(rows: readonly RejectedOutline[]): Group[] {
  const reasons = rows.flatMap((row) => row.reasons.map((reason) => ({ row, reason: inWords(reason) })));
  return [...Map.groupBy(reasons, ({ row, reason }) => JSON.stringify([row.source, reason])).values()]
    .flatMap((group) => {
      const [first] = group;
      const latest = new Date(Math.max(...group.map(({ row }) => row.at.getTime())));
      return first ? [{ source: first.row.source, reason: first.reason, count: group.length, latest }] : [];
    })
    .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
}

function groupLines(rows: readonly RejectedOutline[], width: number): string[] {
  if (rows.length === 0) return [];
  const groups = groupsOf(rows).map(({ source, reason, count, latest }) => [
    String(count),
    minute(latest),
    source || '(none)',
    reason,
  ]);
  return ['', ...aligned([['count', 'latest', 'publisher', 'why'], ...groups], width - 2).map((line) => `  ${line}`)];
}

async function show(world: World, id: string, { reveal, json }: ShowFlags): Promise<void> {
  const { terminal } = world;
  const { key, rejected } = await findRejected(world.connections.tables().rejectedEvents, id);
  if (reveal)
    await recordReveal(
      world,
      'rejected show',
      `Reveals the body of rejected event ${rejectedId({ ...rejected, key })}.`,
    );
  const { body, ...row } = rejected;
  const text = Buffer.from(body).toString();
  if (json)
    terminal.print(
      JSON.stringify(
        { ref: rejectedId({ ...row, key }), ...row, bytes: body.length, ...(reveal ? { body: text } : {}) },
        null,
        2,
      ),
    );
  else terminal.print(details(rejected, reveal === true, terminal.width).join('\n'));
}

/**
 * The event that an id such as `2026-11-21/3f9a6c01d2e4` names.
 * @throws CommandError when there is none, or more than one
 */
export async function findRejected(
  table: Pick<RejectedEvents, 'outlinesOfDay' | 'read'>,
  id: string,
): Promise<{ day: string; key: string; rejected: StoredRejected }> {
  const [, day = '', prefix = ''] = /^(\d{4}-\d\d-\d\d)\/([0-9a-f]{4,64})$/.exec(id) ?? [];
  const keys: string[] = [];
  if (day) for await (const { key } of table.outlinesOfDay(day)) if (key.startsWith(prefix)) keys.push(key);
  const [key, ...others] = keys;
  const rejected = key === undefined || others.length > 0 ? undefined : await table.read(day, key);
  if (key !== undefined && rejected) return { day, key, rejected };
  throw new CommandError(
    others.length > 0
      ? `${id} names ${keys.length} rejected events; give more of it.`
      : `There is no rejected event ${id}. Ids look like 2026-11-21/3f9a6c01d2e4; \`npm run notify -- rejected\` lists them.`,
  );
}

function details(
  { at, arrived, source, subject, id, type, reasons, body, times, retried }: StoredRejected,
  reveal: boolean,
  width: number,
): string[] {
  const facts: [string, string][] = [
    ['Event', id],
    ['Type', type],
    ['Subject', subject],
    ['Publisher', source],
    ['Arrived', instant(arrived)],
    ['Rejected', times === 1 ? instant(at) : `${instant(at)}, and ${counted(times - 1, 'time')} more since`],
    ...(retried ? [['Retried', `${instant(retried.at)}, by ${retried.by}`] as [string, string]] : []),
    ['Body', `${counted(body.length, 'byte')}, kept as they came${reveal ? '' : '; --reveal shows them'}`],
  ];
  return [
    ...facts.map(([label, text]) => `${label.padEnd(11)}${clean(text) || '(could not be read)'}`),
    '',
    'It can be used once all of this is put right by its publisher:',
    '',
    ...reasons.flatMap((reason) =>
      wrap(clean(inWords(reason)), width - 4).map((line, index) => `${index === 0 ? '  ✖ ' : '    '}${line}`),
    ),
    ...(reveal ? ['', ...Buffer.from(body).toString().split('\n').map(clean)] : []),
  ];
}
