import type { Cause } from '../shared/causes.ts';
import type { Channel } from '../shared/delivery.ts';
import type { EventType } from '../shared/events.ts';
import type { Status } from '../shared/status.ts';

/** How a delivery ends, such as `failed/carrier-blocked`. */
export type End = `${Status}/${Cause}`;

export type EventIdentity = { source: string; subject: string; id: string };

/** One message on the broker. */
export type Publication = {
  /** Milliseconds after the first one. */
  at: number;
  /** Where to; the topic of order events when absent. */
  topic?: string;
  body: Uint8Array;
  /** Absent when the body names no event. */
  event?: EventIdentity;
  /** `either`: other content under the id of another event, of which only the first to arrive is taken. */
  verdict: 'taken' | 'rejected' | 'either';
};

export type ExpectedDelivery = {
  event: EventIdentity;
  message: string;
  channel: Channel;
  /** More than one where the order of events decides. */
  ends: readonly [End, ...End[]];
};

/** What is published, and what has to become of it: written before anything runs. */
export type Stream = {
  publications: readonly Publication[];
  deliveries: readonly ExpectedDelivery[];
  /** Phone numbers from which STOP came before. */
  optedOut: readonly string[];
  /** When the last of it begins by itself; nothing may move until then. */
  awaited?: Date;
};

/** Later news of the same order or appointment that makes this news pointless: told here a second time, so that nobody changes it unseen. */
const ON_THE_WAY: readonly EventType[] = ['order.out-for-delivery', 'order.delivered', 'order.cancelled'];
const NEW_STATE: readonly EventType[] = [
  'appointment.rescheduled',
  'appointment.cancelled',
  'appointment.completed',
  'appointment.missed',
];
const MADE_OLD_BY: Partial<Record<EventType, readonly EventType[]>> = {
  'order.confirmed': ['order.delayed', 'order.shipped', ...ON_THE_WAY],
  'order.delayed': ['order.delayed', 'order.shipped', ...ON_THE_WAY],
  'order.shipped': ['order.delayed', 'order.shipped', ...ON_THE_WAY],
  'order.out-for-delivery': ['order.delayed', ...ON_THE_WAY],
  'appointment.booked': NEW_STATE,
  'appointment.rescheduled': NEW_STATE,
};

/** How news ends that is followed by other news of the same: the message may be out before that, or not. */
export function withLater(
  ends: ExpectedDelivery['ends'],
  told: EventType,
  later: readonly EventType[],
): ExpectedDelivery['ends'] {
  return later.some((type) => MADE_OLD_BY[told]?.includes(type)) ? [...ends, 'skipped/superseded'] : ends;
}

const ABOUT_NOW = 30 * 60_000;

/**
 * How news ends by its deadline alone; one that passes about now may be met or missed.
 * @param left milliseconds until the deadline
 */
export function endsBy(left: number): ExpectedDelivery['ends'] {
  if (left <= 0) return ['expired/deadline-passed'];
  return left < ABOUT_NOW ? ['delivered/arrived', 'expired/deadline-passed'] : ['delivered/arrived'];
}
