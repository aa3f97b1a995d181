/** The real booking and sending code against the plain SDK, in virtual time, the same provider for both sides. */
import type { Row } from '../../long/record.ts';
import type { Part } from '../part.ts';
import { type Bar, bars, cumulated, steps } from '../plots.ts';
import { asItIs as figure, atLeast as least, atMost as most } from '../rows.ts';
import { type Drain, burstAtIdle, drainPipeline, drainPlain, outage, urgentWaits, utilisation } from './runs.ts';
import { percentile } from '../statistics.ts';

const SEED = 1;
/** A miss is rare: fewer seeds would make its 95th percentile one delivery. */
const LATE_SEEDS = 40;
const URGENT_SEEDS = 20;

export const virtual: Part = {
  name: 'virtual',
  about: 'the whole matrix of quotas in virtual time, 200 SMS a minute, 2 processes; about half a minute',
  settings: { seed: SEED, lateSeeds: LATE_SEEDS, urgentSeeds: URGENT_SEEDS, limit: 200, seconds: 60, processes: 2 },
  async run(progress) {
    const rows: Row[] = [];
    const refused: Bar[] = [];
    const took: Bar[] = [];
    const atMost = (name: string, value: number, unit: string, goal: number): void => {
      rows.push(most(goal, { name, value, unit }));
    };
    const atLeast = (name: string, value: number, unit: string, goal: number): void => {
      rows.push(least(goal, { name, value, unit }));
    };
    const asItIs = (name: string, value: number, unit: string): void => {
      rows.push(figure({ name, value, unit }));
    };

    for (const share of [9.5, 10])
      for (const fixed of [false, true])
        for (const refusalsCount of [false, true])
          for (const stranger of [0, 0.2]) {
            const windows = { fixed, refusalsCount, stranger };
            const kind = `${fixed ? 'fixed' : 'sliding'}, refusals ${refusalsCount ? 'count' : 'free'}`;
            const title = `N = ${share} L, ${kind}${stranger > 0 ? ', a stranger takes 20 %' : ''}`;
            progress(title);
            const ours = await drainPipeline(SEED, share, windows);
            const name = `ours, ${title}`;
            const bar = (series: string, { ended, overLeast, refusals, accepted }: Drain): void => {
              refused.push({ group: title, series, value: refusals });
              if (ended && accepted === share * 200) took.push({ group: title, series, value: overLeast });
            };
            bar('this pipeline', ours);
            if (stranger === 0) {
              atMost(`${name}: drain ÷ minimum`, ours.overLeast, '×', 1.05);
              atMost(`${name}: refused for quota`, ours.refusals, 'calls', 0);
              atMost(`${name}: table operations for booking ÷ sends`, ours.bookings / ours.accepted, '', 0.05);
              asItIs(`${name}: looks at the calendar ÷ sends`, ours.looks / ours.accepted, '');
            } else {
              atMost(`${name}: drain ÷ minimum`, ours.overLeast, '×', 1.45);
              atMost(`${name}: refused for quota ÷ sends`, ours.refusals / ours.accepted, '', 0.05);
            }
            for (const inFlight of [32, 600]) {
              const plain = await drainPlain(SEED, share, windows, inFlight);
              bar(`plain SDK, ${inFlight} in flight`, plain);
              const other = `plain SDK, ${inFlight} in flight, ${title}`;
              asItIs(`${other}: sent`, (100 * plain.accepted) / (share * 200), '%');
              if (plain.accepted === share * 200) asItIs(`${other}: drain ÷ minimum`, plain.overLeast, '×');
              asItIs(`${other}: refused for quota`, plain.refusals, 'calls');
            }
          }

    progress('Utilisation, urgent news, burst, outage');
    const lent = await utilisation(SEED);
    atLeast('utilisation in steady state, reserve lent out', lent.share, '', 0.97);
    const unused = await utilisation(SEED, 30);
    atLeast('utilisation in steady state, reserve kept for urgent news', unused.share, '', 0.95);
    const urgent: number[] = [];
    const first: number[] = [];
    const takenBack: number[] = [];
    let refusals = lent.refusals + unused.refusals;
    for (let seed = SEED; seed < SEED + URGENT_SEEDS; seed += 1) {
      const run = await urgentWaits(seed, 30);
      urgent.push(...run.waits);
      first.push(...run.waits.slice(0, 1));
      takenBack.push(...run.takenBack);
      refusals += run.refusals;
    }
    atMost(
      'urgent behind a backlog of 5 windows, p95 from event to acceptance',
      percentile(urgent, 0.95) / 1_000,
      's',
      60,
    );
    asItIs('urgent behind a backlog of 5 windows, median', percentile(urgent, 0.5) / 1_000, 's');
    asItIs(
      'urgent behind a backlog of 5 windows, the first of each backlog, p95',
      percentile(first, 0.95) / 1_000,
      's',
    );
    atMost('slot taken back for urgent news: extra wait, p95', percentile(takenBack, 0.95) / 1_000, 's', 30);
    asItIs('slot taken back for urgent news: extra wait, median', percentile(takenBack, 0.5) / 1_000, 's');
    const burst = await burstAtIdle(SEED);
    atMost('burst of 50 at idle, p95 from event to acceptance', percentile(burst.waits, 0.95) / 1_000, 's', 10);
    atMost('all of these: refused for quota', refusals + burst.refusals, 'calls', 0);

    progress(`Copies that are woken late, ${LATE_SEEDS} seeds`);
    const missed: number[] = [];
    const late: number[] = [];
    for (let seed = SEED; seed < SEED + LATE_SEEDS; seed += 1) {
      const run = await drainPipeline(seed, 9.5, { fixed: false, refusalsCount: true, stranger: 0 }, Infinity);
      missed.push(...run.missedWaits);
      late.push(run.overLeast);
    }
    const title = `woken later than the lead, ${LATE_SEEDS} seeds`;
    atMost(`${title}: extra wait of re-booked ones, p95`, percentile(missed, 0.95) / 1_000, 's', 30);
    asItIs(`${title}: extra wait of re-booked ones, median`, percentile(missed, 0.5) / 1_000, 's');
    asItIs(`${title}: re-booked`, missed.length, 'deliveries');
    atMost(`${title}, N = 9.5 L: drain ÷ minimum, worst`, Math.max(...late), '×', 1.05);
    const tenth = await drainPipeline(2, 10, { fixed: false, refusalsCount: true, stranger: 0 }, Infinity);
    asItIs('woken later than the lead, N = 10 L: one missed slot costs a window', tenth.overLeast, '×');

    const away = await outage(SEED);
    atMost('503 for ten minutes: deliveries without an answer', away.ambiguous, 'deliveries', 30);
    atMost('503 for ten minutes: drain ÷ (backlog ÷ limit) after it', away.overLeast, '×', 1.1);
    atMost('503 for ten minutes: copies given up', away.dead + away.unaccounted, 'copies', 0);
    return {
      rows,
      plots: [
        {
          name: 'virtual-refused',
          about: 'Calls that the provider refused for its quota; the axis is logarithmic beyond one.',
          spec: bars('Refused for quota (429)', 'calls', refused, true),
        },
        {
          name: 'virtual-drain',
          about: 'Time to drain, over the least possible. Where a bar is missing, not everything was sent.',
          spec: bars('Drain ÷ minimum', '×', took),
        },
        {
          name: 'virtual-urgent',
          about: 'Urgent news that comes while five windows of other messages wait: the share accepted by then.',
          spec: steps(
            'Urgent news behind a backlog',
            { x: 'seconds from event to acceptance', y: 'share accepted' },
            cumulated(
              urgent.map((wait) => wait / 1_000),
              'this pipeline',
            ),
          ),
        },
      ],
    };
  },
};
