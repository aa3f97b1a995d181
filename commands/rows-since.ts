import { daysFrom } from './since.ts';

/** Rows stand under the day when the message came; it may be given up as long as it lives. */
const LIVES = 14 * 86_400_000;

/** The rows of a table by day that were written since, the latest first. */
export async function rowsSince<Row extends { at: Date }>(
  rowsOf: (day: string) => AsyncIterable<Row>,
  since: Date,
  now: Date,
  progress: (text: string) => void,
): Promise<Row[]> {
  const found: Row[] = [];
  for (const day of daysFrom(new Date(since.getTime() - LIVES), now)) {
    progress(`Reading ${day}: ${found.length} found`);
    for await (const row of rowsOf(day)) if (row.at >= since) found.push(row);
  }
  progress('');
  return found.sort((a, b) => b.at.getTime() - a.at.getTime());
}
