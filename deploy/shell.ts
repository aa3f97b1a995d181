/** How a deployment reaches `az`, `azd` and `git`: one function that is handed in, and says of each command what it does to the world. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What a command does to the world. */
export type Effect = 'reads' | 'changes' | 'costs' | 'destroys';

/** Runs a command and gives its standard output. @throws CommandFailed */
export type Shell = (effect: Effect, command: 'az' | 'azd' | 'git', args: readonly string[]) => Promise<string>;

export class CommandFailed extends Error {
  override name = 'CommandFailed';
  /** @param stderr what the command wrote to standard error */
  constructor(command: string, stderr: string) {
    super(`${command} failed: ${stderr.trim() || 'it says nothing about why'}`);
  }
}

const run = promisify(execFile);
const LARGEST = 64 * 1024 * 1024;

/** @param say is told each command, with its effect, before it runs */
export function processShell(say: (line: string) => void): Shell {
  return async (effect, command, args) => {
    say(`  ${effect.padEnd(8)}  ${command} ${args.map(inWords).join(' ')}`);
    try {
      return (await run(command, [...args], { maxBuffer: LARGEST })).stdout;
    } catch (error) {
      const { stderr, message, code } = error as { stderr?: string; message: string; code?: unknown };
      throw new CommandFailed(command, code === 'ENOENT' ? 'it is not installed' : stderr || message);
    }
  };
}

const inWords = (arg: string): string => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg}'`);

/** `az … --output json`, parsed. */
export async function azJson(shell: Shell, effect: Effect, args: readonly string[]): Promise<unknown> {
  const text = await shell(effect, 'az', [...args, '--output', 'json']);
  return text.trim() === '' ? undefined : JSON.parse(text);
}
