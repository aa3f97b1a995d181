import { RETRIED_EVENTS } from './entities.ts';
import type { IncomingEvent } from './intake.ts';
import type { DeadLetter } from './ports.ts';

/**
 * What the Functions host says about Service Bus messages beside their bodies. Every value has been through the
 * library's JSON parsing and camel-casing; times may come without a zone and are UTC.
 */
export type TriggerMetadata = Readonly<Record<string, unknown>>;

/** What our own messages on `retried-events` carry beside the event; from a publisher these words mean nothing. */
type OwnProperties = { arrived?: unknown; parked?: unknown; resubmitted?: unknown };

/** Messages of an intake subscription, from a trigger with cardinality `many`: they arrived when the broker took them. */
export function publishedEvents(bodies: readonly Uint8Array[], metadata: TriggerMetadata): IncomingEvent[] {
  const enqueued = listOf(metadata, 'enqueuedTimeUtcArray');
  return bodies.map((body, index) => {
    const arrived = instant(enqueued[index]) ?? missing('enqueuedTimeUtcArray');
    return { body, arrived, parked: 0, resubmitted: 0 };
  });
}

/** Messages of `retried-events`, which carry along when their first copy arrived. */
export function parkedEvents(bodies: readonly Uint8Array[], metadata: TriggerMetadata): IncomingEvent[] {
  const properties = listOf(metadata, 'applicationPropertiesArray');
  return publishedEvents(bodies, metadata).map((event, index) => ({
    ...event,
    ...historyOf((properties[index] ?? {}) as OwnProperties, event.arrived),
  }));
}

const historyOf = (own: OwnProperties, enqueued: Date) => ({
  arrived: instant(own.arrived) ?? enqueued,
  parked: count(own.parked),
  resubmitted: count(own.resubmitted),
});

/** A message of a dead-letter queue, from a trigger with cardinality `one`. */
export function deadLetterOf(entity: string, body: Uint8Array, metadata: TriggerMetadata, at: Date): DeadLetter {
  const properties = (metadata['applicationProperties'] ?? {}) as Record<string, unknown>;
  const enqueued = instant(metadata['enqueuedTimeUtc']) ?? missing('enqueuedTimeUtc');
  const { arrived, resubmitted } = historyOf(entity === RETRIED_EVENTS ? properties : {}, enqueued);
  return {
    at,
    entity,
    body,
    sequenceNumber: text(metadata['sequenceNumber']),
    messageId: text(metadata['messageId']),
    reason: text(properties['deadLetterReason']),
    description: text(properties['deadLetterErrorDescription']),
    deliveryCount: Number(metadata['deliveryCount'] ?? 0),
    enqueued,
    arrived,
    resubmitted,
  };
}

function listOf(metadata: TriggerMetadata, name: string): readonly unknown[] {
  const list = metadata[name];
  return Array.isArray(list) ? list : missing(name);
}

function instant(value: unknown): Date | undefined {
  if (typeof value !== 'string') return undefined;
  const time = new Date(/(Z|[+-]\d\d:\d\d)$/.test(value) ? value : `${value}Z`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

const count = (value: unknown): number => (typeof value === 'number' ? value : 0);

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

function missing(name: string): never {
  throw new Error(`the host gave no ${name} with a Service Bus message`);
}
