import { ScenarioError } from './scenario.ts';

const pageSize = { usual: 1000, most: 10_000 };

/** @throws ScenarioError that names the parameter. */
export function numberIn(query: URLSearchParams, name: string, fallback: number): number {
  const value = Number(query.get(name) ?? fallback);
  if (!Number.isInteger(value) || value < 0) throw new ScenarioError(`${name} must be a whole number, 0 or more.`);
  return value;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** For `?since=` (or `?before=` in descending order) of the page that follows. */
  readonly next: number;
  readonly more: boolean;
  /** Entries in the whole list, whether they fit or not. */
  readonly total: number;
}

/** Oldest first after `?since=<seq>`, or newest first with `?order=desc` and before `?before=<seq>`; `?limit=` entries. */
export function page<T extends { seq: number }>(
  list: readonly T[],
  query: URLSearchParams,
  fits: (entry: T) => boolean,
): Page<T> {
  const limit = Math.min(numberIn(query, 'limit', pageSize.usual), pageSize.most);
  const descending = query.get('order') === 'desc';
  const start = descending ? numberIn(query, 'before', list.length + 1) - 2 : numberIn(query, 'since', 0);
  const items: T[] = [];
  let more = false;
  for (let index = Math.min(start, list.length); index >= 0 && index <= list.length; index += descending ? -1 : 1) {
    const entry = list[index];
    if (!entry || !fits(entry)) continue;
    if (items.length === limit) {
      more = true;
      break;
    }
    items.push(entry);
  }
  return { items, next: items.at(-1)?.seq ?? numberIn(query, 'since', 0), more, total: list.length };
}
