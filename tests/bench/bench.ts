/** `npm run bench`: what the pipeline does in numbers, each against its goal. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { textTable } from '../../demo/text-table.ts';
import { PARTS, aboutPart } from './parts.ts';
import { keepResults, LATEST, type PartRow, readResults, runNow, withPart } from './results.ts';

const NAMES = PARTS.map(({ name }) => name);
const HELP = `npm run bench -- [--only <part>]… [--keep]

Measures the pipeline on this machine, prints a table, and keeps the rows in ${LATEST}.
Ends with exit code 1 when a goal is missed. A part that runs alone replaces only its own rows.

${PARTS.map(({ name, about }) => `  ${name.padEnd(12)} ${about}`).join('\n')}

  --only <part>   that part alone; may be given several times
  --keep          leaves data and logs of the run, and says where`;

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: 'string', multiple: true, default: [] },
        keep: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    return fail(`${(error as Error).message}\n\n${HELP}`);
  }
}

const options = readOptions();
if (options.help) {
  console.log(HELP);
  process.exit(0);
}
const unknown = options.only.filter((name) => !NAMES.includes(name));
if (unknown.length > 0) fail(`There is no part ${unknown.join(', ')}: the parts are ${NAMES.join(', ')}.`);

const chosen = PARTS.filter(({ name }) => options.only.length === 0 || options.only.includes(name));
const command = [
  'npm run bench',
  ...(options.only.length > 0 ? ['--'] : []),
  ...options.only.map((n) => `--only ${n}`),
];
const folder = mkdtempSync(join(tmpdir(), 'bench-'));
const measured: PartRow[] = [];
try {
  for (const part of chosen) {
    const started = performance.now();
    const progress = (line: string): void => {
      const seconds = Math.round((performance.now() - started) / 1_000);
      console.log(`${part.name.padEnd(12)} ${String(seconds).padStart(4)} s  ${line}`);
    };
    progress(part.about);
    const result = await part.run(progress, join(folder, part.name));
    // Kept part by part: what has been measured stands, even if a later part fails.
    const results = withPart(readResults(), part, result, runNow(command.join(' ')), NAMES);
    await keepResults(results, result.plots ?? [], aboutPart);
    measured.push(...result.rows.map((row) => ({ ...row, part: part.name })));
  }
} finally {
  if (options.keep) console.log(`\nData and logs: ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
}

const lines = measured.map(({ part, name, value, unit, goal, met }) => [
  met ? 'ok' : 'MISS',
  part,
  name,
  String(value),
  unit,
  goal,
]);
const table = textTable(['', 'part', 'measure', 'value', 'unit', 'goal'], lines);
console.log(`\n${table.join('\n')}\n\nKept in ${LATEST}, the page for people beside it.`);
process.exitCode = measured.every(({ met }) => met) ? 0 : 1;
