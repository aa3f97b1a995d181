import { FAULTS, type FaultCounts } from './faults.ts';
import { type Plant, simulate, type SimulationResult } from './simulation.ts';

export type Search = {
  seeds: number;
  deliveries: number;
  uncertain: number;
  faults: FaultCounts;
  /** The first seed that broke a rule. */
  failing?: SimulationResult;
};

/** Runs seed after seed until one breaks a rule. */
export async function search({
  from,
  seeds,
  orders,
  plant = {},
  progress = () => undefined,
}: {
  from: number;
  seeds: number;
  orders: number;
  plant?: Plant;
  progress?: (search: Search) => void;
}): Promise<Search> {
  const sum: Search = {
    seeds: 0,
    deliveries: 0,
    uncertain: 0,
    faults: Object.fromEntries(FAULTS.map((fault) => [fault, 0])) as FaultCounts,
  };
  for (let seed = from; seed < from + seeds; seed += 1) {
    const result = await simulate({ seed, orders, plant });
    sum.seeds += 1;
    sum.deliveries += result.deliveries;
    sum.uncertain += result.uncertain;
    for (const fault of FAULTS) sum.faults[fault] += result.faults[fault];
    if (result.violations.length > 0) return { ...sum, failing: result };
    progress(sum);
  }
  return sum;
}

/** The fewest orders with which the seed still breaks a rule. */
export async function shrink({
  seed,
  orders,
}: {
  seed: number;
  orders: number;
}): Promise<{ orders: number; result: SimulationResult } | undefined> {
  for (let fewer = 1; fewer <= orders; fewer += 1) {
    const result = await simulate({ seed, orders: fewer });
    if (result.violations.length > 0) return { orders: fewer, result };
  }
  return undefined;
}

export const replayCommand = ({ seed, orders }: { seed: number; orders: number }): string =>
  `npm run simulate -- --seed ${seed} --seeds 1 --orders ${orders}`;
