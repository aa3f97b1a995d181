import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { pageOf } from './page.ts';
import { aboutPart } from './parts.ts';
import { bars, cumulated, steps, svgOf } from './plots.ts';
import { type Results, readResults } from './results.ts';

const RESULTS: Results = {
  parts: {
    drain: {
      at: '2026-11-29T10:00:00.000Z',
      command: 'npm run bench -- --only drain',
      version: '1.0.0',
      machine: '2 cores',
      settings: { seed: 11 },
      plots: [{ file: 'plots/drain.svg', about: 'Accepted over time.' }],
    },
  },
  rows: [
    { part: 'drain', name: 'drain ÷ minimum', value: 1.1, unit: '×', goal: '<= 1.06', met: false },
    { part: 'drain', name: '429s', value: 0, unit: 'answers', goal: '0', met: true },
  ],
};

describe('the page of the latest measurements', () => {
  it('follows from the rows that are kept: run `npm run bench` when this fails', async () => {
    expect(await readFile('docs/benchmarks/latest.md', 'utf8')).toBe(await pageOf(readResults(), aboutPart));
  });

  it('shows every row with its goal, says what was missed, and how it was run', async () => {
    const page = await pageOf(RESULTS, () => 'A backlog');
    expect(page).toMatch(/\| drain ÷ minimum +\| 1\.1 × +\| <= 1\.06 +\| \*\*missed\*\* +\|/);
    expect(page).toMatch(/\| 429s +\| 0 answers +\| 0 +\| +\|/);
    expect(page).toContain('A backlog. **Goals missed: 1.**');
    expect(page).toContain('![Accepted over time.](plots/drain.svg)');
    expect(page).toContain('`npm run bench -- --only drain` on 2026-11-29, 2 cores; settings: `{"seed":11}`');
  });
});

describe('a picture', () => {
  it('has a legend and a mark for each series', async () => {
    const values = ['this pipeline', 'plain SDK'].map((series, index) => ({
      group: 'N = 10 L',
      series,
      value: index + 1,
    }));
    const chart = await svgOf(bars('Refused', 'calls', values));
    for (const text of ['Refused', 'calls', 'N = 10 L', 'this pipeline', 'plain SDK']) expect(chart).toContain(text);
    expect(chart.match(/aria-roledescription="bar"/g)).toHaveLength(2);
  });

  it('of what was measured one by one rises to all of it', async () => {
    const points = cumulated([3, 1, 2, 2], 'waits');
    expect(points.map(({ x, y }) => [x, y])).toEqual([
      [1, 0.25],
      [2, 0.5],
      [2, 0.75],
      [3, 1],
    ]);
    expect(await svgOf(steps('Waits', { x: 'seconds', y: 'share' }, points))).toContain('waits');
  });
});
