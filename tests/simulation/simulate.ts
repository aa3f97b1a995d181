/** `npm run simulate`: seed after seed of the whole pipeline under a virtual clock. */
import { parseArgs } from 'node:util';
import { FAULTS } from './faults.ts';
import { replayCommand, search, shrink } from './search.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '2000' },
    deliveries: { type: 'string', default: '200' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(`npm run simulate -- [--seed 1] [--seeds 2000] [--deliveries 200]

The real code from event to report, with crashes, outages, lost answers and a moody provider drawn from each seed.
Stops at the first seed that loses, doubles or wrongly ends a delivery, shrinks it, and prints the command to replay it.`);
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
console.log(
  `\n${sum.seeds} seeds, ${sum.deliveries} deliveries (${sum.uncertain} uncertain) in ${Math.round((performance.now() - started) / 1_000)} s\n`,
);
for (const fault of FAULTS) console.log(`  ${String(sum.faults[fault]).padStart(9)}  ${fault}`);
if (failing) {
  console.error(`\nSeed ${failing.seed} breaks a rule:`);
  for (const line of failing.violations.slice(0, 10)) console.error(`  ${line}`);
  const smaller = await shrink({ seed: failing.seed, deliveries: wanted });
  console.error(`\n${replayCommand({ seed: failing.seed, deliveries: smaller?.deliveries ?? wanted })}`);
  process.exitCode = 1;
} else console.log('\nNothing lost, nothing doubled, every end explained.');
