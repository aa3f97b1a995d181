import type { Plant } from './app.ts';
import { FAULTS, type FaultCounts } from './faults.ts';
import { simulate, type SimulationResult } from './simulation.ts';

export type Search = {
  seeds: number;
  deliveries: number;
  reminders: number;
  /** Of the reminders, planned once more. */
  anew: number;
  uncertain: number;
  /** Events that crash too often, and wait for a person. */
  givenUp: number;
  /** Of calls that found no room in the quota, none of them our own making. */
  refused: number;
  faults: FaultCounts;
  /** The first seed that broke a rule. */
  failing?: SimulationResult;
};

/** Runs seed after seed until one breaks a rule; with `rule`, until one breaks that one. */
export async function search({
  from,
  seeds,
  deliveries,
  visits,
  plant = {},
  rule = '',
  progress = () => undefined,
}: {
  from: number;
  seeds: number;
  deliveries: number;
  visits?: number | undefined;
  plant?: Plant;
  /** Part of its violation's line. */
  rule?: string;
  progress?: (search: Search) => void;
}): Promise<Search> {
  const sum: Search = {
    seeds: 0,
    deliveries: 0,
    reminders: 0,
    anew: 0,
    uncertain: 0,
    givenUp: 0,
    refused: 0,
    faults: Object.fromEntries(FAULTS.map((fault) => [fault, 0])) as FaultCounts,
  };
  for (let seed = from; seed < from + seeds; seed += 1) {
    const result = await simulate({ seed, deliveries, ...(visits !== undefined && { visits }), plant });
    sum.seeds += 1;
    sum.deliveries += result.deliveries;
    sum.reminders += result.reminders;
    sum.anew += result.anew;
    sum.uncertain += result.uncertain;
    sum.givenUp += result.givenUp;
    sum.refused += result.refused;
    for (const fault of FAULTS) sum.faults[fault] += result.faults[fault];
    if (result.violations.some((line) => line.includes(rule))) return { ...sum, failing: result };
    progress(sum);
  }
  return sum;
}

/** The fewest deliveries with which the seed still breaks a rule. */
export async function shrink({
  seed,
  deliveries,
  visits,
  plant = {},
}: {
  seed: number;
  deliveries: number;
  visits?: number | undefined;
  plant?: Plant;
}): Promise<{ deliveries: number; result: SimulationResult } | undefined> {
  for (let fewer = 1; fewer <= deliveries; fewer += 1) {
    const result = await simulate({ seed, deliveries: fewer, ...(visits !== undefined && { visits }), plant });
    if (result.violations.length > 0) return { deliveries: fewer, result };
  }
  return undefined;
}

type Replayed = { seed: number; deliveries: number; visits?: number | undefined };

export const replayCommand = ({ seed, deliveries, visits }: Replayed): string =>
  `npm run simulate -- ${visits === 1 ? '--appointments ' : ''}--seed ${seed} --seeds 1 --deliveries ${deliveries}`;
