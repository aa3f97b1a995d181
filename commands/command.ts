/**
 * The frame of `notify`: what every command is given, how it says what it will do, and how it asks.
 *
 * A command is one file with a factory `xCommand(world)` that returns a commander `Command` made by `defineCommand`, and
 * one line in `program.ts`. Its action works out what it found, prints to `world.terminal`, and throws a `CommandError`
 * for anything that people have to do something about. A command that changes or destroys calls `agree` once it knows
 * what it is about to do, in a sentence with a count, and goes on only when that resolves to true:
 *
 *     const letters = await find(…);
 *     if (!(await agree(world, flags, `Puts ${letters.length} dead letters back.`))) return;
 *
 * Its flags `--dry-run` and `--yes` are there already, as `--json` is everywhere. Below another command it is added with
 * `.addCommand(defineCommand(…))`. What it did is recorded with `world.connections.tables().staffActions.put`.
 */
import { Command, InvalidArgumentError } from 'commander';
import type { Connections } from './connections.ts';
import type { Terminal } from './terminal.ts';

/** What a command does to the world; stands in its help and is said before it begins. */
export type Effect = 'reads' | 'changes' | 'destroys';

export type World = {
  now: () => Date;
  connections: Connections;
  terminal: Terminal;
  /** Who runs this, for records of what was done. */
  user: string;
};

export const FAILED = 1;
export const MISUSED = 2;

/** Ends a command with one line that says what to do, and an exit code. */
export class CommandError extends Error {
  override name = 'CommandError';
  readonly exitCode: number;
  constructor(message: string, exitCode: typeof FAILED | typeof MISUSED = FAILED) {
    super(message);
    this.exitCode = exitCode;
  }
}

const EFFECTS: Record<Effect, string> = {
  reads: 'Reads only.',
  changes: 'Changes something: asks first, unless --yes.',
  destroys: 'Destroys something for good: asks first, unless --yes.',
};

export type CommandOutline = {
  name: string;
  effect: Effect;
  about: string;
  /** Command lines without `npm run notify -- `. */
  examples: readonly string[];
  /** Only where the results can be JSON; they can nearly everywhere. */
  json?: false;
};

export function defineCommand(world: World, { name, effect, about, examples, json }: CommandOutline): Command {
  const command = new Command(name)
    .description(`${about} ${EFFECTS[effect]}`)
    .summary(about)
    .enablePositionalOptions()
    .hook('preAction', (_, acting) => {
      if (acting === command && effect === 'reads') world.terminal.hint(`${pathOf(command)} reads only.`);
    });
  if (json !== false) command.option('--json', 'as JSON, for programs');
  if (effect !== 'reads')
    command.option('--dry-run', 'say what would be done, and do nothing').option('--yes', 'do it without asking');
  return command.addHelpText(
    'after',
    `\nExamples:\n${examples.map((example) => `  npm run notify -- ${example}`).join('\n')}`,
  );
}

/** `rejected show` */
const pathOf = (command: Command): string =>
  command.parent?.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();

export type ChangeFlags = { dryRun?: true; yes?: true };

/**
 * Says what is about to be done and asks whether it may be. False: a dry run, or somebody said no.
 * @param doing a sentence such as `Puts 12 dead letters back.`
 * @throws CommandError when there is nobody to ask
 */
export async function agree(
  { terminal }: Pick<World, 'terminal'>,
  { dryRun, yes }: ChangeFlags,
  doing: string,
): Promise<boolean> {
  terminal.say(doing);
  if (dryRun) terminal.say('Dry run: nothing was done.');
  if (dryRun || yes) return !dryRun;
  if (!terminal.interactive)
    throw new CommandError('Nothing was done: there is no terminal to ask at. Add --yes to do it.', MISUSED);
  const agreed = await terminal.ask('Go on?');
  if (!agreed) terminal.say('Nothing was done.');
  return agreed;
}

/**
 * Before addresses, texts or bodies are shown that are hidden otherwise: leaves a record of it. They are not shown when
 * that fails.
 */
export async function recordReveal({ connections, user, now, terminal }: World, command: string, what: string) {
  await connections.tables().staffActions.put({ at: now(), by: user, command, what });
  terminal.say(`${what} That is on record, with your name: ${user}.`);
}

/** For a commander option that counts something. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Expected a whole number.');
  return Number(text);
}
