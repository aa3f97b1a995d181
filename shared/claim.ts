import { createHash } from 'node:crypto';
import { wakeFor } from './calendar.ts';
import type { Cause } from './causes.ts';
import { LAST_ATTEMPT } from './delivery-id.ts';
import { type Content, type Delivery, slotOf } from './delivery.ts';
import type { Limits } from './limits.ts';
import type { Call, CarriedAnswer, Copy } from './ports.ts';
import { isSettled } from './status.ts';

/** What one copy does with its delivery. */
export type Decision =
  /** Nothing is sent any more. */
  | { do: 'settled' }
  /** The copy brings the answer of the claim that the row carries. */
  | { do: 'record'; answer: CarriedAnswer }
  /** Nothing can be decided or done before then. */
  | { do: 'come-again'; at: Date }
  | { do: 'end'; status: 'failed' | 'skipped' | 'expired' | 'uncertain'; cause: Cause }
  /** A later copy has the right to act: make sure that it is there. */
  | { do: 'resend' }
  | { do: 'call'; as: Call; content: Content; from: From };

/** Who would send, and the hash of what is sent then: an attempt is only repeated byte for byte. */
export type From = { sender: string; bodyHash: string };

/** Clocks differ by a little; a lease is not over before everybody thinks so. */
const LEASE_MARGIN = 1_000;

/**
 * May this copy act, and how? Nothing is decided over an open lease of another run.
 * @param from undefined when no sender reaches the recipient's country
 */
export function decide(
  delivery: Delivery,
  copy: Copy,
  { now, from, limits }: { now: Date; from: From | undefined; limits: Limits },
): Decision {
  const { plan, progress } = delivery;
  if (isSettled(progress)) return { do: 'settled' };
  if (copy.answer && carriesClaimOf(delivery, copy.answer)) return { do: 'record', answer: copy.answer };
  if (progress.claim && progress.claim.leaseUntil > now)
    return { do: 'come-again', at: new Date(progress.claim.leaseUntil.getTime() + LEASE_MARGIN) };

  if (plan.unsendable)
    return { do: 'end', status: plan.unsendable === 'superseded' ? 'skipped' : 'failed', cause: plan.unsendable };
  if (now >= plan.deadline)
    return progress.unanswered
      ? { do: 'end', status: 'uncertain', cause: 'no-answer' }
      : { do: 'end', status: 'expired', cause: progress.cause === 'channel-off' ? 'channel-off' : 'deadline-passed' };
  if (copy.copy < progress.copy) return { do: 'resend' };
  if (progress.attempt > LAST_ATTEMPT) return { do: 'come-again', at: plan.deadline };
  const slot = slotOf(delivery);
  if (slot.at.getTime() - now.getTime() > limits.shortWait) return { do: 'come-again', at: wakeFor(slot, limits) };
  if (!plan.content) return { do: 'end', status: 'failed', cause: 'refused' };
  if (!from) return { do: 'end', status: 'failed', cause: 'no-sender-for-country' };
  return callOrGiveUp(delivery, plan.content, { now, from, limits });
}

function callOrGiveUp(
  { plan: { channel }, progress }: Delivery,
  content: Content,
  { now, from, limits }: { now: Date; from: From; limits: Limits },
): Decision {
  if (!progress.unanswered) return { do: 'call', as: 'first', content, from };
  if (!progress.asking && progress.bodyHash === from.bodyHash && now.getTime() < repeatEnd(progress.firstSent, limits))
    return { do: 'call', as: 'repeat', content, from };
  if (channel === 'sms') return { do: 'end', status: 'uncertain', cause: 'no-answer' };
  const again = progress.missing && new Date(progress.missing.getTime() + limits.statusAgain);
  return again && again > now ? { do: 'come-again', at: again } : { do: 'call', as: 'ask', content, from };
}

/** From then on the provider may have forgotten the attempt, and the same call could be a second message. */
export const repeatEnd = (firstSent: Date | undefined, limits: Limits): number =>
  (firstSent?.getTime() ?? 0) + limits.repeatUntil;

/** An answer counts only while the row still carries the claim that made the call. */
export const carriesClaimOf = ({ progress }: Delivery, answer: CarriedAnswer): boolean =>
  progress.claim?.run === answer.run && progress.attempt === answer.attempt;

export function bodyHashOf({ plan: { address, content } }: Delivery, sender: string): string {
  return createHash('sha256')
    .update(JSON.stringify([sender, address, content]))
    .digest('hex');
}
