/** Takes rejected events again after a fix of ours: under their own ids, as of when they first arrived. */
import type { Clock, Queues, Rejected, RejectedEvents, RejectedOutline, StoredRejected } from './ports.ts';

type RetryDependencies = {
  rejectedEvents: Pick<RejectedEvents, 'read' | 'retried'>;
  queues: Pick<Queues, 'parkEvents'>;
  clock: Pick<Clock, 'now'>;
};

/** The partition of its row. */
export const dayOfRejected = ({ arrived }: Pick<Rejected, 'arrived'>): string => arrived.toISOString().slice(0, 10);

/** Rejected, and nobody has had it taken again since: not yet, or it was rejected again. */
export const waitsForRetry = ({ times, retried }: Pick<StoredRejected, 'times' | 'retried'>): boolean =>
  times > (retried?.times ?? 0);

/**
 * Sends these events to the intake, then keeps on their rows who had that done. May be run again: an event that was taken
 * meanwhile is known, and one that is still bad is rejected again, on the same row.
 * @returns how many were still there
 */
export async function retryRejected(
  outlines: readonly RejectedOutline[],
  by: string,
  { rejectedEvents, queues, clock }: RetryDependencies,
): Promise<number> {
  const at = clock.now();
  const read = await Promise.all(
    outlines.map(async (outline) => ({
      outline,
      rejected: await rejectedEvents.read(dayOfRejected(outline), outline.key),
    })),
  );
  const there = read.flatMap(({ outline, rejected }) => (rejected ? [{ ...rejected, key: outline.key }] : []));
  if (there.length > 0)
    await queues.parkEvents(there.map(({ body, arrived }) => ({ body, arrived, parked: 0, resubmitted: 0, at })));
  await Promise.all(
    there.map((row) => rejectedEvents.retried(dayOfRejected(row), row.key, { at, by, times: row.times })),
  );
  return there.length;
}
