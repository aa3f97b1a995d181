/** The envelope: CloudEvents 1.0 in structured JSON, from bytes to an event or to every reason why it is none. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { APPOINTMENT_EVENTS_DATA } from './appointment-events.ts';
import { ORDER_EVENTS_DATA } from './order-events.ts';
import type { Reason } from './ports.ts';

/** Schemas of `data`, by type. */
export const EVENTS_DATA = { ...ORDER_EVENTS_DATA, ...APPOINTMENT_EVENTS_DATA } as const;

export type EventType = keyof typeof EVENTS_DATA;
export type EventData<Type extends EventType = EventType> = z.output<(typeof EVENTS_DATA)[Type]>;

/** What an event is about: its type begins with it, and it stands under this name in `data`. */
export const FAMILIES = ['order', 'appointment'] as const;
export type Family = (typeof FAMILIES)[number];

export type EventOf<Type extends EventType> = {
  source: string;
  /** `order:1042`, `appointment:77` */
  subject: string;
  id: string;
  type: Type;
  /** Upstream's time; when the event arrived, if that is missing or more than five minutes ahead. */
  time: Date;
  /** 32 hex digits that follow the event to its reports. */
  trace: string;
  /** The publisher's span, when it gave one with the trace. */
  parent?: string;
  data: EventData<Type>;
};

export type DomainEvent = { [Type in EventType]: EventOf<Type> }[EventType];

export type ParsedEvent =
  | { ok: true; event: DomainEvent; contentHash: string }
  | {
      ok: false;
      reasons: Reason[];
      /** As far as they could be read, else empty. */
      source: string;
      subject: string;
      id: string;
      type: string;
    };

/** Largest event; the broker's standard tier takes no more. */
export const LARGEST_EVENT = 256 * 1024;
const LONGEST_ID = 256;
const LONGEST_SOURCE = 512;
const AHEAD = 5 * 60_000;

export const EVENT_TYPES = Object.keys(EVENTS_DATA) as EventType[];

export const familyOf = (type: EventType): Family => (type.startsWith('order.') ? 'order' : 'appointment');

/** Where links stand in `data`. */
const LINKS = [
  ['order', 'trackingLink'],
  ['appointment', 'joinLink'],
  ['appointment', 'manageLink'],
  ['feedbackLink'],
] as const;

/** The `dataschema` of a version; an event without one is of version 1. */
export const dataSchemaOf = (type: EventType): string => `urn:event:${type}:1`;

const attribute = (longest: number) =>
  z
    .string()
    .min(1, 'text that is not empty')
    .refine((value) => !/[\p{Cc}\p{Cs}]/u.test(value), 'text without control characters')
    .refine((value) => Buffer.byteLength(value) <= longest, `at most ${longest} bytes of UTF-8`);

export const ENVELOPE = z.object({
  specversion: z.literal('1.0', '"1.0"').describe('Always `1.0`.'),
  id: attribute(LONGEST_ID).describe(
    'Yours; the same event keeps its id however often you send it. At most 256 bytes.',
  ),
  source: attribute(LONGEST_SOURCE).describe(
    'Which system sends, a URI such as `/shops/nordlicht`. At most 512 bytes.',
  ),
  type: z.enum(EVENT_TYPES, { error: `one of ${EVENT_TYPES.join(', ')}` }).describe('What happened.'),
  time: z.iso
    .datetime({ offset: true, error: 'an instant such as 2026-11-24T18:00:00+01:00' })
    .nullish()
    .describe('When it happened; counts for deadlines. Without it: when it arrived here.'),
  datacontenttype: z
    .string()
    .regex(/^application\/([\w.-]+\+)?json\s*(;|$)/i, 'application/json')
    .nullish()
    .describe('`application/json`, if given.'),
  dataschema: z.string().nullish().describe('`urn:event:<type>:1`, if given: the version of `data`.'),
  traceparent: z.unknown().optional().describe('W3C trace context; its trace id goes into our logs.'),
});

