import { CommandFailed, type Shell } from '../../deploy/shell.ts';
import type { World } from '../../deploy/world.ts';
import { fakeClock } from '../fakes/clock.ts';

export type FakeWorld = World & {
  /** `reads: az account show` */
  commands: string[];
  said: string[];
};

/** @param answers by the beginning of a command line: a value as JSON, an error that it ends with, or several `InTurn` */
export function fakeWorld(
  answers: Readonly<Record<string, unknown>> = {},
  environment: Readonly<Record<string, string>> = {},
): FakeWorld {
  const commands: string[] = [];
  const said: string[] = [];
  const shell: Shell = async (effect, command, args) => {
    const line = `${command} ${args.filter((arg) => arg !== '--output' && arg !== 'json').join(' ')}`;
    commands.push(`${effect}: ${line}`);
    const [key = ''] = Object.keys(answers)
      .filter((start) => line.startsWith(start))
      .toSorted((a, b) => b.length - a.length);
    const found = answers[key];
    const answer = found instanceof InTurn ? found.next() : found;
    if (answer instanceof Error) throw answer;
    return answer === undefined ? '' : JSON.stringify(answer);
  };
  return {
    shell,
    say: (line) => void said.push(line),
    clock: fakeClock(undefined, 'skipped'),
    environment,
    commands,
    said,
  };
}

/** Answers one after the other; the last one stays. */
export class InTurn {
  readonly #answers: unknown[];
  constructor(...answers: unknown[]) {
    this.#answers = answers;
  }
  next(): unknown {
    return this.#answers.length > 1 ? this.#answers.shift() : this.#answers[0];
  }
}

export const refused = (): CommandFailed => new CommandFailed('az', '(Forbidden) Caller is not authorized.');
