/** `notify rejected retry`: after a fix of ours, takes rejected events again. */
import type { Command } from 'commander';
import type { RejectedOutline } from '../shared/ports.ts';
import { retryRejected, waitsForRetry } from '../shared/retry-rejected.ts';
import { agree, type ChangeFlags, CommandError, defineCommand, MISUSED, wholeNumber, type World } from './command.ts';
import { counted } from './format.ts';
import { findRejected, rejectedId } from './rejected.ts';
import { rowsSince } from './rows-since.ts';
import { SINCE_HELP, sinceOf } from './since.ts';
import { type WhoAndWhy, withWhoAndWhy } from './who-and-why.ts';

type Flags = ChangeFlags &
  WhoAndWhy & { since?: string; reasonPath?: string; source?: string; type?: string; limit: number; json?: true };

export const rejectedRetryCommand = (world: World): Command =>
  withWhoAndWhy(
    defineCommand(world, {
      name: 'retry',
      effect: 'changes',
      about:
        'Takes them again, under their own ids and as of when they first arrived; those still bad are rejected again.',
      examples: [
        'rejected retry 2026-11-21/3f9a6c01d2e4',
        'rejected retry --since 10:00 --reason-path data.order.trackingLink --why "The host is allowed now."',
      ],
    }),
    world,
    'optional',
  )
    .argument('[ids...]', 'as the list names them; without them all that wait since a time')
    .option('--since <time>', SINCE_HELP)
    .option('--reason-path <path>', 'only those with a fault there')
    .option('--source <uri>', 'only of this publisher')
    .option('--type <type>', 'only of this type')
    .option('--limit <count>', 'refuse when there are more than so many', wholeNumber, 5_000)
    .action(async (ids: string[], flags: Flags) => retry(world, ids, flags));

/** Read, sent and recorded together. */
const BATCH = 50;

async function retry(world: World, ids: readonly string[], flags: Flags): Promise<void> {
  const { connections, terminal, now } = world;
  const { rejectedEvents, staffActions } = connections.tables();
  const wanted = ids.length > 0 ? await named(world, ids) : await waiting(world, flags);
  if (wanted.length === 0) throw new CommandError('No rejected event waits for that.');
  if (wanted.length > flags.limit)
    throw new CommandError(`There are ${wanted.length} events; --limit ${wanted.length} allows so many.`, MISUSED);
  const doing = `Takes ${counted(wanted.length, 'rejected event')} again.`;
  const result = { events: wanted.map(rejectedId), taken: 0 };
  if (await agree(world, flags, doing)) {
    const { by, why } = flags;
    await staffActions.put({ at: now(), by, command: 'rejected retry', what: why ? `${doing} Why: ${why}` : doing });
    const dependencies = { rejectedEvents, queues: connections.broker(), clock: { now } };
    for (let from = 0; from < wanted.length; from += BATCH) {
      result.taken += await retryRejected(wanted.slice(from, from + BATCH), by, dependencies);
      terminal.progress(`${result.taken} of ${wanted.length} on their way`);
    }
  } else if (!flags.json) return;
  terminal.print(
    flags.json
      ? JSON.stringify(result, null, 2)
      : `${counted(result.taken, 'event')} on the way. \`npm run notify -- rejected\` lists those that are rejected again.`,
  );
}

async function named({ connections }: World, ids: readonly string[]): Promise<RejectedOutline[]> {
  const found = new Map<string, RejectedOutline>();
  for (const id of ids) {
    const { key, rejected } = await findRejected(connections.tables().rejectedEvents, id);
    found.set(key, { ...rejected, key });
  }
  return [...found.values()];
}

async function waiting({ connections, terminal, now: clock }: World, flags: Flags): Promise<RejectedOutline[]> {
  const { since, reasonPath, source, type } = flags;
  if (since === undefined)
    throw new CommandError('Say which: ids as `npm run notify -- rejected` lists them, or --since.', MISUSED);
  const now = clock();
  const all = await rowsSince(
    (day) => connections.tables().rejectedEvents.outlinesOfDay(day),
    sinceOf(since, now),
    now,
    terminal.progress,
  );
  return all.filter(
    (row) =>
      waitsForRetry(row) &&
      (reasonPath === undefined || row.reasons.some(({ path }) => path === reasonPath)) &&
      (source === undefined || row.source === source) &&
      (type === undefined || row.type === type),
  );
}
