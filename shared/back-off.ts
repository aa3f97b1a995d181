import type { Random } from './ports.ts';

/** A pause in ms between 0 and `first` × 2^`earlier`, at most `longest`; `earlier` counts the pauses before this one. */
export function fullJitter(
  earlier: number,
  { first, longest }: { first: number; longest: number },
  random: Random,
): number {
  return Math.round(random() * Math.min(longest, first * 2 ** Math.min(earlier, 30)));
}
