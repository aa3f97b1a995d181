/** `notify dead-letters`: messages that were given up, and why. `resubmit` and `purge` change them. */
import type { Command } from 'commander';
import type { DeadLetterRow, DeadLetters } from '../shared/ports.ts';
import { CommandError, defineCommand, wholeNumber, type World } from './command.ts';
import type { Terminal } from './terminal.ts';
import { aligned, clean, counted, instant, minute, shellWord, wrap } from './format.ts';
import { rowsSince } from './rows-since.ts';
import { SINCE_HELP, sinceOf } from './since.ts';

type ListFlags = { since: string; limit: number; json?: true };

export const deadLettersCommand = (world: World): Command =>
  defineCommand(world, {
    name: 'dead-letters',
    effect: 'reads',
    about: 'Messages of every queue and subscription that were given up, and why.',
    examples: ['dead-letters --since 24h', 'dead-letters show 2026-11-21/sms@42'],
  })
    .option('--since <time>', SINCE_HELP, '7d')
    .option('--limit <count>', 'at most so many, the latest; 0 is all', wholeNumber, 50)
    .action(async (flags: ListFlags) => list(world, flags))
    .addCommand(
      defineCommand(world, {
        name: 'show',
        effect: 'reads',
        about: 'One of them: why, and what has become of it.',
        examples: ['dead-letters show 2026-11-21/sms@42'],
      })
        .argument('<id>', 'as the list names it')
        .action(async (id: string, flags: { json?: true }) => show(world, id, flags)),
    );

export const deadLetterId = ({ enqueued, entity, sequenceNumber }: DeadLetterRow): string =>
  `${enqueued.toISOString().slice(0, 10)}/${entity}@${sequenceNumber}`;

async function list({ connections, terminal, now: clock }: World, { since: asked, limit, json }: ListFlags) {
  const now = clock();
  const since = sinceOf(asked, now);
  const found = await rowsSince((day) => connections.tables().deadLetters.ofDay(day), since, now, terminal.progress);
  const shown = limit === 0 ? found : found.slice(0, limit);
  if (json)
    terminal.print(
      JSON.stringify(
        shown.map((row) => ({ ref: deadLetterId(row), ...row })),
        null,
        2,
      ),
    );
  else terminal.print([headingOf(found, since), ...rowLines(shown, terminal)].join('\n'));
  if (shown.length < found.length)
    terminal.say(`The latest ${shown.length} of ${found.length} are shown; --limit 0 shows all.`);
}

function headingOf(rows: readonly DeadLetterRow[], since: Date): string {
  if (rows.length === 0) return `No message was given up since ${instant(since)}.`;
  const wait = rows.filter((row) => isWaiting(row)).length;
  const waiting = wait === 0 ? 'none waits for a person' : `${wait} ${wait === 1 ? 'waits' : 'wait'} for a person`;
  return `${counted(rows.length, 'message')} ${rows.length === 1 ? 'was' : 'were'} given up since ${instant(since)}; ${waiting}.`;
}

/** Copies come again by housekeeping; an event only when it is put back. */
export const isWaiting = ({ delivery, putBack }: DeadLetterRow): boolean => delivery === '' && !putBack;

function stateOf(row: DeadLetterRow): string {
  if (row.putBack) return `put back by ${row.putBack.by === 'itself' ? 'itself' : row.putBack.by}`;
  return isWaiting(row) ? 'waits for a person' : 'its delivery goes on';
}

/** Two lines for each: what becomes of it, and why it was given up. */
function rowLines(rows: readonly DeadLetterRow[], { width, paint }: Pick<Terminal, 'width' | 'paint'>): string[] {
  if (rows.length === 0) return [];
  const lines = aligned([[], ...rows.map((row) => [deadLetterId(row), stateOf(row)])], width - 2, 1).slice(1);
  return [
    '',
    ...rows.flatMap((row, index) => [
      `  ${lines[index]}`,
      ...wrap(clean(whyOf(row)), width - 4).map((line) => `    ${paint('dim', line)}`),
    ]),
  ];
}

const whyOf = ({ at, reason, subject, delivery }: DeadLetterRow): string =>
  [`${minute(at)}: ${reason}`, subject || delivery].filter(Boolean).join(', ');

async function show({ connections, terminal }: World, id: string, { json }: { json?: true }): Promise<void> {
  const row = await findDeadLetter(connections.tables().deadLetters, id);
  terminal.print(
    json ? JSON.stringify({ ref: deadLetterId(row), ...row }, null, 2) : details(row, terminal.width).join('\n'),
  );
}

/**
 * The row that an id such as `2026-11-21/sms@42` names.
 * @throws CommandError when there is none
 */
export async function findDeadLetter(table: Pick<DeadLetters, 'ofDay'>, id: string): Promise<DeadLetterRow> {
  const [, day] = /^(\d{4}-\d\d-\d\d)\/.+@\d+$/.exec(id) ?? [];
  if (day) for await (const row of table.ofDay(day)) if (deadLetterId(row) === id) return row;
  throw new CommandError(
    `There is no dead letter ${id}. Ids look like 2026-11-21/sms@42; \`npm run notify -- dead-letters\` lists them.`,
  );
}

function details(row: DeadLetterRow, width: number): string[] {
  const { at, entity, messageId, reason, description, deliveryCount, enqueued, arrived, resubmitted, putBack } = row;
  const { source, subject, eventId, delivery } = row;
  const facts: [string, string][] = [
    ['From', entity],
    ['Reason', [reason, description].filter(Boolean).join(': ')],
    ['Tries', String(deliveryCount)],
    ['Arrived', instant(arrived)],
    ['Enqueued', instant(enqueued)],
    ['Given up', instant(at)],
    ['Message', messageId],
    ['Event', eventId && `${eventId} of ${source}`],
    ['Subject', subject],
    ['Delivery', delivery],
    [
      'Put back',
      putBack ? `${instant(putBack.at)}, by ${putBack.by}` : resubmitted > 0 ? counted(resubmitted, 'time') : '',
    ],
    ['Next step', nextStep(row)],
  ];
  return facts
    .filter(([, text]) => text !== '')
    .flatMap(([label, text]) =>
      wrap(clean(text), width - 11).map((line, index) => (index === 0 ? label : '').padEnd(11) + line),
    );
}

function nextStep(row: DeadLetterRow): string {
  if (row.putBack)
    return `Nothing to do; \`npm run notify -- show ${shellWord(row.subject || row.delivery)}\` tells what became of it.`;
  if (!isWaiting(row))
    return 'Nothing to do: housekeeping schedules its delivery again. Look for what crashes the process.';
  if (row.subject === '')
    return 'Its body cannot be read as an event: see `npm run notify -- rejected`. Its publisher mends it and sends it under a new id.';
  return `Mend what made it fail, then put it back: \`npm run notify -- dead-letters resubmit ${shellWord(deadLetterId(row))}\`.`;
}
