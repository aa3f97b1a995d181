/** Looks after what nothing else wakes: lost copies, and reports that never came. */
import { inBatches } from './batches.ts';
import type { Channel, Delivery, Progress } from './delivery.ts';
import { addStep } from './delivery.ts';
import { writeFailure } from './failures.ts';
import { hourAfter, hourAt, isYoung, startOf } from './hours.ts';
import type { Limits } from './limits.ts';
import type { Log } from './log.ts';
import { fieldsOf } from './log-fields.ts';
import type { Clock, Deliveries, Failures, Hours, KnownHour, Queues, ScheduledCopy } from './ports.ts';

export type HousekeepingDependencies = {
  deliveries: Deliveries;
  failures: Failures;
  hours: Hours;
  queues: Queues;
  clock: Clock;
  limits: Limits;
  /** Milliseconds after which an accepted delivery without a report is `unknown`. */
  reportDeadline: number;
  log: Log;
};

/** What a sweep did. */
export type Sweep = {
  hours: number;
  deliveries: number;
  unknown: number;
  scheduledAgain: number;
  /** Deliveries and hours that could not be looked after this time; the next sweep comes back to them. */
  failed: number;
  /** False when its time was over before it had looked at everything. */
  complete: boolean;
};

/**
 * How an accepted delivery ends without a report. Nothing else makes this end, so a sweep also writes the failure row
 * of those that it finds so without one: an earlier sweep may have died in between.
 */
const END = { status: 'unknown', cause: 'no-report' } as const;
/** Copies of one send. */
const BATCH = 100;
/** Rows that are looked after at once. */
const AT_ONCE = 16;
/** How long one sweep goes on, in ms; the next one does the rest. */
const BUDGET = 60_000;

type Lost = ScheduledCopy & { trace: string };

/**
 * Reads the hours in which something may be due: all but those where an earlier sweep has found that nothing falls due
 * yet, or ever. A row, copy or hour that fails is logged, counted, and left to the next sweep, as is what remains when
 * the time of this one is over;
 * rejects only when what is known of the hours cannot be read.
 */
export async function sweep(dependencies: HousekeepingDependencies): Promise<Sweep> {
  const { hours, clock, log } = dependencies;
  const now = clock.now();
  const known = new Map((await hours.known('')).map((hour) => [hour.hour, hour]));
  const counts: Sweep = { hours: 0, deliveries: 0, unknown: 0, scheduledAgain: 0, failed: 0, complete: true };
  const end = clock.monotonic() + BUDGET;

  for await (const hour of dueHours(known, now, dependencies.deliveries)) {
    if (clock.monotonic() >= end) counts.complete = false;
    if (!counts.complete) break;
    counts.hours += 1;
    const reading = { hour, seen: known.get(hour), now, end };
    await attempt({ hour }, counts, log, () => sweepHour(reading, counts, dependencies));
  }
  log(counts.failed > 0 ? 'error' : 'info', 'housekeeping-done', counts);
  return counts;
}

/**
 * From the first row there is: what is older than the retention goes only once it has ended. Hours without rows are
 * stepped over in one look, however many they are.
 */
async function* dueHours(
  known: ReadonlyMap<string, KnownHour>,
  now: Date,
  deliveries: Deliveries,
): AsyncGenerator<string> {
  const last = hourAt(now);
  for (let hour = ''; hour <= last;) {
    const seen = known.get(hour);
    const next = seen && !(seen.next && seen.next <= now) ? hourAfter(hour) : await deliveries.nextHour(hour);
    if (next === undefined) return;
    if (next === hour) yield hour;
    hour = next === hour ? hourAfter(hour) : next;
  }
}

type Reading = { hour: string; seen: KnownHour | undefined; now: Date; /** Of the sweep, monotonic. */ end: number };

