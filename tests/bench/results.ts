/** `docs/benchmarks/latest.json`: the rows of the last run of each part. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Row } from '../long/record.ts';
import { pageOf } from './page.ts';
import type { Measured, Part, Plot } from './part.ts';
import { svgOf } from './plots.ts';

const FOLDER = 'docs/benchmarks';
export const LATEST = `${FOLDER}/latest.json`;

export type PartRow = Row & { part: string };

/** How a part was run. */
type RunOf = {
  at: string;
  command: string;
  version: string;
  machine: string;
  settings: Part['settings'];
  plots: readonly { file: string; about: string }[];
};

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
  { rows, plots = [] }: Measured,
  run: Omit<RunOf, 'settings' | 'plots'>,
  order: readonly string[],
): Results {
  const parts = { ...results.parts, [part.name]: { ...run, settings: part.settings, plots: plots.map(plotOf) } };
  const others = results.rows.filter((row) => row.part !== part.name);
  const all = [...others, ...rows.map((row) => ({ ...row, part: part.name }))];
  const place = (name: string): number => order.indexOf(name);
  return {
    parts: Object.fromEntries(Object.entries(parts).toSorted(([a], [b]) => place(a) - place(b))),
    rows: all.toSorted((a, b) => place(a.part) - place(b.part)),
  };
}

const plotOf = ({ name, about }: Plot) => ({ file: `plots/${name}.svg`, about });

/** Rows, page and pictures; the pictures of other parts stay. */
export async function keepResults(
  results: Results,
  plots: readonly Plot[],
  about: (part: string) => string,
  folder = FOLDER,
): Promise<void> {
  mkdirSync(join(folder, 'plots'), { recursive: true });
  writeFileSync(join(folder, 'latest.json'), `${JSON.stringify(results, undefined, 2)}\n`);
  writeFileSync(join(folder, 'latest.md'), await pageOf(results, about));
  for (const plot of plots) writeFileSync(join(folder, plotOf(plot).file), await svgOf(plot.spec));
}

export function runNow(command: string): Omit<RunOf, 'settings' | 'plots'> {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const machine = `${cpus().length} cores, Node ${process.versions.node}`;
  return { at: new Date().toISOString(), command, version, machine };
}
