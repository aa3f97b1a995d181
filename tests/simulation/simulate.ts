/** `npm run simulate`: seed after seed of the whole pipeline under a virtual clock. */
import { parseArgs } from 'node:util';
import { exactly, record } from '../long/record.ts';
import { asItIs, atLeast } from '../bench/rows.ts';
import { FAULTS } from './faults.ts';
import { replayCommand, search, shrink } from './search.ts';

const RECORDED = { seed: '1', seeds: '2000', deliveries: '200' };
/** How often each fault has to have happened in a recorded run. */
const OFTEN = 50;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: RECORDED.seed },
    seeds: { type: 'string', default: RECORDED.seeds },
    deliveries: { type: 'string', default: RECORDED.deliveries },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(`npm run simulate -- [--seed 1] [--seeds 2000] [--deliveries 200]

The real code from event to report, with crashes, outages, lost answers and a moody provider drawn from each seed.
Stops at the first seed that breaks a rule, shrinks it, and prints the command to replay it. Without options the result
is kept in docs/benchmarks/simulation.json.`);
  process.exit(0);
}
const [seed, seeds, wanted] = [Number(values.seed), Number(values.seeds), Number(values.deliveries)];
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
  const smaller = await shrink({ seed: failing.seed, deliveries: wanted });
  console.error(`\n${replayCommand({ seed: failing.seed, deliveries: smaller?.deliveries ?? wanted })}`);
  process.exitCode = 1;
}

const isRecorded = Object.entries(RECORDED).every(([name, value]) => values[name as keyof typeof RECORDED] === value);
if (isRecorded) {
  const rows = [
    exactly('seeds that break a rule', failing ? 1 : 0, 'seeds', 0),
    asItIs({ name: 'seeds', value: sum.seeds, unit: 'seeds' }),
    asItIs({ name: 'deliveries', value: sum.deliveries, unit: 'deliveries' }),
    asItIs({ name: 'deliveries that end uncertain', value: sum.uncertain, unit: 'deliveries' }),
    asItIs({ name: 'calls refused for quota, none of our own making', value: sum.refused, unit: 'calls' }),
    asItIs({ name: 'time it took', value: took, unit: 's' }),
    ...FAULTS.map((fault) => atLeast(OFTEN, { name: `fault: ${fault}`, value: sum.faults[fault], unit: 'times' })),
  ];
  const settings = { firstSeed: seed, seeds, deliveries: wanted };
  if (!record('simulation', 'npm run simulate', settings, rows)) process.exitCode = 1;
} else {
  for (const fault of FAULTS) console.log(`  ${String(sum.faults[fault]).padStart(9)}  ${fault}`);
  console.log(
    `\n${sum.seeds} seeds, ${sum.deliveries} deliveries (${sum.uncertain} uncertain, ${sum.refused} calls refused for quota) in ${took} s`,
  );
}
if (!failing) console.log('\nNothing lost, nothing doubled, no refusal of our own making, every end explained.');
