import type { IncomingEvent } from './intake.ts';
import type { DeadLetter } from './ports.ts';

/**
 * What the Functions host says about Service Bus messages beside their bodies. Every value has been through the
 * library's JSON parsing and camel-casing; times may come without a zone and are UTC.
 */
export type TriggerMetadata = Readonly<Record<string, unknown>>;

/** Messages of a trigger with cardinality `many`; enqueued time and properties are there for each of them. */
export function incomingEvents(bodies: readonly Uint8Array[], metadata: TriggerMetadata): IncomingEvent[] {
  const enqueued = listOf(metadata, 'enqueuedTimeUtcArray');
  const properties = listOf(metadata, 'applicationPropertiesArray');
  return bodies.map((body, index) => {
    const { arrived, parked } = (properties[index] ?? {}) as { arrived?: unknown; parked?: unknown };
    return {
      body,
      arrived: instant(arrived) ?? instant(enqueued[index]) ?? missing('enqueuedTimeUtcArray'),
      parked: typeof parked === 'number' ? parked : 0,
    };
  });
}

/** A message of a dead-letter queue, from a trigger with cardinality `one`. */
export function deadLetterOf(entity: string, body: Uint8Array, metadata: TriggerMetadata, at: Date): DeadLetter {
  const properties = (metadata['applicationProperties'] ?? {}) as Record<string, unknown>;
  return {
    at,
    entity,
    body,
    sequenceNumber: text(metadata['sequenceNumber']),
    messageId: text(metadata['messageId']),
    reason: text(properties['deadLetterReason']),
    description: text(properties['deadLetterErrorDescription']),
    deliveryCount: Number(metadata['deliveryCount'] ?? 0),
    enqueued: instant(metadata['enqueuedTimeUtc']) ?? missing('enqueuedTimeUtc'),
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

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

function missing(name: string): never {
  throw new Error(`the host gave no ${name} with a Service Bus message`);
}
