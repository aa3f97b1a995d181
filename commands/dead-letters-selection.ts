/** Which dead letters a command is about: those named, or those of a time and a queue. */
import type { Command } from 'commander';
import type { DeadLetterRow } from '../shared/ports.ts';
import { CommandError, MISUSED, wholeNumber, type World } from './command.ts';
import { findDeadLetter } from './dead-letters.ts';
import { rowsSince } from './rows-since.ts';
import { SINCE_HELP, sinceOf } from './since.ts';

export type Selection = { since?: string; entity?: string; limit: number };

export const withSelection = (command: Command): Command =>
  command
    .argument('[ids...]', 'as the list names them; without them those given up since a time')
    .option('--since <time>', SINCE_HELP)
    .option('--entity <name>', 'only of this queue or subscription, such as sms or order-events/notifications')
    .option('--limit <count>', 'refuse when there are more than so many', wholeNumber, 1_000);

/**
 * @param isMeant of those that are not named one by one
 * @throws CommandError when it is not said which, when there are none, and when there are more than the limit
 */
export async function selectDeadLetters(
  { connections, terminal, now: clock }: World,
  ids: readonly string[],
  { since, entity, limit }: Selection,
  isMeant: (row: DeadLetterRow) => boolean,
): Promise<DeadLetterRow[]> {
  const table = connections.tables().deadLetters;
  const found: DeadLetterRow[] = [];
  if (ids.length > 0) for (const id of new Set(ids)) found.push(await findDeadLetter(table, id));
  else {
    if (since === undefined)
      throw new CommandError('Say which: ids as `npm run notify -- dead-letters` lists them, or --since.', MISUSED);
    const now = clock();
    const all = await rowsSince((day) => table.ofDay(day), sinceOf(since, now), now, terminal.progress);
    found.push(...all.filter((row) => isMeant(row) && (entity === undefined || row.entity === entity)));
  }
  if (found.length === 0) throw new CommandError('There is no such dead letter.');
  if (found.length <= limit) return found;
  throw new CommandError(`There are ${found.length} dead letters; --limit ${found.length} allows so many.`, MISUSED);
}
