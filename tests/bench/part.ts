import type { TopLevelSpec } from 'vega-lite';
import type { Row } from '../long/record.ts';

/** A picture beside the rows of a part. */
export type Plot = {
  /** Of its file. */
  name: string;
  /** A sentence under it. */
  about: string;
  spec: TopLevelSpec;
};

export type Measured = { rows: Row[]; plots?: readonly Plot[] };

export type Part = {
  name: string;
  /** One line for `--help`. */
  about: string;
  /** Kept beside its rows: quotas, counts, seeds. */
  settings: Readonly<Record<string, unknown>>;
  /** @param folder its own, for data and logs */
  run: (progress: (line: string) => void, folder: string) => Promise<Measured>;
};
