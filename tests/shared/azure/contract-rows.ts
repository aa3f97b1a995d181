import type { openTables } from '../../../shared/azure/tables.ts';
import { ARRIVED } from '../stored-delivery.ts';

export type Tables = ReturnType<typeof openTables>;

export const HOUR = 3_600_000;

/** Some milliseconds after the events of these tests arrived. */
export const later = (milliseconds: number) => new Date(ARRIVED.getTime() + milliseconds);

export async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

let names = 0;
/** Every test has events and subjects of its own, so that all of them share the tables. */
export const fresh = (name: string) => `${name}-${(names += 1)}`;
