import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '../../shared/ports.ts';
import type { PortCall } from '../fakes/calls.ts';
import type { Faults } from './faults.ts';
import type { Services } from './services.ts';
import type { VirtualTime } from './virtual-time.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** How far the local clock of a process may be from the true time, either way. */
const SKEW = 2 * SECOND;

export type Process = {
  alive: boolean;
  /** Stopped until then, as by SIGSTOP: nothing of it goes on. */
  stillUntil: number;
  /** Its own clock: skewed, its monotonic time of an origin of its own. */
  local: Clock;
  onDeath: Set<() => void>;
  onPause: Set<(until: number) => void>;
};

/** What a killed process still waits for. */
const never = (): Promise<never> => new Promise(() => {});

type Surroundings = { time: VirtualTime; faults: Faults; services: Services; calmFrom: number };

/** Instances of the app: they are killed, stopped, and cut off from their services; others take their place. */
export function createProcesses({ time, faults, services, calmFrom }: Surroundings, size: number) {
  const current = new AsyncLocalStorage<Process>();
  const living: Process[] = [];
  for (let n = 0; n < size; n += 1) bear();

  function bear(): void {
    const skew = faults.between(-SKEW, SKEW);
    const origin = time.now() - faults.between(0, HOUR);
    const steps = time.now() < calmFrom && faults.happens('clock-stepped', 0.02);
    const [stepAt, step] = [time.now() + faults.between(0, MINUTE), faults.pick([-HOUR, -SECOND, 30 * SECOND])];
    const process: Process = {
      alive: true,
      stillUntil: 0,
      local: {
        now: () => new Date(time.now() + skew + (steps && time.now() >= stepAt ? step : 0)),
        monotonic: () => time.now() - origin,
        wait: (milliseconds) => pass(process, milliseconds),
      },
      onDeath: new Set(),
      onPause: new Set(),
    };
    living.push(process);
  }

  async function pass(process: Process, milliseconds: number): Promise<void> {
    await time.wait(milliseconds);
    while (process.alive && process.stillUntil > time.now()) await time.wait(process.stillUntil - time.now());
    if (!process.alive) return never();
  }

  function kill(process: Process): void {
    process.alive = false;
    living.splice(living.indexOf(process), 1);
    for (const tell of process.onDeath) tell();
    time.after(faults.between(SECOND, 5 * SECOND), bear);
  }

  function stop(process: Process, milliseconds: number): void {
    process.stillUntil = Math.max(process.stillUntil, time.now() + milliseconds);
    for (const tell of process.onPause) tell(process.stillUntil);
  }

  /** Around every call to the outside: it takes time, it may fail, and the process may die or stand still. */
  async function onCall({ port, operation, moment }: PortCall): Promise<void> {
    const process = current.getStore();
    if (!process) return;
    if (!process.alive) return never();
    const isCalm = time.now() >= calmFrom;
    if (!isCalm && faults.happens('kill', 0.004)) {
      kill(process);
      return never();
    }
    const isBeforeCall = port === 'provider' && moment === 'before';
    const stops = !isCalm && faults.happens(isBeforeCall ? 'pause-before-call' : 'pause', isBeforeCall ? 0.006 : 0.001);
    if (stops) {
      // Between the last look and the first byte nothing can help against a pause after which the provider has forgotten
      // an SMS, or has twice said that it knows nothing of a mail: docs/failure-modes.md names both, so they are left out.
      const longest = isBeforeCall ? (operation === 'email' ? 25 : 55) * SECOND : 8 * MINUTE;
      const usual = faults.pick([5 * SECOND, 30 * SECOND, 40 * SECOND, longest]);
      stop(process, faults.between(SECOND, Math.min(usual, longest)));
    }
    // What has left the process arrives, whether or not the process goes on.
    if (isBeforeCall && !stops) await time.wait(services.latency(port));
    else await pass(process, services.latency(port));
    const failure = services.failure(port, moment);
    if (failure) throw new Error(failure);
  }

  return {
    onCall,
    /** Any living process that fulfils this; undefined when there is none now. */
    any(isFit: (process: Process) => boolean = () => true): Process | undefined {
      const fit = living.filter(isFit);
      return fit[Math.floor(faults.between(0, fit.length))];
    },
    /** Every process that lives now dies within this time, as when settings change. */
    restartAll(within: number): void {
      for (const process of living) time.after(faults.between(0, within), () => process.alive && kill(process));
    },
    runIn: <Result>(process: Process, run: () => Promise<Result>): Promise<Result> => current.run(process, run),
  };
}

export type Processes = ReturnType<typeof createProcesses>;
