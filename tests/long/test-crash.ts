/** `npm run test:crash`: kills the functions host on the laptop cloud, at random or at named points. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Channel } from '../../shared/delivery.ts';
import { CASES } from '../crash/cases.ts';
import { MEMORIES, type Memory, POINTS } from '../crash/points.ts';
import { runPoints } from '../crash/run-points.ts';
import { crashByKills, sharesOf } from './crash-kills.ts';
import { exactly, record } from './record.ts';

const CHANNELS: readonly Channel[] = ['sms', 'email'];
const SETS = ['short', 'real'] as const;

const HELP = `npm run test:crash -- [options]

SIGKILLs the functions host of a laptop cloud, starts it again, and accounts for every delivery.
Ends with exit code 1 when something was lost, sent twice, or ended otherwise than it has to.

Random kills, each while at least 8 provider calls are in flight:
  --kills <n>          so many (10), restarted at once; a tenth of them, at least 5, with a provider that remembers
                       no SMS; a fiftieth, at least 1, restarted beyond the provider's memory
  --limits <set>       set of numbers in shared/limits.ts: short (default) or real
                       The rows are kept in docs/benchmarks/crash.json.

Named points, by proxies between the host and the stand-ins, with the short numbers:
  --points             every point of the list below; the rows are kept in docs/benchmarks/crash-points.json
  --point <n>          that point alone, may be given several times; nothing is kept
  --memory <m>         restarted inside or beyond the provider's memory alone; with --points nothing is kept
  --channel <c>        sms (default) or email; with --points and email nothing is kept

  --keep               leaves data and logs of the run, and says where
  --help               this text

Points:
${POINTS.map(({ number, name }) => `  ${String(number).padStart(2)}  ${name}`).join('\n')}`;

function fail(message: string): never {
  console.error(`${message} All options: npm run test:crash -- --help`);
  process.exit(2);
}

function oneOf<Choice extends string>(option: string, choices: readonly Choice[], given: string): Choice {
  return choices.find((choice) => choice === given) ?? fail(`--${option} ${given}: expected ${choices.join(' or ')}.`);
}

function wholeNumber(option: string, given: string, most: number): number {
  const value = Number(given);
  if (!/^\d+$/.test(given) || value < 1 || value > most)
    fail(`--${option} ${given}: expected a whole number from 1 to ${most}.`);
  return value;
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        kills: { type: 'string' },
        limits: { type: 'string' },
        points: { type: 'boolean', default: false },
        point: { type: 'string', multiple: true, default: [] },
        memory: { type: 'string' },
        channel: { type: 'string' },
        keep: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    return fail((error as Error).message);
  }
}

const options = readOptions();
if (options.help) {
  console.log(HELP);
  process.exit(0);
}
const byPoints = options.points || options.point.length > 0;
if (byPoints && (options.kills !== undefined || options.limits !== undefined))
  fail('--kills and --limits are for random kills, --points and --point for named points: give either.');
if (!byPoints && (options.memory !== undefined || options.channel !== undefined))
  fail('--memory and --channel are for named points: add --points or --point.');
if (options.points && options.point.length > 0) fail('--points is all of them, --point some: give either.');

async function atRandom(folder: string): Promise<boolean> {
  const kills = wholeNumber('kills', options.kills ?? '10', 100_000);
  const limits = oneOf('limits', SETS, options.limits ?? 'short');
  const rows = await crashByKills({ kills, limits, folder, progress: console.log });
  const words = [`--kills ${kills}`, ...(limits === 'real' ? ['--limits real'] : [])];
  console.log();
  return record('crash', `npm run test:crash -- ${words.join(' ')}`, { kills: sharesOf(kills), limits }, rows);
}

async function atPoints(folder: string): Promise<boolean> {
  const numbers = options.point.map((given) => wholeNumber('point', given, 23));
  const memories: readonly Memory[] = options.memory ? [oneOf('memory', MEMORIES, options.memory)] : MEMORIES;
  const channel = oneOf('channel', CHANNELS, options.channel ?? 'sms');
  const cases = CASES.filter(
    ({ point, memory, channels }) =>
      (options.points || numbers.includes(point.number)) && memories.includes(memory) && channels.includes(channel),
  );
  const results = await runPoints(cases, { folder, progress: console.log });
  const missed = results.filter(({ ended, expected }) => ended.join() !== expected.join());
  for (const { title, ended, expected } of missed)
    console.log(
      `\n${title}\n  ended:    ${ended.join('; ') || 'no delivery at all'}\n  expected: ${expected.join('; ')}`,
    );
  if (!options.points || options.memory || channel === 'email') return missed.length === 0;
  const rows = results.map(({ title, ended, expected }) => {
    const [end = 'none'] = expected;
    return exactly(
      `${title}: ${end}`,
      ended.filter((line, n) => line === expected[n]).length,
      'deliveries',
      expected.length,
    );
  });
  console.log();
  return (
    record('crash-points', 'npm run test:crash -- --points', { limits: 'short', channel }, rows) && missed.length === 0
  );
}

const folder = mkdtempSync(join(tmpdir(), 'crash-'));
try {
  const ok = await (byPoints ? atPoints(folder) : atRandom(folder));
  process.exitCode = ok ? 0 : 1;
} catch (error) {
  console.error(`\n${(error as Error).message}\nIts data and logs: ${folder}`);
  process.exit(1);
}
if (options.keep) console.log(`Its data and logs: ${folder}`);
else rmSync(folder, { recursive: true, force: true });
