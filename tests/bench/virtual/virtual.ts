/** The real booking and sending code against the plain SDK, in virtual time, the same provider for both sides. */
import type { Row } from '../../long/record.ts';
import type { Measured, Part } from '../part.ts';
import { cumulated, steps } from '../plots.ts';
import { asItIs, atLeast, atMost } from '../rows.ts';
import { percentile } from '../statistics.ts';
import { drainMatrix } from './matrix.ts';
import { ALONE, LIMIT, SECONDS, burstAtIdle, drainPipeline, outage, urgentWaits, utilisation } from './runs.ts';

const SEED = 1;
/** A miss is rare: fewer seeds would make its 95th percentile one delivery. */
const LATE_SEEDS = 40;
const URGENT_SEEDS = 20;
/** Seconds between two urgent messages, about. */
const URGENT_EVERY = 30;

export const virtual: Part = {
  name: 'virtual',
  about: 'the whole matrix of quotas in virtual time, 200 SMS a minute, 2 processes; about half a minute',
  settings: {
    seed: SEED,
    lateSeeds: LATE_SEEDS,
    urgentSeeds: URGENT_SEEDS,
    limit: LIMIT,
    seconds: SECONDS,
    processes: 2,
  },
  async run(progress) {
    const parts = [await drainMatrix(SEED, progress)];
    progress('Utilisation and a burst');
    parts.push({ rows: await steadyAndIdle() });
    progress(`Urgent news, ${URGENT_SEEDS} seeds`);
    parts.push(await urgentNews());
    progress(`Copies that are woken late, ${LATE_SEEDS} seeds`);
    parts.push({ rows: await wokenLate() });
    progress('A provider that is away');
    parts.push({ rows: await away() });
    return { rows: parts.flatMap(({ rows }) => rows), plots: parts.flatMap(({ plots = [] }) => plots) };
  },
};

const seedsFrom = (count: number): number[] => Array.from({ length: count }, (_, index) => SEED + index);

/** In seconds. */
const share = (waits: readonly number[], of: number): number => percentile(waits, of) / 1_000;

async function steadyAndIdle(): Promise<Row[]> {
  const lent = await utilisation(SEED);
  const kept = await utilisation(SEED, URGENT_EVERY);
  const burst = await burstAtIdle(SEED);
  const refusals = lent.refusals + kept.refusals + burst.refusals;
  return [
    atLeast(0.97, { name: 'utilisation in steady state, reserve lent out', value: lent.share, unit: '' }),
    atLeast(0.95, { name: 'utilisation in steady state, reserve kept for urgent news', value: kept.share, unit: '' }),
    atMost(10, {
      name: 'burst of 50 at idle, p95 from event to acceptance',
      value: share(burst.waits, 0.95),
      unit: 's',
    }),
    atMost(0, { name: 'steady state and burst: refused for quota', value: refusals, unit: 'calls' }),
  ];
}

async function urgentNews(): Promise<Measured> {
  const waits: number[] = [];
  const first: number[] = [];
  const takenBack: number[] = [];
  let refusals = 0;
  for (const seed of seedsFrom(URGENT_SEEDS)) {
    const run = await urgentWaits(seed, URGENT_EVERY);
    waits.push(...run.waits);
    first.push(...run.waits.slice(0, 1));
    takenBack.push(...run.takenBack);
    refusals += run.refusals;
  }
  const name = 'urgent behind a backlog of 5 windows';
  const back = 'slot taken back for urgent news: extra wait';
  const axes = { x: 'seconds from event to acceptance', y: 'share accepted' };
  const seconds = waits.map((wait) => wait / 1_000);
  return {
    rows: [
      atMost(60, { name: `${name}, p95 from event to acceptance`, value: share(waits, 0.95), unit: 's' }),
      asItIs({ name: `${name}, median`, value: share(waits, 0.5), unit: 's' }),
      asItIs({ name: `${name}, the first of each backlog, p95`, value: share(first, 0.95), unit: 's' }),
      atMost(0, { name: `${name}: refused for quota`, value: refusals, unit: 'calls' }),
      atMost(30, { name: `${back}, p95`, value: share(takenBack, 0.95), unit: 's' }),
      asItIs({ name: `${back}, median`, value: share(takenBack, 0.5), unit: 's' }),
    ],
    plots: [
      {
        name: 'virtual-urgent',
        about: 'Urgent news that comes while five windows of other messages wait: the share accepted by then.',
        spec: steps('Urgent news behind a backlog', axes, cumulated(seconds, 'this pipeline')),
      },
    ],
  };
}

async function wokenLate(): Promise<Row[]> {
  const missed: number[] = [];
  const worst = { 9.5: 0, 10: 0 };
  let refusals = 0;
  for (const seed of seedsFrom(LATE_SEEDS))
    for (const backlog of [9.5, 10] as const) {
      const run = await drainPipeline(seed, backlog, ALONE, Infinity);
      worst[backlog] = Math.max(worst[backlog], run.overLeast);
      refusals += run.refusals;
      if (backlog === 9.5) missed.push(...run.missedWaits);
    }
  const name = `woken later than the lead, ${LATE_SEEDS} seeds`;
  return [
    atMost(30, { name: `${name}: extra wait of re-booked ones, p95`, value: share(missed, 0.95), unit: 's' }),
    asItIs({ name: `${name}: extra wait of re-booked ones, median`, value: share(missed, 0.5), unit: 's' }),
    asItIs({ name: `${name}: re-booked`, value: missed.length, unit: 'deliveries' }),
    atMost(1.05, { name: `${name}, N = 9.5 L: drain ÷ minimum, worst`, value: worst[9.5], unit: '×' }),
    asItIs({ name: `${name}, N = 10 L, a missed slot costs a window: worst`, value: worst[10], unit: '×' }),
    atMost(0, { name: `${name}: refused for quota`, value: refusals, unit: 'calls' }),
  ];
}

async function away(): Promise<Row[]> {
  const { ambiguous, overLeast, dead, unaccounted } = await outage(SEED);
  const name = '503 for ten minutes';
  return [
    atMost(30, { name: `${name}: deliveries without an answer`, value: ambiguous, unit: 'deliveries' }),
    atMost(1.1, { name: `${name}: drain ÷ (backlog ÷ limit) after it`, value: overLeast, unit: '×' }),
    atMost(0, { name: `${name}: copies given up`, value: dead + unaccounted, unit: 'copies' }),
  ];
}
