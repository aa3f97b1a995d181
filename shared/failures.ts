/** The failure row: what support staff read of a delivery that did not reach its recipient. */
import { maskAddress } from './addresses.ts';
import { CAUSES } from './causes.ts';
import type { Delivery, Progress } from './delivery.ts';
import type { Failure, Failures } from './ports.ts';
import type { Status } from './status.ts';

const BAD: ReadonlySet<Status> = new Set(['failed', 'unknown', 'uncertain', 'expired']);
const GOOD: ReadonlySet<Status> = new Set(['accepted', 'delivered']);

/**
 * The row of a delivery that failed or may have failed; with `resolvedAt` once it turned out well. Undefined for a
 * delivery that never looked bad: its timeline has no such step, so no table needs to be asked.
 * @param now stands in for a time that the delivery row does not have
 */
export function projectFailure({ plan, progress }: Delivery, now: Date): Failure | undefined {
  const bad = BAD.has(progress.status) ? currentStep(progress) : resolvedStep(progress);
  if (!bad) return undefined;
  const at = bad.at ?? now;
  const { meaning, nextStep } = CAUSES[bad.cause];
  const row: Failure = {
    delivery: plan.id,
    revision: progress.revision,
    at,
    subject: plan.subject,
    shop: plan.shop,
    message: plan.message,
    version: plan.version,
    locale: plan.locale,
    channel: plan.channel,
    country: plan.country,
    region: plan.region,
    carrier: '',
    mailHost: plan.mailHost,
    recipient: maskAddress(plan.channel, plan.address),
    status: bad.status,
    cause: bad.cause,
    reason: meaning,
    nextStep,
    sender: progress.sender,
  };
  if (!GOOD.has(progress.status)) return row;
  const good = progress.reported ?? progress.accepted ?? now;
  return {
    ...row,
    nextStep: progress.status === 'delivered' ? 'Nothing to do: it arrived after all.' : CAUSES.taken.nextStep,
    resolvedAt: good > at ? good : at,
  };
}

/** Writes the row if there is one to write; a newer one that stands there already is kept by the table. */
export async function writeFailure(delivery: Delivery, failures: Failures, now: Date): Promise<void> {
  const failure = projectFailure(delivery, now);
  if (failure) await failures.put(failure);
}

type BadStep = { at?: Date; status: Status; cause: Progress['cause'] };

function currentStep({ status, cause, history }: Progress): BadStep {
  return history.findLast((step) => step.status === status && step.cause === cause) ?? { status, cause };
}

function resolvedStep({ status, history }: Progress): BadStep | undefined {
  return GOOD.has(status) ? history.findLast((step) => BAD.has(step.status)) : undefined;
}
