import { AsyncLocalStorage } from 'node:async_hooks';
import type { PortCall } from '../fakes/calls.ts';
import type { Faults } from './faults.ts';
import type { VirtualTime } from './virtual-time.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

export type Process = { alive: boolean; onDeath: (() => void)[] };

/** What a killed process still waits for. */
const never = (): Promise<never> => new Promise(() => {});

/** A stretch of time in which a service of ours refuses everything. */
type Outage = { ports: 'tables' | 'broker'; from: number; until: number };

/** Instances of the app: they are killed, paused, and cut off from their services; others take their place. */
export function createProcesses(time: VirtualTime, faults: Faults, size: number, calmFrom: number) {
  const current = new AsyncLocalStorage<Process>();
  const living: Process[] = [];
  const born = (): void => void living.push({ alive: true, onDeath: [] });
  for (let n = 0; n < size; n += 1) born();

  const outages: Outage[] = (['tables', 'broker'] as const).map((ports) => {
    const from = time.now() + faults.between(5 * SECOND, 5 * MINUTE);
    return { ports, from, until: from + faults.between(SECOND, ports === 'tables' ? 2 * MINUTE : 20 * SECOND) };
  });
  const isAway = (ports: Outage['ports']): boolean =>
    outages.some((outage) => outage.ports === ports && time.now() >= outage.from && time.now() < outage.until);

  function kill(process: Process): void {
    process.alive = false;
    living.splice(living.indexOf(process), 1);
    for (const tell of process.onDeath) tell();
    time.after(faults.between(SECOND, 5 * SECOND), born);
  }

  /** Around every call to the outside: it takes time, it may fail, and the process may die or stand still. */
  async function onCall({ port, moment }: Pick<PortCall, 'port' | 'moment'>): Promise<void> {
    const process = current.getStore();
    if (!process) return;
    if (!process.alive) return never();
    await time.wait(faults.between(1, 12));
    if (!process.alive) return never();
    const calm = time.now() >= calmFrom;
    if (!calm && faults.happens('kill', 0.006)) {
      kill(process);
      return never();
    }
    if (!calm && faults.happens('pause', 0.004)) {
      // Between the last look and the first byte nothing can help against a pause that outlives the provider's memory:
      // docs/failure-modes.md names it, so it is left out here.
      const longest = port === 'provider' && moment === 'before' ? 2 * MINUTE : 8 * MINUTE;
      await time.wait(faults.between(SECOND, faults.pick([15 * SECOND, 40 * SECOND, longest])));
      if (!process.alive) return never();
    }
    if (port === 'provider') return;
    const ours = port === 'queues' ? 'broker' : 'tables';
    if (isAway(ours)) {
      faults.met(ours === 'broker' ? 'broker-away' : 'tables-away');
      throw new Error(`${ours} are away`);
    }
    if (!calm && faults.happens(moment === 'before' ? 'call-refused' : 'answer-lost', 0.004))
      throw new Error(`${port}: ${moment === 'before' ? 'refused' : 'done, but nobody was told'}`);
  }

  return {
    onCall,
    /** Any living process; undefined while all of them are being started again. */
    any: (): Process | undefined =>
      living.length > 0 ? living[Math.floor(faults.between(0, living.length))] : undefined,
    runIn: <Result>(process: Process, run: () => Promise<Result>): Promise<Result> => current.run(process, run),
  };
}

export type Processes = ReturnType<typeof createProcesses>;
