/** What a delivery's row becomes: pure steps from one progress to the next. `revision` is counted where it is written. */
import type { Outcome, StatusOutcome } from './answers.ts';
import { fullJitter } from './back-off.ts';
import type { Slot } from './calendar.ts';
import type { Cause } from './causes.ts';
import { repeatEnd } from './claim.ts';
import { LAST_ATTEMPT } from './delivery-id.ts';
import { type Delivery, type Progress, type Step, addStep } from './delivery.ts';
import type { Limits } from './limits.ts';
import type { Call, Random } from './ports.ts';
import { isSettled, merge } from './status.ts';

/** `window`: the shortest one of the sender's quota, in ms. */
type Time = { at: Date; random: Random; limits: Limits; window: number };

/** The row while one run acts on it. From here on the attempt counts as unanswered, whatever happens to the run. */
export function claimed(
  progress: Progress,
  {
    as,
    run,
    copy,
    now,
    bodyHash,
    sender,
    slot,
    limits,
  }: {
    as: Call;
    run: string;
    copy: number;
    now: Date;
    bodyHash: string;
    sender: string;
    /** Absent for a question. */
    slot?: Slot;
    limits: Limits;
  },
): Progress {
  const cause = as === 'first' ? (progress.status === 'sending' ? progress.cause : 'waiting') : 'no-answer';
  return {
    ...progress,
    ...(as === 'first' && { firstSent: now, bodyHash, sender }),
    ...addStep(progress, {
      at: now,
      status: 'sending',
      cause,
      attempt: progress.attempt,
      note: CALL_NOTES[as],
      ...(slot && { next: slot.at }),
    }),
    status: 'sending',
    cause,
    copy,
    unanswered: true,
    ...(slot && { slot: slot.at, booking: slot.booking }),
    asking: progress.asking || as === 'ask',
    claim: { run, leaseUntil: new Date(now.getTime() + limits.lease) },
  };
}

const CALL_NOTES: Record<Call, string> = { first: 'called', repeat: 'called again', ask: 'asked' };

/** The end of a delivery, unless something stronger is known already; the claim is given back. */
export function ended(progress: Progress, step: Step): Progress {
  const { claim: _claim, ...free } = progress;
  const { status, cause } = merge(progress, { status: step.status, cause: step.cause });
  return { ...free, ...addStep(progress, step), status, cause };
}

/** `comeAgain`: the next copy is due then; absent when the delivery is settled. */
export type Recorded = { progress: Progress; comeAgain?: Date };

/** What a call's answer makes of the row that carries its claim. */
export function afterCall(delivery: Delivery, outcome: Outcome, call: Call, time: Time): Recorded {
  const { plan, progress } = delivery;
  const { at, random, limits } = time;
  const earlier = 'cause' in outcome && outcome.cause === progress.cause ? progress.pauses : 0;
  const jitter = fullJitter(earlier, { first: limits.parkFirst, longest: limits.parkLongest }, random);
  switch (outcome.class) {
    case 'accepted':
      return accepted(delivery, outcome, at);
    case 'refused':
      return refused(progress, outcome, at);
    case 'refused-for-now': {
      const pause = outcome.retryAfter ?? (outcome.cause === 'throttled' ? time.window : 0);
      return later(delivery, nextAttempt(progress), { ...outcome, pause: pause + jitter, earlier }, time);
    }
    case 'our-fault': {
      const pause = Math.min(limits.pauseLongest, limits.pauseFirst * 2 ** Math.min(earlier, 30));
      return later(delivery, nextAttempt(progress), { ...outcome, pause, earlier }, time);
    }
    case 'not-reached': {
      const same = call === 'first' ? unsent(progress) : progress;
      return later(delivery, same, { ...outcome, pause: jitter, earlier }, time);
    }
    case 'ambiguous': {
      const backOff = fullJitter(progress.pauses, { first: limits.parkFirst, longest: limits.parkLongest }, random);
      const wait = { cause: 'no-answer' as const, note: outcome.note, earlier: progress.pauses };
      const pause = (outcome.retryAfter ?? 0) + backOff;
      if (!outcome.ask && at.getTime() + pause < repeatEnd(progress.firstSent, limits))
        return later(delivery, progress, { ...wait, pause }, time);
      if (plan.channel === 'email') return later(delivery, { ...progress, asking: true }, { ...wait, pause: 0 }, time);
      return { progress: ended(progress, uncertain(progress, at, outcome.note)) };
    }
  }
}

