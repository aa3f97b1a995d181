import { AmqpError } from './amqp-error.ts';
import {
  compound,
  decode,
  intValue,
  longValue,
  nullValue,
  rawEntries,
  rawItems,
  stringValue,
  symbolValue,
  timestampValue,
  uintValue,
  valueEnd,
} from './amqp-values.ts';
import type { RawEntry } from './amqp-values.ts';

/**
 * A message as its encoded sections (AMQP 1.0 §3.2). The bytes of properties and body are passed on as they came:
 * decoding and encoding again would lose AMQP types. Only header, annotations and application properties are ever rewritten.
 */
export interface Content {
  readonly header: Buffer | undefined;
  readonly annotations: Buffer | undefined;
  readonly properties: Buffer | undefined;
  readonly applicationProperties: Buffer | undefined;
  /** Body and footer. */
  readonly body: Buffer;
}

/** What the broker itself has to know of a message that is sent to it. */
export interface Envelope {
  readonly content: Content;
  readonly messageId: string;
  readonly sessionId: string | undefined;
  readonly ttlMs: number | undefined;
  readonly scheduledFor: number | undefined;
}

/** What the broker writes on a message that it hands out; times in ms since 1970. */
export interface Stamp {
  readonly sequence: number;
  readonly enqueuedAt: number;
  readonly deliveryCount: number;
  readonly ttlMs: number;
  readonly lockedUntil: number | undefined;
  readonly scheduledFor: number | undefined;
  readonly state: 'active' | 'deferred' | 'scheduled';
}

const headerCode = 0x70;
const annotationsCode = 0x72;
const propertiesCode = 0x73;
const applicationPropertiesCode = 0x74;
const maxUint = 2 ** 32 - 1;
const scheduledTime = 'x-opt-scheduled-enqueue-time';
const brokersOwn = new Set([
  'x-opt-sequence-number',
  'x-opt-enqueue-sequence-number',
  'x-opt-enqueued-time',
  'x-opt-locked-until',
  'x-opt-message-state',
  'x-opt-deadletter-source',
  scheduledTime,
]);

/** The number of a section and where its value starts. */
function sectionAt(bytes: Buffer, at: number): { code: number; valueAt: number } {
  if (bytes[at] !== 0x00) throw new AmqpError('amqp:decode-error', 'The message holds something that is no section.');
  const valueAt = valueEnd(bytes, at + 1);
  const code = Number(decode(bytes.subarray(at + 1, valueAt)));
  return { code, valueAt };
}

function section(code: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x00, 0x53, code]), value]);
}

function sectionValue(bytes: Buffer): Buffer {
  return bytes.subarray(sectionAt(bytes, 0).valueAt);
}

export function splitMessage(bytes: Buffer): Content {
  const found = new Map<number, Buffer>();
  let at = 0;
  while (at < bytes.length) {
    const { code, valueAt } = sectionAt(bytes, at);
    if (code >= 0x75 && code <= 0x78) break;
    if (code < headerCode || code > 0x78)
      throw new AmqpError('amqp:decode-error', `0x${code.toString(16)} is no section of a message.`);
    const end = valueEnd(bytes, valueAt);
    found.set(code, bytes.subarray(at, end));
    at = end;
  }
  return {
    header: found.get(headerCode),
    annotations: found.get(annotationsCode),
    properties: found.get(propertiesCode),
    applicationProperties: found.get(applicationPropertiesCode),
    body: bytes.subarray(at),
  };
}

export function joinContent(content: Content): Buffer {
  const parts = [content.header, content.annotations, content.properties, content.applicationProperties, content.body];
  return Buffer.concat(parts.filter((part) => part !== undefined));
}

/** Reads a message that a client sends. One without a message-id gets `newId()`, as the service gives one. */
export function readEnvelope(payload: Buffer, newId: () => string): Envelope {
  // A slice would keep the whole chunk that came from the socket in memory.
  const content = splitMessage(Buffer.from(payload));
  const fields = content.properties ? rawItems(sectionValue(content.properties)) : [];
  const annotations = content.annotations ? rawEntries(sectionValue(content.annotations)) : [];
  const scheduled = annotations.find(([key]) => key === scheduledTime);
  const ttl = content.header ? rawItems(sectionValue(content.header))[2] : undefined;
  const ownId = present(fields[0]);
  const id = ownId ?? stringValue(newId());
  const kept = annotations.filter(([key]) => !brokersOwn.has(key));
  return {
    content: {
      ...content,
      annotations: kept.length === annotations.length ? content.annotations : annotationSection(kept),
      properties: ownId ? content.properties : section(propertiesCode, compound(0xd0, [id, ...fields.slice(1)])),
    },
    messageId: keyOf(id),
    sessionId: present(fields[10]) ? String(decode(fields[10] as Buffer)) : undefined,
    ttlMs: present(ttl) ? Number(decode(ttl as Buffer)) : undefined,
    scheduledFor: scheduled ? (decode(scheduled[1]) as Date).getTime() : undefined,
  };
}

