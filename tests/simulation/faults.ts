import type { Random } from '../../shared/ports.ts';

export const FAULTS = [
  // processes
  'kill',
  'pause',
  'lock-lost',
  // our own services
  'call-refused',
  'answer-lost',
  'tables-away',
  'broker-away',
  // provider
  'throttled',
  'recipient-busy',
  'silent-but-taken',
  'silent-and-not-taken',
  'broken-but-taken',
  'broken-and-not-taken',
  'not-reached',
  'key-refused',
  // reports
  'report-early',
  'report-late',
  'report-doubled',
  'report-lost',
  'report-contradicted',
  // events
  'event-again',
  'event-bad',
] as const;

export type Fault = (typeof FAULTS)[number];
export type FaultCounts = Record<Fault, number>;

/** Draws from one seed, and a count of everything that was let go wrong. */
export function faultsFrom(random: Random) {
  const counts = Object.fromEntries(FAULTS.map((fault) => [fault, 0])) as FaultCounts;
  const met = (fault: Fault): void => {
    counts[fault] += 1;
  };
  return {
    counts,
    met,
    /** Decides whether a fault happens, and counts it. */
    happens(fault: Fault, share: number): boolean {
      const so = random() < share;
      if (so) met(fault);
      return so;
    },
    between: (least: number, most: number): number => least + random() * (most - least),
    pick: <Item>(items: readonly [Item, ...Item[]]): Item => items[Math.floor(random() * items.length)]!,
  };
}

export type Faults = ReturnType<typeof faultsFrom>;
