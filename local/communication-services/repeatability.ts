/**
 * What the provider remembers of requests by their id (Azure Communication Services REST, "Repeatable requests"):
 * an earlier 2xx or 4xx is answered again, an earlier 5xx is run again, a second request while the first runs is a
 * conflict, and another body under the same id is refused.
 */
export type Look<T> =
  | { readonly kind: 'fresh' }
  | { readonly kind: 'running' }
  | { readonly kind: 'other-body' }
  | { readonly kind: 'remembered'; readonly result: T };

interface Entry<T> {
  readonly fingerprint: string;
  readonly since: number;
  result?: { readonly value: T };
}

/** Held while a request runs; `settle` remembers its result, `release` forgets it (5xx, or nothing happened). */
export interface Hold<T> {
  settle(result: T): void;
  release(): void;
}

export function createMemory<T>(now: () => number, seconds: () => number) {
  const entries = new Map<string, Entry<T>>();

  const forgotten = (entry: Entry<T>) => entry.result !== undefined && entry.since + seconds() * 1000 <= now();

  /** Entries lie in the order of their times, so the old ones are at the front. */
  function dropOld() {
    for (const [id, entry] of entries) {
      if (!forgotten(entry)) break;
      entries.delete(id);
    }
  }

  return {
    look(id: string, fingerprint: string): Look<T> {
      dropOld();
      const entry = entries.get(id);
      if (!entry || forgotten(entry)) return { kind: 'fresh' };
      if (entry.fingerprint !== fingerprint) return { kind: 'other-body' };
      return entry.result ? { kind: 'remembered', result: entry.result.value } : { kind: 'running' };
    },
    hold(id: string, fingerprint: string): Hold<T> {
      const entry: Entry<T> = { fingerprint, since: now() };
      if (seconds() > 0) {
        entries.delete(id);
        entries.set(id, entry);
      }
      return {
        settle: (value) => (entry.result = { value }),
        release: () => {
          if (entries.get(id) === entry) entries.delete(id);
        },
      };
    },
    clear: () => entries.clear(),
  };
}
