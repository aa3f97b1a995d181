import type { Copy, Random } from '../../../shared/ports.ts';
import type { VirtualTime } from '../../simulation/virtual-time.ts';

type Room = { busy: number };

export type Workers<Instance> = {
  instances: readonly Instance[];
  /** Copies that one of them runs at once. */
  concurrency: number;
  /** How late the broker wakes a scheduled copy, in ms. */
  lateness: () => number;
  run: (copy: Copy, instance: Instance) => Promise<unknown>;
};

/** What is due at once takes so long to come, in ms. */
const AT_ONCE = { least: 2, most: 20 };

/** A send queue in virtual time: copies wake when they are due, and are run by whichever instance has room. */
export function createWorkers<Instance extends Room>(
  { instances, concurrency, lateness, run }: Workers<Instance>,
  time: VirtualTime,
  random: Random,
) {
  const ready: Copy[] = [];
  let scheduled = 0;

  function dispatch(): void {
    for (;;) {
      const free = instances.filter(({ busy }) => busy < concurrency);
      const copy = free.length > 0 ? ready.shift() : undefined;
      if (!copy) return;
      const instance = free[Math.floor(random() * free.length)]!;
      instance.busy += 1;
      void run(copy, instance).finally(() => {
        instance.busy -= 1;
        dispatch();
      });
    }
  }

  return {
    put(copies: readonly { copy: Copy; at?: Date }[]): void {
      // What is sent together and due at once comes in its order.
      const together = AT_ONCE.least + random() * (AT_ONCE.most - AT_ONCE.least);
      for (const { copy, at } of copies) {
        const due = at ? at.getTime() : time.now();
        const late = due > time.now() ? lateness() : together;
        scheduled += 1;
        time.at(Math.max(due, time.now()) + late, () => {
          scheduled -= 1;
          ready.push(copy);
          dispatch();
        });
      }
    },
    isIdle: (): boolean => ready.length === 0 && scheduled === 0 && instances.every(({ busy }) => busy === 0),
  };
}
