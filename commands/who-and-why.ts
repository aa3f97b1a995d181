/** Who did something by a command, and why: kept with what was done. */
import { type Command, InvalidArgumentError } from 'commander';
import { clean } from './format.ts';
import type { World } from './command.ts';

export type WhoAndWhy = { by: string; why: string };

const LONGEST_WHY = 300;
const LONGEST_BY = 100;

/** `--by`, and `--why`, which cannot be left out where a person decides. */
export function withWhoAndWhy(command: Command, { user }: World, why: 'required' | 'optional'): Command {
  command.option('--by <name>', 'who wants it; kept with what is done', shortText(LONGEST_BY), user);
  return why === 'required'
    ? command.requiredOption('--why <reason>', 'why, in a few words; kept with what is done', shortText(LONGEST_WHY))
    : command.option('--why <reason>', 'why, in a few words; kept with what is done', shortText(LONGEST_WHY), '');
}

/** What is kept for long may hold no phone number and no mail address. */
const ADDRESS = /\S@\S+\.\S|(\+|\b00?)[1-9][\d ()/.-]{6,}/;

const shortText = (longest: number) => (text: string) => {
  const words = clean(text).trim();
  if (words === '' || words.length > longest) throw new InvalidArgumentError(`Expected 1 to ${longest} characters.`);
  if (ADDRESS.test(words)) throw new InvalidArgumentError('It is kept: name no phone number and no mail address.');
  return words;
};
