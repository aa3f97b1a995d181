/** Puts a dead letter back because a person decided so. Ids, arrival and deadline stay, so that it has one effect. */
import type { DeliveryId } from './delivery-id.ts';
import type { Clock, DeadLetterRow, DeadLetters, Deliveries, Queues, RejectedEvents } from './ports.ts';
import { dayOfRejected } from './retry-rejected.ts';
import { isSettled } from './status.ts';

export type ResubmitDependencies = {
  deadLetters: Pick<DeadLetters, 'put'>;
  deliveries: Pick<Deliveries, 'read'>;
  rejectedEvents: Pick<RejectedEvents, 'read' | 'retried'>;
  queues: Queues;
  clock: Pick<Clock, 'now'>;
};

/**
 * Sends the copy of the delivery, or the event as it first came, then keeps on the row who had that done and when. May be
 * run again: a delivery does nothing twice, and an event that was taken meanwhile is known.
 * @returns why nothing was sent, in words; undefined when it was
 */
export async function resubmit(
  row: DeadLetterRow,
  by: string,
  dependencies: ResubmitDependencies,
): Promise<string | undefined> {
  const at = dependencies.clock.now();
  const against = row.delivery
    ? await resubmitCopy(row.delivery, at, dependencies)
    : await resubmitEvent(row, by, at, dependencies);
  if (against === undefined) await dependencies.deadLetters.put({ ...row, putBack: { at, by } });
  return against;
}

/** The row's own copy, whatever copy the letter was. */
async function resubmitCopy(
  id: DeliveryId,
  at: Date,
  { deliveries, queues }: ResubmitDependencies,
): Promise<string | undefined> {
  const delivery = await deliveries.read(id);
  if (!delivery) return 'Its delivery is past its retention.';
  const { plan, progress } = delivery;
  if (isSettled(progress)) return `Its delivery has ended: ${progress.status}.`;
  const { copy, slot } = progress;
  await queues.sendCopies(plan.channel, [
    {
      copy: { delivery: id, copy, ...(slot ? { slot: slot.toISOString() } : {}) },
      messageId: `${id}/r${at.toISOString()}`,
    },
  ]);
  return undefined;
}

async function resubmitEvent(
  { arrived, rejected: key, resubmitted, putBack }: DeadLetterRow,
  by: string,
  at: Date,
  { rejectedEvents, queues }: ResubmitDependencies,
): Promise<string | undefined> {
  if (key === undefined)
    return putBack ? `It was put back by ${putBack.by} already.` : 'It names no delivery and no event.';
  const day = dayOfRejected({ arrived });
  const rejected = await rejectedEvents.read(day, key);
  if (!rejected) return 'Its body is past its retention: its publisher sends it again under the same id.';
  await queues.parkEvents([{ body: rejected.body, arrived, parked: 0, resubmitted: resubmitted + 1, at }]);
  await rejectedEvents.retried(day, key, { at, by, times: rejected.times });
  return undefined;
}
