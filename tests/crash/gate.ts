import { type Mark, type Moment, type Operation, watchFor } from './points.ts';

export type Gate = {
  /** What a proxy asks of every request: whether it, or its answer, is let through. */
  passes(operation: Operation, moment: Moment): boolean;
  /** Whether anything is let through at all; nothing is while a process stands at its point. */
  isOpen(): boolean;
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
    isOpen: () => isOpen,
    passes(operation, moment) {
      if (isOpen && watching?.(operation, moment)) isOpen = false;
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
