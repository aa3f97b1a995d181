/** All commands of `notify`, and how one ends: exit codes and faults. */
import { Command, CommanderError } from 'commander';
import { QueueError } from '../shared/azure/queues.ts';
import { TableError } from '../shared/azure/table.ts';
import { SettingsError } from '../shared/config.ts';
import { CommandError, FAILED, MISUSED, type World } from './command.ts';
import { channelCommand } from './channel.ts';
import { whatToDo } from './connections.ts';
import { deadLettersPurgeCommand } from './dead-letters-purge.ts';
import { deadLettersResubmitCommand } from './dead-letters-resubmit.ts';
import { deadLettersCommand } from './dead-letters.ts';
import { failuresCommand } from './failures.ts';
import { previewCommand } from './preview.ts';
import { publishCommand } from './publish.ts';
import { purgeCommand } from './purge.ts';
import { rejectedRetryCommand } from './rejected-retry.ts';
import { rejectedCommand } from './rejected.ts';
import { remindersCommand } from './reminders.ts';
import { replayCommand } from './replay.ts';
import { resendCommand } from './resend.ts';
import { showCommand } from './show.ts';
import { statusCommand } from './status.ts';
import { suppressionsAddCommand, suppressionsLiftCommand } from './suppressions-change.ts';
import { suppressionsCommand } from './suppressions.ts';

const COMMANDS: readonly ((world: World) => Command)[] = [
  statusCommand,
  failuresCommand,
  showCommand,
  remindersCommand,
  resendCommand,
  (world) => rejectedCommand(world).addCommand(rejectedRetryCommand(world)),
  (world) =>
    deadLettersCommand(world).addCommand(deadLettersResubmitCommand(world)).addCommand(deadLettersPurgeCommand(world)),
  (world) =>
    suppressionsCommand(world).addCommand(suppressionsAddCommand(world)).addCommand(suppressionsLiftCommand(world)),
  channelCommand,
  previewCommand,
  publishCommand,
  replayCommand,
  purgeCommand,
];

const program = (world: World): Command => {
  const root = new Command('notify')
    .enablePositionalOptions()
    .description('Looks after the notifications: what became of them, why, and what to do.')
    .addHelpText(
      'after',
      `
Settings come from the environment, and below it from local.settings.json: they decide what is looked at.
Recipients are masked; --reveal shows them and is recorded.
Exit codes: 0 done, 1 what was asked for is not there, or something failed, 2 wrong use or settings.`,
    );
  for (const create of COMMANDS) root.addCommand(create(world));
  for (const command of allUnder(root))
    command.exitOverride().configureOutput({
      writeOut: (text) => world.terminal.print(text.trimEnd()),
      writeErr: (text) => world.terminal.say(text.trimEnd()),
    });
  return root;
};

const allUnder = (command: Command): Command[] => [command, ...command.commands.flatMap(allUnder)];

/**
 * Runs one command line, without `notify` itself.
 * @returns the exit code
 */
export async function runNotify(args: readonly string[], world: World): Promise<number> {
  try {
    await program(world).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : MISUSED;
    const { message, exitCode } = faultOf(error);
    if (message) world.terminal.say(message);
    return exitCode;
  } finally {
    await world.connections.close();
  }
}

/** One line for what people can do something about. @throws the error itself when it is a fault of ours */
function faultOf(error: unknown): { message: string; exitCode: number } {
  if (error instanceof CommandError) return error;
  if (error instanceof SettingsError) return { message: error.message, exitCode: MISUSED };
  if (error instanceof TableError)
    return { message: `Cannot use the tables (${error.message}). ${whatToDo('Tables')}`, exitCode: FAILED };
  if (error instanceof QueueError)
    return { message: `Cannot use the broker (${error.message}). ${whatToDo('ServiceBus')}`, exitCode: FAILED };
  throw error;
}
