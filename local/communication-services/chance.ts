import { createHash } from 'node:crypto';

/**
 * A number in [0, 1) that depends only on the seed and the words: the same message meets the same fate in every run,
 * whatever the order in which messages arrive.
 */
export function chance(seed: number, ...words: string[]): number {
  const digest = createHash('sha256')
    .update([String(seed), ...words].join('\n'))
    .digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}

export const between = ([least, most]: readonly [number, number], fraction: number): number =>
  least + (most - least) * fraction;