/** What a look at the mail operation makes of the row; nothing but two misses some time apart allows a new attempt. */
export function afterAsking(delivery: Delivery, outcome: StatusOutcome, time: Time): Recorded {
  const { progress } = delivery;
  const { at, random, limits } = time;
  const wait = { cause: 'no-answer' as const, earlier: progress.pauses };
  switch (outcome.class) {
    case 'accepted':
      return accepted(delivery, outcome, at);
    case 'refused':
      return refused(progress, outcome, at);
    case 'missing':
      return progress.missing
        ? later(delivery, nextAttempt(progress), { ...wait, note: 'not known, twice', pause: 0 }, time)
        : later(
            delivery,
            { ...progress, missing: at },
            { ...wait, note: 'not known', pause: limits.statusAgain },
            time,
          );
    case 'ambiguous': {
      const jitter = fullJitter(progress.pauses, { first: limits.parkFirst, longest: limits.parkLongest }, random);
      return later(
        delivery,
        progress,
        { ...wait, note: outcome.note, pause: (outcome.retryAfter ?? 0) + jitter },
        time,
      );
    }
  }
}

function accepted({ plan, progress }: Delivery, { providerId, note }: { providerId: string; note: string }, at: Date) {
  const step: Step = { at, status: 'accepted', cause: 'taken', attempt: progress.attempt, note };
  const segments = plan.content?.channel === 'sms' ? plan.content.segments : 0;
  return { progress: { ...ended(progress, step), unanswered: false, accepted: at, providerId, segments } };
}

function refused(progress: Progress, { cause, note }: { cause: Cause; note: string }, at: Date): Recorded {
  const step: Step = { at, status: 'failed', cause, attempt: progress.attempt, note };
  return { progress: { ...ended(progress, step), unanswered: false } };
}

/** The attempt is over, for certain without effect; the next one has an id of its own, because a refusal is replayed. */
function nextAttempt(progress: Progress): Progress {
  const { missing: _missing, ...rest } = unsent(progress);
  return { ...rest, attempt: progress.attempt + 1, asking: false };
}

function unsent(progress: Progress): Progress {
  const { firstSent: _firstSent, ...rest } = progress;
  return { ...rest, unanswered: false, bodyHash: '' };
}

/** Gives the claim back and books the next copy, if the deadline allows one. A delivery out of attempts is held until then. */
function later(
  { plan, progress }: Delivery,
  next: Progress,
  { cause, note, pause, earlier }: { cause: Cause; note: string; pause: number; earlier: number },
  { at }: Time,
): Recorded {
  const { claim: _claim, ...free } = next;
  if (isSettled(progress)) return { progress: free };
  const held = next.attempt > LAST_ATTEMPT;
  const slot = held ? plan.deadline : new Date(at.getTime() + pause);
  const isInTime = slot < plan.deadline || (held && at < plan.deadline);
  const step: Step = { at, status: 'sending', cause, attempt: progress.attempt, note, ...(isInTime && { next: slot }) };
  const waiting: Progress = {
    ...free,
    ...addStep(progress, step),
    status: 'sending',
    cause,
    pauses: earlier + 1,
  };
  if (isInTime) return { progress: { ...waiting, copy: progress.copy + 1, slot, booking: 'none' }, comeAgain: slot };
  return { progress: ended(waiting, endAtDeadline(waiting, at)) };
}

/** The row of a delivery that was not called: its next copy comes for another slot, or looks again when it has none. */
export function postponed(
  { progress }: Delivery,
  { slot, cause, note, at }: { slot: Slot; cause: Cause; note: string; at: Date },
): Progress {
  const standing = progress.unanswered ? 'no-answer' : cause;
  const step: Step = { at, status: 'sending', cause, attempt: progress.attempt, note, next: slot.at };
  return {
    ...progress,
    ...addStep(progress, step),
    status: 'sending',
    cause: standing,
    copy: progress.copy + 1,
    slot: slot.at,
    booking: slot.booking,
    pauses: cause === progress.cause ? progress.pauses + 1 : 1,
  };
}

/** No slot before it is too late: a repeat that may not be made any more is asked about where that is possible. */
export function withoutSlot({ plan, progress }: Delivery, at: Date): Recorded {
  if (!progress.unanswered) return { progress: ended(progress, { at, status: 'expired', cause: 'no-slot-in-time' }) };
  if (plan.channel === 'sms' || at >= plan.deadline) return { progress: ended(progress, uncertain(progress, at)) };
  const step: Step = { at, status: 'sending', cause: 'no-answer', attempt: progress.attempt, note: 'no slot' };
  const asking: Progress = {
    ...progress,
    ...addStep(progress, step),
    asking: true,
    copy: progress.copy + 1,
    slot: at,
    booking: 'none',
  };
  return { progress: asking, comeAgain: at };
}

/** The deadline passes, or will have passed at the next try. */
export const endAtDeadline = (progress: Progress, at: Date): Step =>
  progress.unanswered ? uncertain(progress, at) : { at, status: 'expired', cause: 'deadline-passed' };

const uncertain = ({ attempt }: Progress, at: Date, note?: string): Step => ({
  at,
  status: 'uncertain',
  cause: 'no-answer',
  attempt,
  ...(note && { note }),
});
