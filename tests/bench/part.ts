import type { Row } from '../long/record.ts';

export type Part = {
  name: string;
  /** One line for `--help`. */
  about: string;
  /** Kept beside its rows: quotas, counts, seeds. */
  settings: Readonly<Record<string, unknown>>;
  /** @param folder its own, for data and logs */
  run: (progress: (line: string) => void, folder: string) => Promise<Row[]>;
};
