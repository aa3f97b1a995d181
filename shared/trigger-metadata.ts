import type { IncomingEvent } from './intake.ts';
import type { DeadLetter } from './ports.ts';

/**
 * What the Functions host says about Service Bus messages beside their bodies. Every value has been through the
 * library's JSON parsing and camel-casing; times may come without a zone and are UTC.
 */
export type TriggerMetadata = Readonly<Record<string, unknown>>;

/** What our own messages on `retried-events` carry beside the event. */
type OwnProperties = { arrived?: unknown; parked?: unknown; resubmitted?: unknown };

/** Messages of a trigger with cardinality `many`; enqueued time and properties are there for each of them. */
export function incomingEvents(bodies: readonly Uint8Array[], metadata: TriggerMetadata): IncomingEvent[] {
  const enqueued = listOf(metadata, 'enqueuedTimeUtcArray');
  const properties = listOf(metadata, 'applicationPropertiesArray');
  return bodies.map((body, index) => {
    const own = (properties[index] ?? {}) as OwnProperties;
    return {
      body,
      arrived: instant(own.arrived) ?? instant(enqueued[index]) ?? missing('enqueuedTimeUtcArray'),
      parked: count(own.parked),
      resubmitted: count(own.resubmitted),
    };
  });
}

/** A message of a dead-letter queue, from a trigger with cardinality `one`. */
export function deadLetterOf(entity: string, body: Uint8Array, metadata: TriggerMetadata, at: Date): DeadLetter {
  const properties = (metadata['applicationProperties'] ?? {}) as OwnProperties & Record<string, unknown>;
  const enqueued = instant(metadata['enqueuedTimeUtc']) ?? missing('enqueuedTimeUtc');
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
    arrived: instant(properties.arrived) ?? enqueued,
    resubmitted: count(properties.resubmitted),
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
