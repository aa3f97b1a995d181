/** How long a new instance takes to load the app: bundled, as it is deployed, against the packages it is made of. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import sample from '../../../local.settings.sample.json' with { type: 'json' };
import { exactly } from '../../long/record.ts';
import type { Part } from '../part.ts';
import { asItIs, atMost } from '../rows.ts';
import { median } from '../statistics.ts';

const RUNS = 15;
const TIMER = fileURLToPath(new URL('./time-load.cjs', import.meta.url));
const COMPILER = fileURLToPath(import.meta.resolve('typescript/package.json')).replace('package.json', 'bin/tsc');
/** Where packages are found from. */
const UNBUNDLED = resolve('.local/bench-unbundled');
const BUNDLED = resolve('dist/functions.cjs');

export const load: Part = {
  name: 'load',
  about: 'module load of the bundle against the same app unbundled',
  settings: { runs: RUNS, statistic: 'median of fresh processes, alternating' },
  async run(progress) {
    const unbundled = compileUnbundled();
    const times = { bundled: [] as number[], unbundled: [] as number[] };
    const functions = new Set<number>();
    // The first of each warms the file cache.
    for (let run = 0; run <= RUNS; run++)
      for (const [name, file] of [['bundled', BUNDLED] as const, ['unbundled', unbundled] as const]) {
        const measured = timeLoad(file);
        functions.add(measured.functions);
        if (run > 0) times[name].push(measured.took);
        await turn();
      }
    rmSync(UNBUNDLED, { recursive: true, force: true });
    const [ours, theirs] = [median(times.bundled), median(times.unbundled)];
    progress(`bundled ${Math.round(ours)} ms, unbundled ${Math.round(theirs)} ms`);
    return {
      rows: [
        atMost(0.65, { name: 'bundle module load ÷ unbundled', value: ours / theirs, unit: '×' }),
        asItIs({ name: 'bundle module load', value: ours, unit: 'ms' }),
        asItIs({ name: 'unbundled module load', value: theirs, unit: 'ms' }),
        exactly('apps that register other functions', functions.size - 1, 'apps', 0),
      ],
    };
  },
};

/** Module by module, packages untouched: what is deployed without a bundler. */
function compileUnbundled(): string {
  rmSync(UNBUNDLED, { recursive: true, force: true });
  mkdirSync(UNBUNDLED, { recursive: true });
  const project = join(UNBUNDLED, 'tsconfig.json');
  const compilerOptions = {
    noEmit: false,
    rewriteRelativeImportExtensions: true,
    rootDir: '../..',
    outDir: '.',
    noCheck: true,
  };
  writeFileSync(
    project,
    JSON.stringify({ extends: '../../tsconfig.json', compilerOptions, include: ['../../functions', '../../shared'] }),
  );
  execFileSync(process.execPath, [COMPILER, '-p', project], { stdio: ['ignore', 'ignore', 'inherit'] });
  const entry = join(UNBUNDLED, 'functions.mjs');
  const imports = readdirSync(join(UNBUNDLED, 'functions')).filter((file) => file.endsWith('.js'));
  writeFileSync(entry, imports.map((file) => `import './functions/${file}';`).join('\n'));
  return entry;
}

function timeLoad(app: string): { took: number; functions: number } {
  const environment = { ...process.env, ...sample.Values };
  return JSON.parse(execFileSync(process.execPath, [TIMER, app], { env: environment, encoding: 'utf8' })) as {
    took: number;
    functions: number;
  };
}
