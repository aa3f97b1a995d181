/** `npm run test:reminders`: visits that are booked, moved and cancelled while the functions host is killed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { atMost } from '../bench/rows.ts';
import { exactly, record, type Row } from './record.ts';
import { faultsOf, type ReminderRun, runReminders } from './reminders.ts';

const RUNS = 50;
const SEED = 1;
/** Of the reminders: nobody can know of those, so this says that the run told of nearly all. */
const MOST_UNCERTAIN = 0.05;
const HELP = `npm run test:reminders -- [options]

Plays visits on a laptop cloud: booked, moved, cancelled, told again, out of order, with reminders that are due within
seconds, while its functions host is killed once or twice a run. Ends with exit code 1 when a reminder was missing, came
twice, told of what was known not to hold, or was not as the newest version has it.

  --runs <n>   so many (${RUNS}), four at a time, about half a minute each
  --seed <n>   seed of the first run (${SEED}); each of the others has the next one
  --keep       leaves data and logs of the run, and says where

With neither --runs nor --seed the rows are kept in docs/benchmarks/reminders.json.`;

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string' },
    seed: { type: 'string' },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (options.help) {
  console.log(HELP);
  process.exit(0);
}

function wholeNumber(option: string, given: string | undefined, usual: number): number {
  if (given === undefined) return usual;
  if (/^[1-9]\d{0,5}$/.test(given)) return Number(given);
  console.error(`--${option} ${given}: expected a whole number. All options: npm run test:reminders -- --help`);
  process.exit(2);
}

function rowsOf(results: readonly ReminderRun[], runs: number): Row[] {
  const sum = (of: (run: ReminderRun) => number): number => results.reduce((total, run) => total + of(run), 0);
  const figure = (name: string, unit: string, value: number): Row => ({
    name,
    value,
    unit,
    goal: 'as it is',
    met: true,
  });
  const none = (name: string, value: number): Row => exactly(name, value, 'reminders', 0);
  return [
    exactly('runs', results.length, 'runs', runs),
    figure(
      'visits',
      'visits',
      sum(({ visits }) => visits),
    ),
    figure(
      'messages published',
      'messages',
      sum(({ published }) => published),
    ),
    figure(
      'kills of the functions host',
      'kills',
      sum(({ kills }) => kills),
    ),
    figure(
      'reminders that had to come',
      'reminders',
      sum(({ expected }) => expected),
    ),
    none(
      'missing',
      sum(({ missing }) => missing.length),
    ),
    none(
      'twice',
      sum(({ twice }) => twice.length),
    ),
    none(
      'told of what was known not to hold',
      sum(({ wrong }) => wrong.length),
    ),
    none(
      'not as the newest version has it',
      sum(({ outdated }) => outdated.length),
    ),
    atMost(MOST_UNCERTAIN, {
      name: 'uncertain, because the host came back too late to ask again, ÷ reminders',
      value: sum(({ uncertain }) => uncertain.length) / sum(({ expected }) => expected),
      unit: '',
    }),
  ];
}

const runs = wholeNumber('runs', options.runs, RUNS);
const seed = wholeNumber('seed', options.seed, SEED);
const folder = mkdtempSync(join(tmpdir(), 'reminders-'));
try {
  const results = await runReminders({ runs, seed, folder, progress: console.log });
  const isUsual = options.runs === undefined && options.seed === undefined;
  const ok = isUsual
    ? record('reminders', 'npm run test:reminders', { runs, seed, limits: 'short' }, rowsOf(results, runs))
    : results.every((result) => faultsOf(result).length === 0);
  process.exitCode = ok ? 0 : 1;
} catch (error) {
  console.error(`\n${(error as Error).message}\nIts data and logs: ${folder}`);
  process.exit(1);
}
if (options.keep) console.log(`Its data and logs: ${folder}`);
else rmSync(folder, { recursive: true, force: true });