function present(value: Buffer | undefined): Buffer | undefined {
  return value === undefined || value[0] === 0x40 ? undefined : value;
}

/** Equal for equal ids of one type: the string "5" and the number 5 are two ids. */
function keyOf(id: Buffer): string {
  const value = decode(id);
  return typeof value === 'string' ? value : `${(id[0] ?? 0).toString(16)}:${id.toString('hex')}`;
}

function annotationSection(entries: readonly RawEntry[]): Buffer {
  return section(
    annotationsCode,
    compound(
      0xd1,
      entries.flatMap(([key, value]) => [symbolValue(key), value]),
    ),
  );
}

/** The messages of a batch (message-format 0x80013700): one data section each; the envelope around them repeats the first one's fields and is ignored. */
export function splitBatch(payload: Buffer): Buffer[] {
  const { body } = splitMessage(payload);
  const messages: Buffer[] = [];
  let at = 0;
  while (at < body.length) {
    const { code, valueAt } = sectionAt(body, at);
    const end = valueEnd(body, valueAt);
    if (code !== 0x75) throw new AmqpError('amqp:decode-error', 'A batch holds data sections only.');
    messages.push(decode(body.subarray(valueAt, end)) as Buffer);
    at = end;
  }
  return messages;
}

/** Sets entries of the application properties; all other entries keep their bytes. */
export function withApplicationProperties(content: Content, changes: readonly RawEntry[]): Content {
  if (changes.length === 0) return content;
  const old = content.applicationProperties ? rawEntries(sectionValue(content.applicationProperties)) : [];
  const entries = new Map<string, Buffer>([...old, ...changes]);
  const items = [...entries].flatMap(([key, value]) => [stringValue(key), value]);
  return { ...content, applicationProperties: section(applicationPropertiesCode, compound(0xd1, items)) };
}

/** The message as a client receives it: what the sender wrote, with the broker's header and annotations. */
export function stampMessage(content: Content, stamp: Stamp, omitBody = false): Buffer {
  const [durable, priority, , firstAcquirer] = content.header ? rawItems(sectionValue(content.header)) : [];
  const header = compound(0xd0, [
    durable ?? nullValue,
    priority ?? nullValue,
    Number.isFinite(stamp.ttlMs) ? uintValue(Math.min(stamp.ttlMs, maxUint)) : nullValue,
    firstAcquirer ?? nullValue,
    uintValue(stamp.deliveryCount),
  ]);
  const parts = [section(headerCode, header), stampedAnnotations(content.annotations, stamp)];
  if (content.properties) parts.push(content.properties);
  if (content.applicationProperties) parts.push(content.applicationProperties);
  if (!omitBody) parts.push(content.body);
  return Buffer.concat(parts);
}

const keys = {
  sequence: symbolValue('x-opt-sequence-number'),
  enqueuedSequence: symbolValue('x-opt-enqueue-sequence-number'),
  enqueuedAt: symbolValue('x-opt-enqueued-time'),
  lockedUntil: symbolValue('x-opt-locked-until'),
  state: symbolValue('x-opt-message-state'),
  scheduledFor: symbolValue(scheduledTime),
};
const stateNumbers = { active: 0, deferred: 1, scheduled: 2 };

function stampedAnnotations(own: Buffer | undefined, stamp: Stamp): Buffer {
  const items = own ? rawItems(sectionValue(own)) : [];
  const sequence = longValue(stamp.sequence);
  items.push(keys.sequence, sequence, keys.enqueuedSequence, sequence);
  items.push(keys.enqueuedAt, timestampValue(stamp.enqueuedAt), keys.state, intValue(stateNumbers[stamp.state]));
  if (stamp.lockedUntil !== undefined) items.push(keys.lockedUntil, timestampValue(stamp.lockedUntil));
  if (stamp.scheduledFor !== undefined) items.push(keys.scheduledFor, timestampValue(stamp.scheduledFor));
  return section(annotationsCode, compound(0xd1, items));
}

const propertyFields = {
  messageId: 0,
  to: 2,
  subject: 3,
  replyTo: 4,
  correlationId: 5,
  contentType: 6,
  sessionId: 10,
  replyToSessionId: 12,
} as const;

export type SystemProperty = keyof typeof propertyFields;

/** The fields that rules look at, decoded. */
export function readForRules(content: Content): {
  system: Partial<Record<SystemProperty, unknown>>;
  application: Map<string, unknown>;
} {
  const fields = content.properties ? rawItems(sectionValue(content.properties)) : [];
  const system: Partial<Record<SystemProperty, unknown>> = {};
  for (const [name, index] of Object.entries(propertyFields)) {
    const value = present(fields[index]);
    if (value) system[name as SystemProperty] = decode(value);
  }
  const entries = content.applicationProperties ? rawEntries(sectionValue(content.applicationProperties)) : [];
  return { system, application: new Map(entries.map(([key, value]) => [key, decode(value)])) };
}
