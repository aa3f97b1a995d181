import type { Clock } from '../clock.ts';
import { createInFlight } from '../in-flight.ts';
import type { Leases } from './leases.ts';
import type { ClaimedActivity, ClaimedTurn, Work } from './work.ts';

export interface RunnerOptions {
  work: Pick<Work, 'claimTurns' | 'claimActivities' | 'nextDueAt'>;
  leases: Leases;
  /** Runs one turn to its end, result written. */
  runTurn: (turn: ClaimedTurn) => Promise<void>;
  runActivity: (activity: ClaimedActivity) => Promise<void>;
  maxConcurrentTurns: number;
  maxConcurrentActivities: number;
  clock: Clock;
  isDead: (owner: string) => boolean;
  /** ms. How often to look for what other workers left in the file and to renew leases; `undefined` when nobody shares it. */
  pollMs: number | undefined;
}

export interface Runner {
  /** There may be work. */
  wake(): void;
  /** Takes nothing more; resolves when what runs has ended. */
  stop(): Promise<void>;
}

/** Node fires a longer timer at once. */
const longestDelayMs = 2_000_000_000;

/** Takes turns and activities as they become due, as many at a time as allowed, and starts them. */
export function startRunner(options: RunnerOptions): Runner {
  const { work, leases, runTurn, runActivity, clock, isDead, pollMs } = options;
  const inFlight = createInFlight();
  let turns = 0;
  let activities = 0;
  let stopping = false;
  let woken = false;
  let callOff: (() => void) | undefined;
  let callOffPoll: (() => void) | undefined;

  const run = async (task: () => Promise<void>, ended: () => void): Promise<void> => {
    inFlight.enter();
    try {
      await task();
    } finally {
      ended();
      inFlight.leave();
      wake();
    }
  };

  const pump = (): void => {
    woken = false;
    if (stopping) return;
    const now = clock.now();
    for (const turn of work.claimTurns(options.maxConcurrentTurns - turns, now)) {
      turns += 1;
      void run(
        () => runTurn(turn),
        () => {
          turns -= 1;
        },
      );
    }
    for (const activity of work.claimActivities(options.maxConcurrentActivities - activities, now)) {
      activities += 1;
      void run(
        () => runActivity(activity),
        () => {
          activities -= 1;
        },
      );
    }
    callOff?.();
    const due = work.nextDueAt();
    callOff =
      due === undefined || turns === options.maxConcurrentTurns
        ? undefined
        : clock.after(Math.min(Math.max(0, due - clock.now()), longestDelayMs), pump);
  };
  const wake = (): void => {
    if (woken || stopping) return;
    woken = true;
    setImmediate(pump);
  };
  const poll = (): void => {
    if (pollMs === undefined) return;
    const now = clock.now();
    if (turns + activities > 0) leases.renew(now);
    leases.releaseAbandoned(now, isDead);
    wake();
    callOffPoll = clock.after(pollMs, poll);
  };
  poll();
  wake();

  return {
    wake,
    stop: async () => {
      stopping = true;
      callOff?.();
      await inFlight.idle();
      callOffPoll?.();
    },
  };
}
