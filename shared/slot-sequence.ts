/** Sequences of slots, kept as units per cell of a grid for each window that counts them. Pure. */

/** A grid's cells per window: a row stays small, and a slot is at most one cell later than it had to be. */
const CELLS = 600;

export type Grid = { key: string; length: number; cell: number };

/** Units per cell of a window's grid, in the order of the cells. */
export type Runs = readonly (readonly [cell: number, units: number])[];

/** One sequence of slots, each later than the one before. */
export type Sequence = {
  /** The latest slot; 0 when there is none. */
  last: number;
  /** By the length of the window in seconds: what may still matter to the next slot. */
  runs: Readonly<Record<string, Runs>>;
};

export const EMPTY_SEQUENCE: Sequence = { last: 0, runs: {} };

export function gridOf(seconds: number): Grid {
  const length = seconds * 1_000;
  return { key: String(seconds), length, cell: Math.max(1, Math.round(length / CELLS)) };
}

/** The earliest instant at which no more than `room` units lie within one window before it, the grid's inexactness included. */
export function boundOf(sequences: readonly Sequence[], { key, length, cell }: Grid, room: number): number {
  const cells = sequences.map(({ runs }) => runs[key] ?? []);
  const positions = cells.map((runs) => runs.length - 1);
  for (let units = 0; ;) {
    let latest = -1;
    let found = -Infinity;
    for (const [index, position] of positions.entries()) {
      const run = cells[index]?.[position];
      if (run && run[0] > found) [latest, found] = [index, run[0]];
    }
    if (latest < 0) return 0;
    units += cells[latest]![positions[latest]!]![1];
    if (units > room) return (found + 1) * cell + length;
    positions[latest]! -= 1;
  }
}

/** The slots of a window that was not there before, as far as the longest of the others knows them; none is put earlier. */
export function regridded(runs: Readonly<Record<string, Runs>>, { cell }: Grid): Runs {
  const [longest] = Object.keys(runs).toSorted((a, b) => Number(b) - Number(a));
  if (longest === undefined) return [];
  const known = gridOf(Number(longest));
  const cells = new Map<number, number>();
  for (const [place, units] of runs[longest]!) {
    const at = Math.floor(((place + 1) * known.cell - 1) / cell);
    cells.set(at, (cells.get(at) ?? 0) + units);
  }
  return [...cells];
}

export function added({ last, runs }: Sequence, at: number, units: number, grids: readonly Grid[]): Sequence {
  const next: Record<string, Runs> = { ...runs };
  for (const { key, cell } of grids) {
    const of = next[key] ?? [];
    const place = Math.floor(at / cell);
    const tail = of.at(-1);
    next[key] = tail?.[0] === place ? [...of.slice(0, -1), [place, tail[1] + units]] : [...of, [place, units]];
  }
  return { last: Math.max(last, at), runs: next };
}

/** The unit of each of these loans leaves its cells; what others were given of them meanwhile stays. */
export function withoutLoans({ runs }: Sequence, loans: readonly number[], grids: readonly Grid[]): Sequence {
  const kept: Record<string, Runs> = {};
  let last = Infinity;
  for (const { key, cell } of grids) {
    const back = Map.groupBy(loans, (at) => Math.floor(at / cell));
    kept[key] = (runs[key] ?? [])
      .map(([place, units]) => [place, units - (back.get(place)?.length ?? 0)] as const)
      .filter(([, units]) => units > 0);
    const tail = kept[key].at(-1);
    last = Math.min(last, tail ? (tail[0] + 1) * cell - 1 : 0);
  }
  return { last, runs: kept };
}
