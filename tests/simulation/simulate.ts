/** `npm run simulate`: seed after seed of the whole pipeline under a virtual clock. */
import { parseArgs } from 'node:util';
import { exactly, record } from '../long/record.ts';
import { asItIs, atLeast } from '../bench/rows.ts';
import { FAULTS } from './faults.ts';
import { replayCommand, search, shrink } from './search.ts';

const RECORDED = {
  simulation: { seed: '1', seeds: '2000', deliveries: '200' },
  'appointments-simulation': { seed: '1', seeds: '10000', deliveries: '10' },
} as const;
/** How often each fault has to have happened in a recorded run: there are fewer mails in the second one. */
const OFTEN = { simulation: 50, 'appointments-simulation': 20 };

const { values } = parseArgs({
  options: {
    appointments: { type: 'boolean', default: false },
    seed: { type: 'string' },
    seeds: { type: 'string' },
    deliveries: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(`npm run simulate -- [--seed 1] [--seeds 2000] [--deliveries 200]
npm run simulate -- --appointments [--seed 1] [--seeds 10000] [--deliveries 10]

The real code from event to report, with crashes, outages, lost answers and a moody provider drawn from each seed.
Stops at the first seed that breaks a rule, shrinks it, and prints the command to replay it. Without options the result
is kept in docs/benchmarks. With --appointments there are no orders: visits are booked, moved, cancelled and told again.`);
  process.exit(0);
}
const run = values.appointments ? 'appointments-simulation' : 'simulation';
const usual = RECORDED[run];
const asked = { seed: usual.seed, seeds: usual.seeds, deliveries: usual.deliveries, ...values };
const [seed, seeds, wanted] = [Number(asked.seed), Number(asked.seeds), Number(asked.deliveries)];
const visits = values.appointments ? 1 : undefined;
if (![seed, seeds, wanted].every((number) => Number.isSafeInteger(number) && number > 0)) {
  console.error('--seed, --seeds and --deliveries are whole numbers above 0.');
  process.exit(2);
}

const started = performance.now();
let told = started;
const { failing, ...sum } = await search({
  from: seed,
  seeds,
  deliveries: wanted,
  visits,
  progress({ seeds: done, deliveries, uncertain }) {
    if (performance.now() - told < 5_000) return;
    told = performance.now();
    console.log(`${done} of ${seeds} seeds, ${deliveries} deliveries, ${uncertain} of them uncertain`);
  },
});
const took = Math.round((performance.now() - started) / 1_000);

if (failing) {
  console.error(`\nSeed ${failing.seed} breaks a rule:`);
  for (const line of failing.violations.slice(0, 10)) console.error(`  ${line}`);
  const smaller = await shrink({ seed: failing.seed, deliveries: wanted, visits });
  console.error(`\n${replayCommand({ seed: failing.seed, deliveries: smaller?.deliveries ?? wanted, visits })}`);
  process.exitCode = 1;
}

const isRecorded = Object.entries(usual).every(([name, value]) => asked[name as keyof typeof usual] === value);
if (isRecorded) {
  const rows = [
    exactly('seeds that break a rule', failing ? 1 : 0, 'seeds', 0),
    asItIs({ name: 'seeds', value: sum.seeds, unit: 'seeds' }),
    asItIs({ name: 'deliveries', value: sum.deliveries, unit: 'deliveries' }),
    asItIs({ name: 'of them reminders', value: sum.reminders, unit: 'deliveries' }),
    asItIs({ name: 'of them planned anew after they were skipped', value: sum.anew, unit: 'deliveries' }),
    asItIs({ name: 'deliveries that end uncertain', value: sum.uncertain, unit: 'deliveries' }),
    asItIs({ name: 'events that crashed twenty times and wait for a person', value: sum.givenUp, unit: 'events' }),
    asItIs({ name: 'calls refused for quota, none of our own making', value: sum.refused, unit: 'calls' }),
    asItIs({ name: 'time it took', value: took, unit: 's' }),
    ...FAULTS.map((fault) => atLeast(OFTEN[run], { name: `fault: ${fault}`, value: sum.faults[fault], unit: 'times' })),
  ];
  const settings = { firstSeed: seed, seeds, deliveries: wanted };
  if (!record(run, `npm run simulate${values.appointments ? ' -- --appointments' : ''}`, settings, rows))
    process.exitCode = 1;
} else {
  for (const fault of FAULTS) console.log(`  ${String(sum.faults[fault]).padStart(9)}  ${fault}`);
  console.log(
    `\n${sum.seeds} seeds, ${sum.deliveries} deliveries (${sum.reminders} reminders, ${sum.anew} of them anew, ${sum.uncertain} uncertain, ${sum.givenUp} events for a person, ${sum.refused} calls refused for quota) in ${took} s`,
  );
}
if (!failing) console.log('\nNothing lost, nothing doubled, no refusal of our own making, every end explained.');
