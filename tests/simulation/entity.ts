import type { Limits } from '../../shared/limits.ts';
import type { Faults } from './faults.ts';
import type { Process, Processes } from './processes.ts';
import type { VirtualTime } from './virtual-time.ts';

export type Held<Body> = { body: Body; deliveryCount: number };

type Entity<Body> = {
  /** Takes what is due off the queue, at most so many. */
  take: (most: number) => Body[];
  handle: (bodies: Body[], process: Process) => Promise<void>;
  /** Of one call. */
  batch: number;
  /** Calls at once. */
  concurrency: number;
  deadLetter: (body: Body) => void;
};

/**
 * One queue or subscription with its peek-locks, as the Functions host works it off: a batch settles as a whole, a
 * handler that rejects is given its messages again at once, a lock runs out, and ten deliveries are enough.
 */
export function workOff<Body>(
  { take, handle, batch, concurrency, deadLetter }: Entity<Body>,
  { time, faults, processes, limits }: { time: VirtualTime; faults: Faults; processes: Processes; limits: Limits },
): { held: () => number; poll: () => void } {
  const again: Held<Body>[] = [];
  let calls = 0;
  let held = 0;

  function release(messages: Held<Body>[]): void {
    for (const message of messages)
      if (message.deliveryCount >= limits.maxDeliveryCount) deadLetter(message.body);
      else again.push(message);
  }

  function deliver(messages: Held<Body>[], process: Process): void {
    for (const message of messages) message.deliveryCount += 1;
    calls += 1;
    held += messages.length;
    let open = true;
    /** @returns whether the lock was still held */
    const settle = (back: Held<Body>[]): boolean => {
      if (!open) return false;
      open = false;
      held -= messages.length;
      release(back);
      return true;
    };
    const ended = (): void => void (calls -= 1);
    const renewed = batch === 1 ? limits.lockRenewal : limits.lock;
    time.after(faults.happens('lock-lost', 0.004) ? faults.between(0, 2_000) : renewed, () => settle(messages));
    process.onDeath.push(() => {
      ended();
      time.after(faults.between(0, limits.lock), () => settle(messages));
    });
    const bodies = messages.map(({ body }) => body);
    processes
      .runIn(process, () => handle(bodies, process))
      .then(
        () => process.alive && (ended(), settle([])),
        () => process.alive && (ended(), settle(messages)),
      );
  }

  return {
    held: () => held + again.length,
    poll() {
      while (calls < concurrency) {
        const process = processes.any();
        if (!process) return;
        const messages = again.splice(0, batch);
        messages.push(...take(batch - messages.length).map((body) => ({ body, deliveryCount: 0 })));
        if (messages.length === 0) return;
        deliver(messages, process);
      }
    },
  };
}
