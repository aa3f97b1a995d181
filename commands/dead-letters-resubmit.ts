/** `notify dead-letters resubmit`: puts them back. */
import type { Command } from 'commander';
import { resubmit } from '../shared/resubmit.ts';
import { agree, type ChangeFlags, CommandError, defineCommand, type World } from './command.ts';
import { selectDeadLetters, type Selection, withSelection } from './dead-letters-selection.ts';
import { deadLetterId } from './dead-letters.ts';
import { aligned, counted } from './format.ts';
import { type WhoAndWhy, withWhoAndWhy } from './who-and-why.ts';

type Flags = ChangeFlags & WhoAndWhy & Selection & { json?: true };

export const deadLettersResubmitCommand = (world: World): Command =>
  withSelection(
    withWhoAndWhy(
      defineCommand(world, {
        name: 'resubmit',
        effect: 'changes',
        about: 'Puts them back. Safe to do again: ids and deadlines stay, so that nothing is sent twice or too late.',
        examples: [
          'dead-letters resubmit 2026-11-21/sms@42',
          'dead-letters resubmit --since 10:00 --entity order-events/notifications --why "The bug is mended."',
        ],
      }),
      world,
      'optional',
    ),
  ).action(async (ids: string[], flags: Flags) => resubmitAll(world, ids, flags));

async function resubmitAll(world: World, ids: readonly string[], flags: Flags): Promise<void> {
  const { connections, terminal, now } = world;
  const tables = connections.tables();
  const rows = await selectDeadLetters(world, ids, flags, ({ putBack }) => !putBack);
  const doing = `Puts ${counted(rows.length, 'dead letter')} back.`;
  if (!(await agree(world, flags, doing))) {
    if (flags.json) terminal.print(JSON.stringify({ wouldPutBack: rows.map(deadLetterId) }, null, 2));
    return;
  }
  const { by, why } = flags;
  const command = 'dead-letters resubmit';
  await tables.staffActions.put({ at: now(), by, command, what: why ? `${doing} Why: ${why}` : doing });
  const dependencies = { ...tables, queues: connections.broker(), clock: { now } };
  const [putBack, left]: [string[], { id: string; why: string }[]] = [[], []];
  for (const row of rows) {
    const against = await resubmit(row, by, dependencies);
    if (against === undefined) putBack.push(deadLetterId(row));
    else left.push({ id: deadLetterId(row), why: against });
    terminal.progress(`${putBack.length + left.length} of ${rows.length} done`);
  }
  terminal.progress('');
  if (flags.json) terminal.print(JSON.stringify({ putBack, left }, null, 2));
  else {
    terminal.print(`${counted(putBack.length, 'dead letter')} put back.`);
    for (const line of aligned([[], ...left.map((one) => ['left alone', one.id, one.why])], terminal.width).slice(1))
      terminal.print(line);
  }
  if (putBack.length === 0) throw new CommandError('Nothing was put back.');
}
