import type { Moment, Passes } from '../proxies/seen.ts';
import { type Mark, type Operation, watchFor } from './points.ts';
import { operationOf } from './requests.ts';

export type Gate = {
  /** Nothing passes while a process stands at its point. */
  passes: Passes;
  /** Resolves when the mark is reached; from then on nothing is let through. */
  watch(mark: Mark, each: (operation: Operation, moment: Moment) => void): Promise<void>;
  /** Lets everything through again; what was held back stays so for ever. */
  open(): void;
};

/** Stands between a process and its services. */
export function createGate(): Gate {
  let watching: ((operation: Operation, moment: Moment) => boolean) | undefined;
  let isOpen = true;
  return {
    passes(seen, moment) {
      const operation = seen && operationOf(seen);
      if (isOpen && operation && watching?.(operation, moment)) isOpen = false;
      return isOpen;
    },
    watch: (mark, each) =>
      new Promise((resolve) => {
        const isReached = watchFor(mark);
        watching = (operation, moment) => {
          each(operation, moment);
          const reached = isReached(operation, moment);
          if (reached) resolve();
          return reached;
        };
      }),
    open() {
      watching = undefined;
      isOpen = true;
    },
  };
}
