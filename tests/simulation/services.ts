import type { PortCall } from '../fakes/calls.ts';
import type { Fault, Faults } from './faults.ts';
import type { VirtualTime } from './virtual-time.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** A stretch of time in which a service of ours refuses everything. */
type Outage = { of: 'tables' | 'broker'; fault: Fault; from: number; until: number; met: boolean };

const OUTAGES = [
  { of: 'tables', fault: 'tables-away-second', share: 0.4, least: SECOND, most: 2 * SECOND },
  { of: 'tables', fault: 'tables-away-minute', share: 0.3, least: 40 * SECOND, most: 80 * SECOND },
  { of: 'tables', fault: 'tables-away-ten-minutes', share: 0.1, least: 8 * MINUTE, most: 11 * MINUTE },
  { of: 'broker', fault: 'broker-away', share: 0.3, least: SECOND, most: 20 * SECOND },
] as const;

/** How tables and broker do: how long a call takes, and whether it fails. */
export function createServices(time: VirtualTime, faults: Faults, calmFrom: number) {
  const start = time.now();
  const outages = OUTAGES.filter(({ share }) => faults.chance(share)).map(({ of, fault, least, most }): Outage => {
    const from = start + faults.between(5 * SECOND, 6 * MINUTE);
    return { of, fault, from, until: from + faults.between(least, most), met: false };
  });
  const isSlow = faults.chance(0.2);

  function outageOf(port: string): Outage | undefined {
    const of = port === 'queues' ? 'broker' : 'tables';
    return outages.find((outage) => outage.of === of && time.now() >= outage.from && time.now() < outage.until);
  }

  return {
    latency(port: string): number {
      const isTables = port !== 'queues' && port !== 'provider';
      return isSlow && isTables && time.now() < calmFrom && faults.happens('tables-slow', 0.02)
        ? faults.between(SECOND / 5, 5 * SECOND)
        : faults.between(1, 12);
    },
    /** Why this call fails; undefined when it does not. */
    failure(port: string, moment: PortCall['moment']): string | undefined {
      if (port === 'provider') return undefined;
      const outage = moment === 'before' ? outageOf(port) : undefined;
      if (outage) {
        if (!outage.met) faults.met(outage.fault);
        outage.met = true;
        return `${outage.of} are away`;
      }
      if (time.now() >= calmFrom || !faults.happens(moment === 'before' ? 'call-refused' : 'answer-lost', 0.004))
        return undefined;
      return `${port}: ${moment === 'before' ? 'refused' : 'done, but nobody was told'}`;
    },
  };
}

export type Services = ReturnType<typeof createServices>;
