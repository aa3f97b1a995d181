import type { Random } from '../../../shared/ports.ts';

const MEDIAN = 150;
const P99 = 1_000;
const SIGMA = Math.log(P99 / MEDIAN) / 2.3263;

/** How late scheduled copies come: lognormal, in ms; `most` cuts the tail. */
export const wakeLateness =
  (random: Random, most = Infinity) =>
  (): number =>
    Math.min(most, MEDIAN * Math.exp(SIGMA * normal(random)));

/** Box and Muller. */
const normal = (random: Random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
