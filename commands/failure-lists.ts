/** The lists that `failures` prints. */
import { CAUSES } from '../shared/causes.ts';
import type { Failure } from '../shared/ports.ts';
import { aligned, bar, minute, wrap, widthOf } from './format.ts';
import type { Terminal } from './terminal.ts';

type View = Pick<Terminal, 'width' | 'paint'>;

/** What failures can be counted and chosen by. */
export const FAILURE_COLUMNS = {
  region: ({ region }) => region,
  country: ({ country }) => country,
  cause: ({ cause }) => cause,
  status: ({ status }) => status,
  channel: ({ channel }) => channel,
  message: ({ message }) => message,
  version: ({ message, version }) => `${message} v${version}`,
  locale: ({ locale }) => locale,
  shop: ({ shop }) => shop,
  'mail-host': ({ mailHost }) => mailHost,
  carrier: ({ carrier }) => carrier,
  sender: ({ sender }) => sender,
  subject: ({ subject }) => subject,
  day: ({ at }) => at.toISOString().slice(0, 10),
  hour: ({ at }) => at.toISOString().slice(0, 13),
} as const satisfies Record<string, (failure: Failure) => string>;

export type FailureColumn = keyof typeof FAILURE_COLUMNS;

export type FailureGroup = { values: Partial<Record<FailureColumn, string>>; count: number };

/** The largest group first. */
export function groupsOf(failures: readonly Failure[], by: readonly FailureColumn[]): FailureGroup[] {
  const groups = Map.groupBy(failures, (failure) =>
    JSON.stringify(by.map((column) => FAILURE_COLUMNS[column](failure))),
  );
  return [...groups]
    .map(([key, of]) => {
      const values = JSON.parse(key) as string[];
      return { values: Object.fromEntries(by.map((column, index) => [column, values[index]])), count: of.length, key };
    })
    .sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1))
    .map(({ values, count }) => ({ values, count }));
}

const BAR = 20;

export function groupedFailures(failures: readonly Failure[], by: readonly FailureColumn[], view: View): string[] {
  const groups = groupsOf(failures, by);
  const [largest] = groups;
  if (!largest) return [];
  const rows = groups.map(({ values, count }) => [...by.map((column) => values[column] || '(none)'), String(count)]);
  const table = aligned([[...by, 'count'], ...rows], view.width - BAR - 4);
  const [head = '', ...lines] = table;
  const widest = Math.max(...table.map(widthOf));
  return [
    '',
    `  ${view.paint('dim', head)}`,
    ...lines.map(
      (line, index) =>
        `  ${line + ' '.repeat(widest - widthOf(line))}  ${view.paint('red', bar((groups[index]?.count ?? 0) / largest.count, BAR))}`,
    ),
    ...(by.includes('cause') ? ['', ...legend(failures, view)] : []),
  ];
}

/** What each cause means and what to do about it. */
function legend(failures: readonly Failure[], { width, paint }: View): string[] {
  const causes = [...new Set(failures.map(({ cause }) => cause))].sort();
  const column = Math.max(...causes.map((cause) => cause.length)) + 2;
  return causes.flatMap((cause) =>
    wrap(`${CAUSES[cause].meaning} ${CAUSES[cause].nextStep}`, Math.max(30, width - column - 2)).map(
      (line, index) => `  ${paint('bold', (index === 0 ? cause : '').padEnd(column))}${line}`,
    ),
  );
}

/** By cause, the most frequent one first, under its meaning and what to do. */
export function failureList(failures: readonly Failure[], view: View): string[] {
  const groups = [...Map.groupBy(failures, ({ status, cause }) => `${status} ${cause}`).values()];
  return groups
    .sort((a, b) => b.length - a.length)
    .flatMap((group) => {
      const [first] = group;
      return first ? ['', ...groupHead(first, group.length, view), '', ...groupRows(group, view)] : [];
    });
}

function groupHead({ status, cause }: Failure, count: number, { width, paint }: View): string[] {
  const { meaning, nextStep } = CAUSES[cause];
  return [
    ...wrap(`${count} ${status}: ${meaning}`, width).map((line) => paint('bold', line)),
    ...wrap(nextStep, width - 2).map((line) => `  ${line}`),
  ];
}

function groupRows(group: readonly Failure[], { width, paint }: View): string[] {
  const rows = group.map(({ at, subject, channel, recipient, country, region, message, version, resolvedAt }) => [
    minute(at),
    subject,
    channel,
    recipient || 'nobody',
    [country, region].filter(Boolean).join(' '),
    `${message} v${version}`,
    ...(resolvedAt ? [`arrived ${minute(resolvedAt)}`] : []),
  ]);
  return aligned([[], ...rows], width - 2)
    .slice(1)
    .map((line, index) => `  ${group[index]?.resolvedAt ? paint('dim', line) : line}`);
}
