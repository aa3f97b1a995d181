import { seededRandom } from '../fakes/random.ts';

/** What one case draws from: the same seed draws the same. */
export type Draw = {
  /** From `least` to `most`, both included. */
  number(least: number, most: number): number;
  of<Value>(values: readonly Value[]): Value;
  /** True once in so many. */
  once(inSoMany: number): boolean;
};

export function drawFrom(seed: number): Draw {
  const random = seededRandom(seed);
  const number = (least: number, most: number) => least + Math.floor(random() * (most - least + 1));
  return {
    number,
    of: (values) => values[number(0, values.length - 1)]!,
    once: (inSoMany) => number(1, inSoMany) === 1,
  };
}
