import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';

export type Row = { name: string; value: number; unit: string; goal: string; met: boolean };

export const exactly = (name: string, value: number, unit: string, goal: number): Row => ({
  name,
  value,
  unit,
  goal: `${goal}`,
  met: value === goal,
});

const FOLDER = 'docs/benchmarks';

/** Keeps the rows of one run in `docs/benchmarks/<run>.json`, prints them, and tells whether every goal was met. */
export function record(run: string, command: string, settings: Record<string, unknown>, rows: readonly Row[]): boolean {
  mkdirSync(FOLDER, { recursive: true });
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const machine = `${cpus().length} cores, Node ${process.versions.node}`;
  const content = { command, version, at: new Date().toISOString(), machine, settings, rows };
  writeFileSync(`${FOLDER}/${run}.json`, `${JSON.stringify(content, undefined, 2)}\n`);
  for (const { name, value, unit, goal, met } of rows)
    console.log(`${met ? '  ok ' : ' MISS'}  ${name.padEnd(64)} ${String(value).padStart(6)} ${unit} (${goal})`);
  console.log(`\nKept in ${FOLDER}/${run}.json`);
  return rows.every(({ met }) => met);
}
