/** Whether a delivery may be called now, or waits for the end of its recipient's quiet hours. Pure. */
import type { Plan } from './delivery.ts';
import { type QuietHours, quietFrom, quietUntil } from './quiet-hours.ts';

/** How a delivery keeps to the quiet hours of its recipient. */
export type Quiet = {
  /** IANA name. */
  zone: string;
  /** Of its message, instead of those in the settings. */
  hours?: QuietHours;
  /** It is held no longer than this, though its deadline is later. */
  latest?: Date;
  /** What becomes of it when they end too late for it. */
  tooLate: 'send' | 'expire';
};

export type Hold = { do: 'hold'; until: Date } | { do: 'expire' };

export type Outlook = {
  /** No call at or past it. */
  before: Date;
  /** What quiet hours do with it then; absent when `before` is its deadline. */
  hold?: Hold;
};

/** Those that are held go over so long a time, not all at once. */
export const SPREAD = 15 * 60_000;

/**
 * Until when a delivery may be called from `at` on, and what comes then.
 * @param hours undefined when none are kept
 * @param guard how much later than its slot a call may be
 */
export function outlookFor(
  plan: Pick<Plan, 'id' | 'deadline' | 'quiet'>,
  hours: QuietHours | undefined,
  at: Date,
  guard: number,
): Outlook {
  const { quiet, deadline } = plan;
  if (!quiet || !hours) return { before: deadline };
  const next = (from: Date): Date => quietFrom(hours, quiet.zone, from);
  for (let from = next(at); from < deadline; from = next(quietUntil(hours, quiet.zone, from))) {
    const hold = holdFrom(from, plan, quiet, hours);
    if (hold) return { before: new Date(from.getTime() - guard), hold };
  }
  return { before: deadline };
}

/** Undefined when it is sent in these quiet hours. */
function holdFrom(
  from: Date,
  { id, deadline }: Pick<Plan, 'id' | 'deadline'>,
  { zone, latest = deadline, tooLate }: Quiet,
  hours: QuietHours,
): Hold | undefined {
  const end = quietUntil(hours, zone, from);
  const left = Math.min(deadline.getTime(), latest.getTime()) - end.getTime();
  if (left > 0) {
    const share = fractionOf(id) * Math.min(SPREAD, left / 2);
    const until = quietUntil(hours, zone, new Date(end.getTime() + Math.floor(share)));
    if (until.getTime() < end.getTime() + left) return { do: 'hold', until };
  }
  return tooLate === 'expire' ? { do: 'expire' } : undefined;
}

/** At least 0 and below 1, the same for an id whenever it is asked for: its last bits are a hash. */
const fractionOf = (id: Plan['id']): number => Number.parseInt(id.slice(-8), 16) / 2 ** 32;
