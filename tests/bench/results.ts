/** `docs/benchmarks/latest.json`: the rows of the last run of each part. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname } from 'node:path';
import type { Row } from '../long/record.ts';
import type { Part } from './part.ts';

export const LATEST = 'docs/benchmarks/latest.json';

export type PartRow = Row & { part: string };

/** How a part was run. */
type RunOf = { at: string; command: string; version: string; machine: string; settings: Part['settings'] };

export type Results = { parts: Readonly<Record<string, RunOf>>; rows: readonly PartRow[] };

export function readResults(file = LATEST): Results {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Results;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { parts: {}, rows: [] };
    throw error;
  }
}

/** With the rows of one part in place of its earlier ones, and everything in the order of `order`. */
export function withPart(
  results: Results,
  part: Part,
  rows: readonly Row[],
  run: Omit<RunOf, 'settings'>,
  order: readonly string[],
): Results {
  const parts = { ...results.parts, [part.name]: { ...run, settings: part.settings } };
  const others = results.rows.filter((row) => row.part !== part.name);
  const all = [...others, ...rows.map((row) => ({ ...row, part: part.name }))];
  const place = (name: string): number => order.indexOf(name);
  return {
    parts: Object.fromEntries(Object.entries(parts).toSorted(([a], [b]) => place(a) - place(b))),
    rows: all.toSorted((a, b) => place(a.part) - place(b.part)),
  };
}

export function keepResults(results: Results, file = LATEST): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`);
}

export function runNow(command: string): Omit<RunOf, 'settings'> {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const machine = `${cpus().length} cores, Node ${process.versions.node}`;
  return { at: new Date().toISOString(), command, version, machine };
}
