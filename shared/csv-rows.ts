/** The rows of a CSV file that somebody hands in, each checked; faults name row and column. Pure. */
import { CsvError, parse } from 'csv-parse/sync';
import { z } from 'zod';

export class CsvRowsError extends Error {
  override name = 'CsvRowsError';
}

/**
 * @param what it is to be, for people: "The order history"
 * @throws CsvRowsError when the file is none
 */
export function rowsIn<Schema extends z.ZodObject>(csv: string, schema: Schema, what: string): z.output<Schema>[] {
  try {
    const columns = (head: string[]): string[] =>
      checked(
        head.map((name) => name.trim()),
        Object.keys(schema.shape),
        what,
      );
    const rows = z.array(schema).safeParse(parse(csv, { columns, bom: true, skip_empty_lines: true }));
    if (rows.success) return rows.data;
    const { path, message } = rows.error.issues[0]!;
    throw new CsvRowsError(`${what} cannot be used: row ${Number(path[0]) + 1}, ${String(path[1])}: ${message}`);
  } catch (error) {
    if (error instanceof CsvError) throw new CsvRowsError(`${what} is no CSV: ${error.message}`);
    throw error;
  }
}

/** @throws CsvRowsError that names every column which the file lacks */
function checked(head: string[], names: readonly string[], what: string): string[] {
  const missing = names.filter((name) => !head.includes(name));
  if (missing.length === 0) return head;
  const which = missing.length === 1 ? `column ${missing[0]} is` : `columns ${missing.join(', ')} are`;
  throw new CsvRowsError(`${what} cannot be used: ${which} missing in its first line.`);
}
