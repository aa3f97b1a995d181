import { ConfigurationError } from './configuration-error.ts';

/** Gathers configuration errors so that a developer reads all of them at once. */
export interface Problems {
  /** Runs `read` for each item; items that throw a ConfigurationError are left out and noted under their name. */
  collect<Item extends { name: string }, Result>(items: Item[], read: (item: Item) => Result): Result[];
  throwIfAny(): void;
}

export function createProblems(): Problems {
  const messages: string[] = [];
  return {
    collect: (items, read) =>
      items.flatMap((item) => {
        try {
          return [read(item)];
        } catch (error) {
          if (!(error instanceof ConfigurationError)) throw error;
          messages.push(`function "${item.name}": ${error.message}`);
          return [];
        }
      }),
    throwIfAny: () => {
      if (messages.length > 0) throw new ConfigurationError(messages.join('\n'));
    },
  };
}
