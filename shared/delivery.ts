import type { Booking, Slot } from './calendar.ts';
import type { Cause } from './causes.ts';
import type { DeliveryId } from './delivery-id.ts';
import type { Quiet } from './hold.ts';
import { type Standing, type Status, STATUSES } from './status.ts';

export type Channel = 'sms' | 'email';
export type Lane = 'urgent' | 'normal';
export type Role = 'customer';

export type SmsContent = { channel: 'sms'; text: string; segments: number };
export type EmailContent = {
  channel: 'email';
  subject: string;
  html: string;
  text: string;
  replyTo?: string;
  attachments?: readonly Attachment[];
};
export type Attachment = { name: string; contentType: string; text: string };
export type Content = SmsContent | EmailContent;

/** Why a delivery is another one once more: a person wanted it. */
export type Resend = {
  of: DeliveryId;
  by: string;
  /** In that person's words; never an address. */
  why: string;
};

/** What planning decides about a delivery: written by planning alone, any number of times with the same result. */
export type Plan = {
  id: DeliveryId;
  /** `order:1042`, `appointment:77` */
  subject: string;
  source: string;
  eventId: string;
  eventType: string;
  /** Upstream's time of the event, of a reminder when it is due; counts for deadlines. */
  eventTime: Date;
  /** The publisher's number of the order's state, if it counts them. */
  eventRevision?: number;
  /** When the first copy of the event reached the broker; of a reminder when it is due. */
  arrived: Date;
  /** 32 hex digits, the same from the event to its reports. */
  trace: string;
  message: string;
  version: number;
  role: Role;
  channel: Channel;
  locale: string;
  /** The locale that was asked for, when it is not the one used. */
  localeAsked?: string;
  lane: Lane;
  /** From then on it is not sent any more. */
  deadline: Date;
  /** From then on it is pointless, whatever its deadline: upstream said so, or what it tells is over. */
  expiresAt?: Date;
  /** Absent when it is sent at any hour. */
  quiet?: Quiet;
  /** E.164 or a mail address; empty when there is none. */
  address: string;
  shop: string;
  country: string;
  region: string;
  /** The part of a mail address behind the @; empty for SMS. */
  mailHost: string;
  /** Absent only when `unsendable` says why. */
  content?: Content;
  /** Planning found that it must not or cannot be sent. */
  unsendable?: Cause;
  /** When copy 0 is for, and whether that is a slot. */
  firstSlot: Date;
  firstBooking: Booking;
  /** It waits for the end of quiet hours until then. */
  firstCause?: 'quiet-hours';
  /** Only of a reminder: of which start, and so long before it. */
  reminder?: { start: Date; offset: string };
  /** Only of a delivery that was sent again. */
  resend?: Resend;
};

/** The right of one run to act on a delivery until `leaseUntil`; `run` is its invocation id and fencing token. */
export type Claim = { run: string; leaseUntil: Date };

/** One line of the timeline. `note` never holds an address or a text. */
export type Step = {
  at: Date;
  status: Status;
  cause: Cause;
  attempt?: number;
  note?: string;
  /** What it waits for from then on: its slot, or the time to book one. */
  next?: Date;
};

/** What happened since: written by the send functions, reports and housekeeping, always under If-Match. */
export type Progress = Standing & {
  status: Status;
  cause: Cause;
  /** Counts the writes, so that an older projection never overwrites a newer one. */
  revision: number;
  /** Number of the copy that may act; a lower one may not. */
  copy: number;
  attempt: number;
  /** Of the attempt in hand: when its id was first sent, and whether it still waits for an answer. */
  firstSent?: Date;
  unanswered: boolean;
  /** The provider is asked what became of this mail attempt, which is never sent again. */
  asking: boolean;
  /** When the provider first said that it knows nothing of this attempt. */
  missing?: Date;
  bodyHash: string;
  claim?: Claim;
  /** When the row's copy is for, and whether that is a slot; absent until the first one is given up. */
  slot?: Date;
  booking: Booking;
  accepted?: Date;
  providerId: string;
  sender: string;
  segments: number;
  /** Consecutive pauses for a fault that is not this delivery's. */
  pauses: number;
  history: readonly Step[];
  /** Steps left out between the first 5 and the last 30 of `history`. */
  omitted: number;
};

export type Delivery = { plan: Plan; progress: Progress; etag: string };

/** A delivery without its text and timeline, to look through many. */
export type Outline = Pick<
  Plan,
  | 'id'
  | 'subject'
  | 'eventTime'
  | 'arrived'
  | 'message'
  | 'version'
  | 'locale'
  | 'channel'
  | 'address'
  | 'shop'
  | 'country'
  | 'region'
  | 'mailHost'
> &
  Pick<Progress, 'status' | 'cause' | 'accepted' | 'reported'> & { resendOf?: Resend['of'] };

/** What a row means that has plan columns only. */
export const UNTOUCHED: Progress = {
  status: 'planned',
  cause: 'waiting',
  revision: 0,
  copy: 0,
  attempt: 0,
  unanswered: false,
  asking: false,
  bodyHash: '',
  booking: 'none',
  providerId: '',
  sender: '',
  segments: 0,
  pauses: 0,
  history: [],
  omitted: 0,
};

/** Of a row that has plan columns only. */
export const untouched = ({ firstCause }: Pick<Plan, 'firstCause'>): Progress =>
  firstCause ? { ...UNTOUCHED, cause: firstCause } : UNTOUCHED;

/** What the row's copy is for. */
export const slotOf = ({ plan, progress }: Pick<Delivery, 'plan' | 'progress'>): Slot =>
  progress.slot ? { at: progress.slot, booking: progress.booking } : { at: plan.firstSlot, booking: plan.firstBooking };

/** Steps that stay before those left out. */
export const FIRST_STEPS = 5;
const LAST_STEPS = 30;

/**
 * Adds a step in the order of when things happened, within one instant in the order of the statuses; the first 5 and the
 * last 30 stay, the others are counted.
 */
export function addStep(
  { history, omitted }: Pick<Progress, 'history' | 'omitted'>,
  step: Step,
): Pick<Progress, 'history' | 'omitted'> {
  const steps = [...history, step].sort(
    (a, b) => a.at.getTime() - b.at.getTime() || STATUSES.indexOf(a.status) - STATUSES.indexOf(b.status),
  );
  const surplus = Math.max(0, steps.length - FIRST_STEPS - LAST_STEPS);
  return { history: steps.toSpliced(FIRST_STEPS, surplus), omitted: omitted + surplus };
}
