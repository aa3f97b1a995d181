/** What log lines say of a delivery: ids, words of closed lists and numbers. */
import type { Delivery, Plan } from './delivery.ts';
import type { Log, LogFields } from './log.ts';
import { PROMISE_SECONDS } from './measurements.ts';
import { segmentsOf } from './scopes.ts';
import { spanOfEvent } from './spans.ts';

type Described = Pick<Plan, 'id' | 'trace' | 'channel' | 'message' | 'version' | 'lane' | 'country' | 'region'>;

/** An ISO 3166 code such as `DE-BY`; a region in words may say anything. */
const CODE = /^[A-Z]{2}(-[A-Z0-9]{1,3})?$/;

export const regionCode = (region: string): string => (region === '' || CODE.test(region) ? region : 'other');

export const fieldsOf = ({ id, trace, channel, message, version, lane, country, region }: Described): LogFields => ({
  trace,
  delivery: id,
  channel,
  message,
  version,
  lane,
  country,
  region: regionCode(region),
});

/** Once per event or reminder: by the run that recorded it first. */
export function logPlanned(plans: readonly Plan[], log: Log): void {
  for (const plan of plans) log('info', 'delivery-planned', fieldsOf(plan));
}

/** The event that a delivery tells of, as the parent of its span. */
export const parentOf = ({ source, subject, eventId: id }: Pick<Plan, 'source' | 'subject' | 'eventId'>): string =>
  spanOfEvent({ source, subject, id });

/** Clocks of others may be ahead. */
export const secondsBetween = (from: Date, to: Date): number => Math.max(0, to.getTime() - from.getTime()) / 1_000;

/**
 * The provider's answer says that it took a delivery, and so does a report, which may come first or alone: the first of
 * them counts.
 * @param before the row as it was until then
 */
export function handoverOf(
  { plan, progress }: Pick<Delivery, 'plan' | 'progress'>,
  { progress: { accepted, reported } }: Pick<Delivery, 'progress'>,
  at: Date,
): LogFields {
  if (accepted || reported) return {};
  // What staff send again is wanted from then on.
  const waited = secondsBetween(plan.resend ? plan.arrived : plan.eventTime, at);
  const held = [plan.firstCause, ...progress.history.map(({ cause }) => cause)].includes('quiet-hours');
  return { handedOver: true, waited, punctual: waited <= PROMISE_SECONDS, held, segments: segmentsOf(plan) };
}
