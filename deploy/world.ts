import type { Clock } from '../shared/ports.ts';
import type { Shell } from './shell.ts';

/** Everything that a step of a deployment reaches. */
export type World = {
  shell: Shell;
  say: (line: string) => void;
  clock: Clock;
  /** Variables of the azd environment: outputs of the template and what was set by hand. */
  environment: Readonly<Record<string, string | undefined>>;
};

/** Ends a step with one line that says what to do. */
export class StepFailed extends Error {
  override name = 'StepFailed';
}

/** @throws StepFailed when the template has not said it yet */
export function outputOf({ environment }: Pick<World, 'environment'>, name: string): string {
  const value = environment[name];
  if (value) return value;
  throw new StepFailed(`${name} is not known: run \`azd provision\` first, or start this from azd.`);
}
