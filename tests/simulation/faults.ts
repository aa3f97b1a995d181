import type { Random } from '../../shared/ports.ts';
import { RETRY_AFTERS } from './retry-after.ts';

export const FAULTS = [
  // processes
  'kill',
  'pause',
  'pause-before-call',
  'clock-stepped',
  'lock-lost',
  'complete-failed',
  // our own services
  'call-refused',
  'answer-lost',
  'tables-slow',
  'tables-away-second',
  'tables-away-minute',
  'tables-away-ten-minutes',
  'broker-away',
  // what the broker does with a message
  'woken-late',
  'woken-minutes-late',
  'delivered-twice',
  'dropped-as-duplicate',
  // events
  'event-parked',
  'event-again',
  'event-again-changed',
  'event-out-of-order',
  'event-bad',
  // what waits for reminders
  'reminder-late',
  'activity-twice',
  'activity-result-lost',
  // the rate calendar
  'calendar-conflicts',
  'calendar-missing',
  'calendar-damaged',
  'calendar-newer',
  'limit-raised',
  'limit-lowered',
  // people
  'channel-off',
  'canaries-only',
  // refused for quota, none of it our own making
  'stranger',
  'throttled-though-free',
  ...RETRY_AFTERS,
  // answers
  'recipient-busy',
  'recipient-refused',
  'silent-but-taken',
  'silent-and-not-taken',
  'reset-but-taken',
  'reset-and-not-taken',
  'broken-but-taken',
  'broken-and-not-taken',
  'timeout-408-but-taken',
  'timeout-408-and-not-taken',
  'conflict-409',
  'precondition-412',
  'unreadable-but-taken',
  'slow-answer',
  'provider-down',
  'name-not-found',
  'connection-refused',
  'key-refused',
  'status-behind',
  // reports
  'report-early',
  'report-late',
  'report-doubled',
  'report-lost',
  'report-contradicted',
  'report-unknown',
  'report-forged',
  'report-handler-failed',
] as const;

export type Fault = (typeof FAULTS)[number];
export type FaultCounts = Record<Fault, number>;

/** Draws from one seed, and a count of everything that was let go wrong. */
export function faultsFrom(random: Random) {
  const counts = Object.fromEntries(FAULTS.map((fault) => [fault, 0])) as FaultCounts;
  const met = (fault: Fault): void => {
    counts[fault] += 1;
  };
  const between = (least: number, most: number): number => least + random() * (most - least);
  return {
    counts,
    met,
    /** Decides whether a fault happens, and counts it. */
    happens(fault: Fault, share: number): boolean {
      const so = random() < share;
      if (so) met(fault);
      return so;
    },
    chance: (share: number): boolean => random() < share,
    between,
    whole: (least: number, most: number): number => Math.floor(between(least, most + 1)),
    pick: <const Item>(items: readonly [Item, ...Item[]]): Item => items[Math.floor(random() * items.length)]!,
  };
}

export type Faults = ReturnType<typeof faultsFrom>;
