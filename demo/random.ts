import { createHash } from 'node:crypto';

/** A source of made-up things that depends on its seed alone. */
export type Dice = {
  /** A whole number from 0 to below `sides`. */
  roll(sides: number): number;
  chance(share: number): boolean;
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
  shuffle<Item>(items: readonly Item[]): Item[];
};

/** The same words give the same dice. */
export function diceFrom(...words: readonly (string | number)[]): Dice {
  let state = createHash('sha256').update(JSON.stringify(words)).digest().readUInt32LE();
  /** mulberry32 */
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const roll = (sides: number): number => Math.floor(next() * sides);
  return {
    roll,
    chance: (share) => next() < share,
    pick: (items) => items[roll(items.length)]!,
    shuffle(items) {
      const shuffled = [...items];
      for (let last = shuffled.length - 1; last > 0; last--) {
        const other = roll(last + 1);
        [shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!];
      }
      return shuffled;
    },
  };
}
