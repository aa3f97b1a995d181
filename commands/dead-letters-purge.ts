/** `notify dead-letters purge`: removes their rows before their retention ends. */
import type { Command } from 'commander';
import { deadLetterKey } from '../shared/keys.ts';
import { agree, type ChangeFlags, defineCommand, type World } from './command.ts';
import { selectDeadLetters, type Selection, withSelection } from './dead-letters-selection.ts';
import { deadLetterId, isWaiting } from './dead-letters.ts';
import { counted } from './format.ts';
import { type WhoAndWhy, withWhoAndWhy } from './who-and-why.ts';

type Flags = ChangeFlags & WhoAndWhy & Selection & { waitingToo?: true; json?: true };

export const deadLettersPurgeCommand = (world: World): Command =>
  withSelection(
    withWhoAndWhy(
      defineCommand(world, {
        name: 'purge',
        effect: 'destroys',
        about: 'Removes their rows. The body of an event that waits for a person stays among the rejected events.',
        examples: [
          'dead-letters purge --since 7d --why "All of them were put back."',
          'dead-letters purge 2026-11-21/sms@42 --why "A test of ours."',
        ],
      }),
      world,
      'required',
    ),
  )
    .option('--waiting-too', 'those too that still wait for a person')
    .action(async (ids: string[], flags: Flags) => purge(world, ids, flags));

async function purge(world: World, ids: readonly string[], flags: Flags): Promise<void> {
  const { connections, terminal, now } = world;
  const { ageing, staffActions } = connections.tables();
  const rows = await selectDeadLetters(world, ids, flags, (row) => flags.waitingToo === true || !isWaiting(row));
  const doing = `Removes ${counted(rows.length, 'dead letter')} for good.`;
  if (!(await agree(world, flags, doing))) {
    if (flags.json) terminal.print(JSON.stringify({ wouldRemove: rows.map(deadLetterId) }, null, 2));
    return;
  }
  await staffActions.put({
    at: now(),
    by: flags.by,
    command: 'dead-letters purge',
    what: `${doing} Why: ${flags.why}`,
  });
  const byDay = Map.groupBy(rows.map(deadLetterKey), ({ partitionKey }) => partitionKey);
  let removed = 0;
  for (const [day, keys] of byDay) {
    await ageing.deadLetters.remove(
      day,
      keys.map(({ rowKey }) => rowKey),
    );
    terminal.progress(`${(removed += keys.length)} of ${rows.length} removed`);
  }
  terminal.progress('');
  terminal.print(
    flags.json
      ? JSON.stringify({ removed: rows.map(deadLetterId) }, null, 2)
      : `${counted(rows.length, 'dead letter')} removed.`,
  );
}
