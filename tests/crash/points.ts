/** The points at which a process is killed: the fault list's by its numbers (18 is about calendars in two rows), then those of appointments. */
import type { Channel } from '../../shared/delivery.ts';
import type { Moment } from '../proxies/seen.ts';

/** What a process asks of the outside, as a fake port and as a proxy on the wire both see it. */
export type Operation =
  | 'subjects.current'
  | 'subjects.take'
  | 'senderCalendars.write'
  | 'deliveries.plan'
  | 'deliveries.read'
  | 'deliveries.record'
  | 'appointments.keep'
  | 'deadLetters.put'
  | 'queues.sendCopies'
  | 'provider.send'
  | 'intake.complete'
  | 'send.complete';

/** The first such request; with `since`, the first that comes after one of those. */
export type Mark = { operation: Operation; moment: Moment; since?: Operation };

/** Inside or beyond the time for which the provider remembers an id. */
export type Memory = 'inside' | 'beyond';
export const MEMORIES: readonly Memory[] = ['inside', 'beyond'];

export type End = { status: 'accepted' | 'delivered' | 'uncertain'; sends: 0 | 1 };

export type Point = {
  number: number;
  /** In words. */
  name: string;
  mark: Mark;
  /** What has to be so for the point to be reached at all. */
  given?: 'both channels' | 'batch' | 'throttled' | 'reported' | 'dead letter' | 'appointment';
  /** The process is asked to end when it first asks for this. */
  askedToEndAt?: Operation;
  /** Only where it is another one than a single message that was taken. */
  ends?: Partial<Record<Memory, Partial<Record<Channel, End>>>>;
};

/** Claimed, and never recorded: the provider is not called again once it may have forgotten. Mail is asked about. */
const unknown = (sends: 0 | 1): { sms: End } => ({ sms: { status: 'uncertain', sends } });

/**
 * The 429 was seen by the dead process alone. To the repeat ACS gives the same answer again, as it would to a call that it
 * refuses now and took before: which one it was nobody can tell, and an SMS cannot be asked about.
 */
const REFUSED_UNSEEN: Point['ends'] = { inside: unknown(0), beyond: unknown(0) };
const DELIVERED: End = { status: 'delivered', sends: 1 };
const delivered = { sms: DELIVERED, email: DELIVERED };

export const POINTS: readonly Point[] = [
  {
    number: 1,
    name: 'after an event is received, before anything',
    mark: { operation: 'subjects.current', moment: 'before' },
  },
  {
    number: 2,
    name: 'after the event is recorded, before booking',
    mark: { operation: 'subjects.take', moment: 'after' },
  },
  {
    number: 3,
    name: 'after slots are booked, before anything is scheduled',
    mark: { operation: 'senderCalendars.write', moment: 'after' },
  },
  {
    number: 4,
    name: 'after channel 1 of 2 is scheduled',
    given: 'both channels',
    mark: { operation: 'queues.sendCopies', moment: 'before', since: 'queues.sendCopies' },
  },
  {
    number: 5,
    name: 'after all is scheduled, before the event is completed',
    mark: { operation: 'intake.complete', moment: 'before', since: 'queues.sendCopies' },
  },
  {
    number: 6,
    name: 'as a copy comes, before its gate and slot are looked at',
    mark: { operation: 'deliveries.read', moment: 'after', since: 'queues.sendCopies' },
  },
  {
    number: 7,
    name: 'after the last look, before the call',
    mark: { operation: 'provider.send', moment: 'before' },
    ends: { beyond: unknown(0) },
  },
  {
    number: 8,
    name: 'with the call taken, not answered',
    mark: { operation: 'provider.send', moment: 'after' },
    ends: { beyond: unknown(1) },
  },
  {
    number: 9,
    name: 'after the answer, before the row',
    mark: { operation: 'deliveries.record', moment: 'before', since: 'provider.send' },
    ends: { beyond: unknown(1) },
  },
  {
    number: 10,
    name: 'after the row is written, before the copy is completed',
    mark: { operation: 'send.complete', moment: 'before', since: 'provider.send' },
  },
  {
    number: 11,
    name: 'on a 429, before the scope is blocked',
    given: 'throttled',
    mark: { operation: 'senderCalendars.write', moment: 'before', since: 'provider.send' },
    ends: REFUSED_UNSEEN,
  },
  {
    number: 12,
    name: 'on a 429, after the scope is blocked, before the row',
    given: 'throttled',
    mark: { operation: 'deliveries.record', moment: 'before', since: 'provider.send' },
    ends: REFUSED_UNSEEN,
  },
  {
    number: 13,
    name: 'on a 429, after the row is written, before the copy is completed',
    given: 'throttled',
    mark: { operation: 'send.complete', moment: 'before', since: 'provider.send' },
  },
  {
    number: 14,
    name: 'in the report handler, before the report is merged',
    given: 'reported',
    mark: { operation: 'deliveries.record', moment: 'before', since: 'send.complete' },
    ends: { inside: delivered, beyond: delivered },
  },
  {
    number: 14,
    name: 'in the report handler, after the report is merged, before 200',
    given: 'reported',
    mark: { operation: 'deliveries.record', moment: 'after', since: 'send.complete' },
    ends: { inside: delivered, beyond: delivered },
  },
  {
    number: 15,
    name: 'in the dead-letter writer, after its row',
    given: 'dead letter',
    mark: { operation: 'deadLetters.put', moment: 'after' },
  },
  {
    number: 16,
    name: 'in a batch of 100 rows',
    given: 'batch',
    mark: { operation: 'deliveries.plan', moment: 'after' },
  },
  {
    number: 17,
    name: 'while it shuts down, after the row is written',
    askedToEndAt: 'provider.send',
    mark: { operation: 'send.complete', moment: 'before', since: 'provider.send' },
  },
  {
    number: 19,
    name: 'after what reminders are planned from is stored, before anything is booked',
    given: 'appointment',
    mark: { operation: 'appointments.keep', moment: 'after' },
  },
  {
    number: 20,
    name: 'after an appointment is waited for, before its event is completed',
    given: 'appointment',
    mark: { operation: 'intake.complete', moment: 'before', since: 'appointments.keep' },
  },
  {
    number: 21,
    name: 'after a reminder is recorded, before it is booked',
    given: 'appointment',
    mark: { operation: 'subjects.take', moment: 'after', since: 'send.complete' },
  },
  {
    number: 22,
    name: 'after a reminder is stored, before its copy is scheduled',
    given: 'appointment',
    mark: { operation: 'queues.sendCopies', moment: 'before', since: 'send.complete' },
  },
  {
    number: 23,
    name: 'as the copy of a reminder comes',
    given: 'appointment',
    mark: { operation: 'deliveries.read', moment: 'before', since: 'send.complete' },
  },
];

const TAKEN_ONCE: End = { status: 'accepted', sends: 1 };

export const endOf = ({ ends }: Point, channel: Channel, memory: Memory): End =>
  ends?.[memory]?.[channel] ?? TAKEN_ONCE;

/** Tells, once, when the mark is reached. */
export function watchFor({ operation, moment, since }: Mark): (seen: Operation, when: Moment) => boolean {
  let counts = since === undefined;
  let reached = false;
  return (seen, when) => {
    if (reached) return false;
    if (counts && seen === operation && when === moment) return (reached = true);
    // Only now: an operation may be its own `since`.
    counts ||= seen === since;
    return false;
  };
}
