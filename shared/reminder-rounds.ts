/**
 * What tells a reminder apart: its start and offset, so that nobody is reminded twice of a visit that is moved and moved back,
 * and the round in which it is planned. A later round tells what an earlier one could not. Pure.
 */
import { type DeliveryId, deliveryId, instantOf } from './delivery-id.ts';
import type { Plan } from './delivery.ts';
import type { EventRecord } from './ports.ts';

/** Goes into the ids of its deliveries and of its record. */
export const occasionOf = ({ start, offset }: { start: string; offset: string }, round: number): string =>
  round === 0 ? `${start}/${offset}` : `${start}/${offset}/${round}`;

/** The type of the record that a round leaves among the events of its subject. */
export const REMINDER_RECORD = 'reminder';

export const reminderRecordId = (occasion: string): string => `${REMINDER_RECORD}:${occasion}`;

/** What a record stands for; undefined for an event. */
export function reminderOfRecord({ type, id }: Pick<EventRecord, 'type' | 'id'>) {
  const [, start, offset] = /^reminder:([^/]+)\/([^/]+)/.exec(id) ?? [];
  return type === REMINDER_RECORD && start && offset ? { start: new Date(start), offset } : undefined;
}

/** So often nobody cancels a visit and books it again. */
const MOST_ROUNDS = 20;

/** The deliveries by which a reminder may be told in rounds after its own, in their order; none for any other delivery. */
export function laterRoundsOf({ id, source, subject, role, message, channel, reminder }: Plan): DeliveryId[] {
  if (!reminder) return [];
  const told = { start: reminder.start.toISOString(), offset: reminder.offset };
  const idIn = (round: number): DeliveryId =>
    deliveryId({ instant: instantOf(id), source, subject, occasion: occasionOf(told, round), role, message, channel });
  const rounds = Array.from({ length: MOST_ROUNDS }, (_, round) => idIn(round));
  const own = rounds.indexOf(id);
  return own === -1 ? [] : rounds.slice(own + 1);
}