/** @param linkHosts hosts that links may point to, in lower case */
export function parseEvent(body: Uint8Array, arrived: Date, linkHosts: readonly string[]): ParsedEvent {
  const json = parseJson(body);
  if ('reason' in json) return { ok: false, reasons: [json.reason], source: '', subject: '', id: '', type: '' };

  const root = objectOf(json.value);
  const type = EVENT_TYPES.find((known) => known === root['type']);
  const subject = subjectIn(objectOf(root['data']), type ? [familyOf(type)] : FAMILIES);
  const envelope = ENVELOPE.safeParse(json.value, { error: explain });
  const reasons: Reason[] = envelope.success ? [] : envelope.error.issues.map((issue) => reasonOf(issue));

  const data = type && EVENTS_DATA[type].safeParse(root['data'], { error: explain });
  if (data && !data.success) reasons.push(...data.error.issues.map((issue) => reasonOf(issue, 'data')));
  if (type && envelope.success && (envelope.data.dataschema ?? dataSchemaOf(type)) !== dataSchemaOf(type))
    reasons.push({ path: 'dataschema', expected: dataSchemaOf(type) });
  reasons.push(...foreignLinks(root, type, linkHosts));

  if (reasons.length > 0 || !envelope.success || !type || !data?.success) {
    const [source, id] = [readable(root['source'], LONGEST_SOURCE), readable(root['id'], LONGEST_ID)];
    return { ok: false, reasons, source, subject: readable(subject, 80), id, type: readable(root['type'], 80) };
  }

  const { source, id, time, traceparent } = envelope.data;
  const event = {
    source,
    subject,
    id,
    type,
    time: timeOf(time ?? undefined, arrived),
    ...(traceOf(traceparent) ?? { trace: sha256(JSON.stringify([source, subject, id])).slice(0, 32) }),
    data: data.data,
  } as DomainEvent;
  return { ok: true, event, contentHash: sha256(canonical([type, dataSchemaOf(type), data.data])) };
}

function parseJson(body: Uint8Array): { value: unknown } | { reason: Reason } {
  if (body.byteLength > LARGEST_EVENT) return { reason: { path: '$', expected: `at most ${LARGEST_EVENT} bytes` } };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return { reason: { path: '$', expected: 'UTF-8' } };
  }
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { reason: { path: '$', expected: 'JSON' } };
  }
}

function subjectIn(data: Record<string, unknown>, families: readonly Family[]): string {
  for (const family of families) {
    const number = objectOf(data[family])['number'];
    if (typeof number === 'string' && number !== '') return `${family}:${number}`;
  }
  return '';
}

/** Each link that is one and points elsewhere. What is no link its schema refuses; what its schema ignores is ignored. */
function foreignLinks(
  root: Record<string, unknown>,
  type: EventType | undefined,
  linkHosts: readonly string[],
): Reason[] {
  return LINKS.filter(([field]) => !type || field in EVENTS_DATA[type].shape)
    .filter((path) => {
      const link = path.reduce<unknown>((value, step) => objectOf(value)[step], root['data']);
      const url = typeof link === 'string' ? URL.parse(link) : null;
      return url?.protocol === 'https:' && !linkHosts.includes(url.host);
    })
    .map((path) => ({ path: `data.${path.join('.')}`, expected: `a link to one of ${linkHosts.join(', ')}` }));
}

type RawIssue = {
  code?: string | undefined;
  input?: unknown;
  expected?: unknown;
  minimum?: unknown;
  maximum?: unknown;
};

const KINDS: Record<string, string> = {
  string: 'text',
  int: 'a whole number',
  number: 'a number',
  object: 'an object',
  array: 'a list',
  boolean: 'true or false',
};

/** What was expected, for the issues whose schema does not say it; never what was found. */
function explain(issue: RawIssue): string | undefined {
  if (issue.code === 'too_small') return `at least ${String(issue.minimum)}`;
  if (issue.code === 'too_big') return `at most ${String(issue.maximum)}`;
  if (issue.code !== 'invalid_type') return undefined;
  const expected = KINDS[String(issue.expected)] ?? String(issue.expected);
  return issue.input === undefined ? `${expected}, but it is missing` : expected;
}

function reasonOf({ path, message }: { path: PropertyKey[]; message: string }, under?: string): Reason {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  return { path: `${under ?? ''}${steps}`.replace(/^\./, '') || '$', expected: message };
}

function timeOf(time: string | undefined, arrived: Date): Date {
  const upstream = time === undefined ? Number.NaN : Date.parse(time);
  return upstream <= arrived.getTime() + AHEAD ? new Date(upstream) : arrived;
}

/** Of a W3C `traceparent`. */
function traceOf(traceparent: unknown): Pick<DomainEvent, 'trace' | 'parent'> | undefined {
  if (typeof traceparent !== 'string') return undefined;
  const [, version, trace, parent] = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}/.exec(traceparent) ?? [];
  return version === 'ff' || !trace || /^0+$/.test(trace) || !parent || /^0+$/.test(parent)
    ? undefined
    : { trace, parent };
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function readable(value: unknown, longest: number): string {
  return typeof value === 'string' ? value.toWellFormed().slice(0, longest) : '';
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
