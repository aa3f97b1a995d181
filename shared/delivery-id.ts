import { createHash } from 'node:crypto';

/** A UUIDv8 in lower case with attempt bits 0; the key of a delivery. Layout: `decisions/0002-delivery-ids.md`. */
export type DeliveryId = string & { readonly deliveryId: unique symbol };

/** The same id with the number of an attempt in it: what the provider sees. */
export type AttemptId = string & { readonly attemptId: unique symbol };

export const LAST_ATTEMPT = 255;

export type DeliveryIdentity = {
  /** *Arrived* of the event; for a reminder the instant it is due. */
  instant: Date;
  source: string;
  subject: string;
  /** The event id; for a reminder start and offset, and the round in which it is planned. */
  occasion: string;
  role: string;
  message: string;
  channel: string;
};

const SHAPE = /^[0-9a-f]{8}-[0-9a-f]{4}-80[0-9a-f]{2}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** The same identity always gives the same id; an address is never part of it. */
export function deliveryId(identity: DeliveryIdentity): DeliveryId {
  const digest = createHash('sha256')
    .update(
      JSON.stringify([
        identity.source,
        identity.subject,
        identity.occasion,
        identity.role,
        identity.message,
        identity.channel,
      ]),
    )
    .digest();
  const milliseconds = identity.instant.getTime();
  if (!(milliseconds >= 0 && milliseconds < 2 ** 48)) throw new RangeError('the instant does not fit 48 bits');
  const time = milliseconds.toString(16).padStart(12, '0');
  digest[0] = (digest[0]! & 0x3f) | 0x80;
  const tail = digest.subarray(0, 8).toString('hex');
  return `${time.slice(0, 8)}-${time.slice(8)}-8000-${tail.slice(0, 4)}-${tail.slice(4)}` as DeliveryId;
}

/** @param attempt 0 to 255 */
export function attemptId(id: DeliveryId, attempt: number): AttemptId {
  if (!Number.isInteger(attempt) || attempt < 0 || attempt > LAST_ATTEMPT)
    throw new RangeError(`attempt ${attempt} is not within 0 to ${LAST_ATTEMPT}`);
  return (id.slice(0, 16) + attempt.toString(16).padStart(2, '0') + id.slice(18)) as unknown as AttemptId;
}

/** Reads an id of ours, with or without attempt bits; undefined for anything that is not one. */
export function parseAttemptId(text: string): { delivery: DeliveryId; attempt: number } | undefined {
  const lower = text.toLowerCase();
  if (!SHAPE.test(lower)) return undefined;
  return {
    delivery: (lower.slice(0, 16) + '00' + lower.slice(18)) as DeliveryId,
    attempt: Number.parseInt(lower.slice(16, 18), 16),
  };
}

/** The instant in the id. */
export function instantOf(id: DeliveryId): Date {
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
}

/** The partition of the delivery's row: its UTC hour, such as `2026-11-20T13`. */
export function hourOf(id: DeliveryId): string {
  return instantOf(id).toISOString().slice(0, 13);
}

/** The partition of its failure row: the UTC day, such as `2026-11-20`. */
export function dayOf(id: DeliveryId): string {
  return instantOf(id).toISOString().slice(0, 10);
}