async function sweepHour(
  { hour, seen, now, end }: Reading,
  counts: Sweep,
  dependencies: HousekeepingDependencies,
): Promise<void> {
  const { deliveries, hours, clock, log } = dependencies;
  const failedBefore = counts.failed;
  const lost: Record<Channel, Lost[]> = { sms: [], email: [] };
  const soonest = now.getTime() + soonestChange(dependencies);
  const looks: number[] = isYoung(hour, now) ? [soonest] : [];
  const lookAfter = async (delivery: Delivery): Promise<void> => {
    counts.deliveries += 1;
    const named = { trace: delivery.plan.trace, delivery: delivery.plan.id };
    if (delivery.progress.cause === END.cause)
      await attempt(named, counts, log, () => completeFailure(delivery, now, dependencies));
    const due = dueOf(delivery, dependencies);
    if (!due) return;
    const accepted = delivery.progress.status === 'accepted';
    if (due > now) looks.push(accepted ? due.getTime() : Math.min(due.getTime(), soonest));
    else if (accepted)
      await attempt(named, counts, log, async () => {
        if (await giveUpWaiting(delivery, now, dependencies)) counts.unknown += 1;
        else looks.push(now.getTime());
      });
    else {
      lost[delivery.plan.channel].push(copyOf(delivery, now));
      looks.push(Math.min(startOf(hourAfter(hourAt(now))).getTime(), soonest));
    }
  };
  for await (const batch of inBatches(deliveries.ofHour(hour), AT_ONCE)) {
    if (clock.monotonic() >= end) counts.complete = false;
    if (!counts.complete) break;
    await Promise.all(batch.map(lookAfter));
  }
  counts.scheduledAgain += await scheduleAgain(lost, counts, dependencies);

  if (counts.complete && counts.failed === failedBefore)
    await hours.record(hour, looks.length > 0 ? new Date(Math.min(...looks)) : undefined, seen);
}

/** Whatever is planned or accepted after a sweep cannot fall due earlier than this many ms after it. */
const soonestChange = ({ limits, reportDeadline }: HousekeepingDependencies): number =>
  Math.min(limits.overdue, reportDeadline);

/** When something has to be done about a delivery; undefined when nothing ever. */
export function dueOf(
  { plan, progress }: Delivery,
  { limits, reportDeadline }: Pick<HousekeepingDependencies, 'limits' | 'reportDeadline'>,
): Date | undefined {
  switch (progress.status) {
    case 'planned':
    case 'sending':
      return new Date(Math.max(plan.firstSlot.getTime(), progress.slot?.getTime() ?? 0) + limits.overdue);
    case 'accepted':
      return new Date((progress.accepted ?? plan.firstSlot).getTime() + reportDeadline);
    default:
      return undefined;
  }
}

async function completeFailure(
  delivery: Delivery,
  now: Date,
  { failures }: Pick<HousekeepingDependencies, 'failures'>,
): Promise<void> {
  const standing = await failures.read(delivery.plan.id);
  if (!standing || standing.revision < delivery.progress.revision) await writeFailure(delivery, failures, now);
}

/** False when somebody else has just changed the delivery. */
async function giveUpWaiting(
  delivery: Delivery,
  now: Date,
  { deliveries, failures, log }: HousekeepingDependencies,
): Promise<boolean> {
  const { plan, progress } = delivery;
  const unknown: Progress = {
    ...progress,
    ...addStep(progress, { at: now, ...END, attempt: progress.attempt }),
    ...END,
    revision: progress.revision + 1,
  };
  const written = await deliveries.record(delivery, unknown);
  if (!written) return false;
  log('warn', 'delivery-settled', { ...fieldsOf(plan), ...END, before: progress.status });
  await writeFailure(written, failures, now);
  return true;
}

/** The row's own copy under a MessageId of the present hour: the broker drops a second one within the hour. */
function copyOf({ plan, progress }: Delivery, now: Date): Lost {
  return {
    trace: plan.trace,
    copy: { delivery: plan.id, copy: progress.copy, ...(progress.slot ? { slot: progress.slot.toISOString() } : {}) },
    messageId: `${plan.id}/h${hourAt(now)}`,
  };
}

async function scheduleAgain(
  lost: Record<Channel, Lost[]>,
  counts: Sweep,
  { queues, log }: HousekeepingDependencies,
): Promise<number> {
  let scheduled = 0;
  for (const channel of ['sms', 'email'] as const)
    for (let from = 0; from < lost[channel].length; from += BATCH) {
      const copies = lost[channel].slice(from, from + BATCH);
      await attempt({ channel, copies: copies.length }, counts, log, async () => {
        await queues.sendCopies(
          channel,
          copies.map(({ trace: _trace, ...copy }) => copy),
        );
        for (const { trace, copy } of copies)
          log('warn', 'copy-scheduled-again', { trace, delivery: copy.delivery, channel, copy: copy.copy });
        scheduled += copies.length;
      });
    }
  return scheduled;
}

async function attempt(
  what: Record<string, string | number>,
  counts: Sweep,
  log: Log,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    counts.failed += 1;
    log('error', 'housekeeping-row-failed', { ...what, error: error instanceof Error ? error.message : 'unknown' });
  }
}
