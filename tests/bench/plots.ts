/** Pictures of what was measured, as SVG. */
import { View, parse } from 'vega';
import { type TopLevelSpec, compile } from 'vega-lite';

export type Point = { x: number; y: number; series: string };

const FRAME = {
  width: 620,
  height: 280,
  background: 'white',
  config: { axis: { labelLimit: 600 }, legend: { labelLimit: 300 } },
} as const;

export const svgOf = (spec: TopLevelSpec): Promise<string> =>
  new View(parse(compile(spec).spec), { renderer: 'none' }).toSVG();

/** One line a series, stepping from point to point. */
export function steps(title: string, axes: { x: string; y: string }, points: readonly Point[]): TopLevelSpec {
  return {
    ...FRAME,
    title,
    data: { values: [...points] },
    mark: { type: 'line', interpolate: 'step-after' },
    encoding: {
      x: { field: 'x', type: 'quantitative', title: axes.x },
      y: { field: 'y', type: 'quantitative', title: axes.y },
      color: { field: 'series', type: 'nominal', title: null, legend: { orient: 'bottom' } },
    },
  };
}

export type Bar = { group: string; series: string; value: number };

/** Bars side by side, a group for each case; `log` where one side is many times the other. */
export function bars(title: string, axis: string, values: readonly Bar[], log = false): TopLevelSpec {
  const order = [...new Set(values.map(({ group }) => group))];
  const series = [...new Set(values.map((value) => value.series))];
  return {
    ...FRAME,
    height: 14 * values.length,
    title,
    data: { values: [...values] },
    mark: 'bar',
    encoding: {
      y: { field: 'group', type: 'nominal', title: null, sort: order },
      yOffset: { field: 'series', sort: series },
      x: { field: 'value', type: 'quantitative', title: axis, ...(log && { scale: { type: 'symlog' } }) },
      color: { field: 'series', type: 'nominal', sort: series, title: null, legend: { orient: 'bottom' } },
    },
  };
}

/** Of so many values the share that is no larger, from 0 to 1. */
export const cumulated = (values: readonly number[], series: string): Point[] =>
  values.toSorted((a, b) => a - b).map((x, index) => ({ x, y: (index + 1) / values.length, series }));
