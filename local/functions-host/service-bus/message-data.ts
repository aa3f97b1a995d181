import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { isJsonObject } from '../app-folder.ts';
import type { TypedData } from '../library.ts';

/**
 * What a Service Bus trigger hands to the library. Sources: Azure/azure-sdk-for-net `Microsoft.Azure.WebJobs.Extensions.ServiceBus/src/Triggers/`,
 * Azure/azure-functions-host `GrpcMessageConversionExtensions.cs` and `Utility.cs` (ApplyBindingData).
 */
export interface MessageData {
  input: TypedData;
  triggerMetadata: Record<string, TypedData>;
}

export interface MessageOptions {
  /** `dataType: 'binary'` of the trigger: the handler gets a Buffer. */
  binary: boolean;
}

/** The body as it was sent. Throws for the body kinds that the real host cannot bind. */
function bodyBytes({ body, _rawAmqpMessage: { bodyType } }: ServiceBusReceivedMessage): Buffer {
  if (bodyType === 'sequence') throw new Error('A message with an AMQP sequence body cannot be bound.');
  if (bodyType === 'value') {
    if (typeof body === 'string') return Buffer.from(body, 'utf8');
    throw new Error('A message with an AMQP value body that is not a string cannot be bound.');
  }
  if (body === undefined || body === null) return Buffer.alloc(0);
  return Buffer.from(body as Uint8Array);
}

const latestNetTime = '9999-12-31T23:59:59.9999999';

/** What .NET writes for a UTC time: the fraction loses its trailing zeros, and nothing comes after the year 9999. */
function dateText(date: Date | undefined, zone: '' | '+00:00'): string | undefined {
  if (!date || Number.isNaN(date.getTime())) return undefined;
  const text = date.getUTCFullYear() > 9999 ? latestNetTime : date.toISOString().replace(/\.?0*Z$/, '');
  return text + zone;
}

const plainProperty = (value: unknown): unknown =>
  value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;

const properties = ({ applicationProperties }: ServiceBusReceivedMessage): Record<string, unknown> =>
  Object.fromEntries(Object.entries(applicationProperties ?? {}).map(([name, value]) => [name, plainProperty(value)]));

function asText(value: string | number | bigint | Uint8Array | undefined | null): string | undefined {
  if (value === undefined || value === null) return undefined;
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value.toString();
}

/** Members that the handler sees as text, though the library parses text that looks like JSON. */
function textMembers(message: ServiceBusReceivedMessage): Record<string, string | undefined> {
  return {
    MessageId: asText(message.messageId),
    CorrelationId: asText(message.correlationId),
    ContentType: asText(message.contentType),
    Subject: asText(message.subject),
    Label: asText(message.subject),
    To: asText(message.to),
    ReplyTo: asText(message.replyTo),
    SessionId: asText(message.sessionId),
    ReplyToSessionId: asText(message.replyToSessionId),
    PartitionKey: asText(message.partitionKey),
    TransactionPartitionKey: undefined,
    LockToken: asText(message.lockToken),
    DeadLetterSource: asText(message.deadLetterSource),
  };
}

const numberMembers = (message: ServiceBusReceivedMessage): Record<string, string> => ({
  // In a function the first delivery counts 1, in the SDK 0.
  DeliveryCount: String((message.deliveryCount ?? 0) + 1),
  SequenceNumber: message.sequenceNumber?.toString() ?? '0',
});

const dateMembers = (message: ServiceBusReceivedMessage): Record<string, string | undefined> => ({
  EnqueuedTimeUtc: dateText(message.enqueuedTimeUtc, ''),
  ExpiresAtUtc: dateText(message.expiresAtUtc, ''),
  EnqueuedTime: dateText(message.enqueuedTimeUtc, '+00:00'),
  ExpiresAt: dateText(message.expiresAtUtc, '+00:00'),
});

function parseJsonObject(text: string): Record<string, unknown> | undefined {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{') || !trimmed.endsWith('}')) return undefined;
  try {
    const value: unknown = JSON.parse(trimmed);
    return isJsonObject(value) ? value : undefined;
  } catch {
    // Any text may be a body.
    return undefined;
  }
}

/** .NET writes booleans as True and False. */
const netText = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value).replace(/^[tf]/, (first) => first.toUpperCase());

/** The top-level fields of a JSON body hide metadata of the same name in any letter case; arrays and nulls are left out. */
function applyBody(metadata: Record<string, TypedData>, body: string): void {
  const keys = new Map(Object.keys(metadata).map((key) => [key.toLowerCase(), key]));
  for (const [name, value] of Object.entries(parseJsonObject(body) ?? {})) {
    if (value === null || Array.isArray(value)) continue;
    const key = keys.get(name.toLowerCase()) ?? name;
    metadata[key] = typeof value === 'object' ? { json: JSON.stringify(value) } : { string: netText(value) };
  }
}

export function messageData(message: ServiceBusReceivedMessage, { binary }: MessageOptions): MessageData {
  const body = bodyBytes(message);
  const triggerMetadata: Record<string, TypedData> = {};
  for (const [name, value] of Object.entries(textMembers(message))) {
    if (value !== undefined) triggerMetadata[name] = { string: value };
  }
  for (const [name, value] of Object.entries(numberMembers(message))) triggerMetadata[name] = { json: value };
  for (const [name, value] of Object.entries(dateMembers(message))) {
    if (value !== undefined) triggerMetadata[name] = { json: JSON.stringify(value) };
  }
  const applicationProperties = { json: JSON.stringify(properties(message)) };
  Object.assign(triggerMetadata, {
    ApplicationProperties: applicationProperties,
    UserProperties: applicationProperties,
  });
  if (binary) return { input: { bytes: body }, triggerMetadata };
  const bodyText = body.toString('utf8');
  applyBody(triggerMetadata, bodyText);
  return { input: { string: bodyText }, triggerMetadata };
}

/** One batch. As in the real host empty bodies and absent texts are skipped, so arrays may be shorter than the batch. */
export function batchData(messages: ServiceBusReceivedMessage[], { binary }: MessageOptions): MessageData {
  const bodies = messages.map(bodyBytes);
  const triggerMetadata: Record<string, TypedData> = {};
  const gather = <T>(members: (message: ServiceBusReceivedMessage) => Record<string, T>): [string, T[]][] => {
    const rows = messages.map(members);
    return Object.keys(rows[0] ?? {}).map((name) => [`${name}Array`, rows.map((row) => row[name] as T)]);
  };
  for (const [name, values] of gather(textMembers)) {
    triggerMetadata[name] = {
      collectionString: { string: values.filter((value) => value !== undefined && value !== '') as string[] },
    };
  }
  for (const [name, values] of gather(numberMembers)) {
    triggerMetadata[name] = { collectionSint64: { sint64: values.map(Number) } };
  }
  for (const [name, values] of gather(dateMembers)) triggerMetadata[name] = { json: JSON.stringify(values) };
  const applicationProperties = { json: JSON.stringify(messages.map(properties)) };
  Object.assign(triggerMetadata, {
    ApplicationPropertiesArray: applicationProperties,
    UserPropertiesArray: applicationProperties,
  });
  return {
    input: binary
      ? { collectionBytes: { bytes: bodies } }
      : {
          collectionString: {
            string: bodies.map((body) => body.toString('utf8')).filter((bodyText) => bodyText !== ''),
          },
        },
    triggerMetadata,
  };
}
