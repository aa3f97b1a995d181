import type { Limits } from '../../shared/limits.ts';
import type { Faults } from './faults.ts';
import type { Process, Processes } from './processes.ts';
import type { VirtualTime } from './virtual-time.ts';

type Held<Body> = { body: Body; deliveryCount: number };

type Entity<Body> = {
  handle: (bodies: Body[], process: Process) => Promise<void>;
  /** Of one call. */
  batch: number;
  /** Calls at once, of one process. */
  concurrency: number;
  deadLetter: (body: Body) => void;
};

type Context = {
  time: VirtualTime;
  faults: Faults;
  processes: Pick<Processes, 'any' | 'runIn'>;
  limits: Limits;
  calmFrom: number;
};

/** How soon the host takes what has come. */
const PICKED_UP = { least: 2, most: 20 };
/** How soon it looks again when no process is free. */
const LOOK_AGAIN = 200;

/**
 * What is due on one queue or subscription with its peek-locks, as the Functions host works it off: a batch settles as a
 * whole, a handler that rejects is given its messages again at once, a lock runs out, and ten deliveries are enough.
 */
export function workOff<Body>(
  { handle, batch, concurrency, deadLetter }: Entity<Body>,
  { time, faults, processes, limits, calmFrom }: Context,
): { put: (body: Body) => void; open: () => number } {
  const due: Held<Body>[] = [];
  const calls = new Map<Process, number>();
  let held = 0;
  let isPolling = false;

  const count = (process: Process, change: number): void => void calls.set(process, (calls.get(process) ?? 0) + change);

  function pollAfter(milliseconds: number): void {
    if (isPolling) return;
    isPolling = true;
    time.after(milliseconds, () => {
      isPolling = false;
      poll();
    });
  }

  function poll(): void {
    while (due.length > 0) {
      const process = processes.any((one) => one.stillUntil <= time.now() && (calls.get(one) ?? 0) < concurrency);
      if (!process) return pollAfter(LOOK_AGAIN);
      deliver(due.splice(0, batch), process);
    }
  }

  function release(messages: Held<Body>[]): void {
    for (const message of messages)
      if (message.deliveryCount >= limits.maxDeliveryCount) deadLetter(message.body);
      else due.push(message);
    if (messages.length > 0) pollAfter(1);
  }

  function deliver(messages: Held<Body>[], process: Process): void {
    for (const message of messages) message.deliveryCount += 1;
    count(process, 1);
    held += messages.length;
    let isLocked = true;
    const settle = (back: Held<Body>[]): void => {
      if (!isLocked) return;
      isLocked = false;
      held -= messages.length;
      release(back);
    };
    const loseLock = (within: number): void => time.after(faults.between(0, within), () => settle(messages));
    const isCalm = time.now() >= calmFrom;
    if (!isCalm && faults.happens('lock-lost', 0.006)) loseLock(4_000);
    time.after(batch === 1 ? limits.lockRenewal : limits.lock, () => settle(messages));

    const die = (): void => {
      calls.delete(process);
      loseLock(limits.lock);
    };
    // A process that stands still does not renew its locks.
    const pause = (until: number): void => {
      if (until - time.now() > limits.lock / 2) loseLock(limits.lock);
    };
    process.onDeath.add(die);
    process.onPause.add(pause);
    const end = (back: Held<Body>[]) => () => {
      process.onDeath.delete(die);
      process.onPause.delete(pause);
      if (!process.alive) return;
      count(process, -1);
      if (back.length === 0 && time.now() < calmFrom && faults.happens('complete-failed', 0.004)) loseLock(limits.lock);
      else settle(back);
      if (due.length > 0) pollAfter(1);
    };
    const bodies = messages.map(({ body }) => body);
    processes.runIn(process, () => handle(bodies, process)).then(end([]), end(messages));
  }

  return {
    open: () => due.length + held,
    put(body) {
      due.push({ body, deliveryCount: 0 });
      pollAfter(faults.between(PICKED_UP.least, PICKED_UP.most));
    },
  };
}
