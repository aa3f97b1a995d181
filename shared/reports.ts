/** What Event Grid hands us: delivery reports in either envelope, other events, and things that are neither. */
import { createHash } from 'node:crypto';
import { isCode } from './answer-body.ts';
import type { Cause } from './causes.ts';
import { type DeliveryId, parseAttemptId } from './delivery-id.ts';
import type { Channel } from './delivery.ts';
import { emailMeaning, type Permanence, type Reported, smsMeaning } from './provider-codes.ts';

export type DeliveryReport = {
  kind: 'delivery';
  reportId: string;
  type: string;
  channel: Channel;
  delivery: DeliveryId;
  attempt: number;
  status: 'delivered' | 'failed' | 'unknown';
  /** The provider's own time of it. */
  reported: Date;
  /** It carries no readable time: `reported` is when it came here. */
  undated?: true;
  cause: Cause;
  /** The provider's code, as it goes into the timeline. */
  code: string;
  permanence: Permanence;
  suppress?: 'opted-out' | 'hard-bounced';
  /** The provider's message id. */
  providerId: string;
};

export type ParsedReport =
  | DeliveryReport
  /** An event that reports no delivery, such as an incoming SMS. */
  | { kind: 'other'; type: string }
  /** A report that is not about a delivery of ours, or cannot be read. */
  | { kind: 'unmatched'; reportId: string; type: string; why: string };

const SMS_REPORT = 'microsoft.communication.smsdeliveryreportreceived';
const EMAIL_REPORT = 'microsoft.communication.emaildeliveryreportreceived';
/** A .NET default of year 1 is no time, and a time far ahead would win over every later report. */
const EARLIEST = Date.UTC(2020, 0, 1);
const AHEAD = 24 * 60 * 60_000;

/**
 * Takes CloudEvents and the Event Grid schema, keys in any case, `data` as an object or as JSON in a string: the
 * provider's own samples disagree. Never throws.
 * @param environment name of this deployment, the first part of our tags
 * @param now stands in for a report that carries no time at all
 */
export function parseReport(event: unknown, environment: string, now: Date): ParsedReport {
  const envelope = fieldsOf(event);
  const type = textOf(envelope['type']) || textOf(envelope['eventtype']);
  const shownType = isCode(type) ? type : 'no name of a type';
  const reportId = shortId(textOf(envelope['id']), event);
  const unmatched = (why: string): ParsedReport => ({ kind: 'unmatched', reportId, type: shownType, why });
  if (type === '') return unmatched('It is no event: it names no type.');

  const data = fieldsOf(envelope['data']);
  const times = [data['receivedtimestamp'], data['deliveryattempttimestamp'], envelope['time'], envelope['eventtime']];
  const reported = times.map((time) => timeOf(time, now)).find((time) => time !== undefined);
  const matched = (channel: Channel, id: string, meaning: Reported | undefined): ParsedReport => {
    const ours = parseAttemptId(id);
    if (!ours) return unmatched('Its id is none of ours.');
    if (!meaning) return unmatched('Its status is none that we know.');
    return {
      kind: 'delivery',
      reportId,
      type,
      channel,
      ...ours,
      ...meaning,
      reported: reported ?? now,
      ...(reported ? {} : { undated: true }),
      providerId: codeIn(data['messageid']),
    };
  };

  switch (type.toLowerCase()) {
    case SMS_REPORT: {
      const tag = textOf(data['tag']);
      const end = tag.lastIndexOf(':');
      if (end < 0) return unmatched(tag ? 'Its tag is none of ours.' : 'It has no tag.');
      if (tag.slice(0, end) !== environment) return unmatched('Its tag names another environment.');
      const meaning = smsMeaning(textOf(data['deliverystatus']), textOf(data['deliverystatusdetails']));
      return matched('sms', tag.slice(end + 1), meaning);
    }
    case EMAIL_REPORT: {
      const details = fieldsOf(data['deliverystatusdetails']);
      const meaning = emailMeaning(textOf(data['status']), textOf(details['statusmessage']));
      return matched('email', textOf(data['messageid']), meaning);
    }
    default:
      return { kind: 'other', type: shownType };
  }
}

/** The fields under lower-case names, of an object or of JSON text; none for anything else. */
function fieldsOf(value: unknown): Record<string, unknown> {
  if (typeof value === 'string') return fieldsOf(parsed(value));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name.toLowerCase(), field]));
}

function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');

/** What goes into rows and logs is an id, whatever was sent: never an address. */
const codeIn = (value: unknown): string => (isCode(textOf(value)) ? textOf(value) : '');

function timeOf(value: unknown, now: Date): Date | undefined {
  const time = new Date(textOf(value));
  return time.getTime() >= EARLIEST && time.getTime() <= now.getTime() + AHEAD ? time : undefined;
}

/** The same event always has the same id, also one that names none; a digest of an address alone would give it away. */
const shortId = (id: string, event: unknown): string =>
  codeIn(id) || createHash('sha256').update(contentOf(event)).digest('hex');

/** Something of the event that tells it from others; nesting without end cannot be written as JSON. */
function contentOf(event: unknown): string {
  try {
    return JSON.stringify(event) ?? 'undefined';
  } catch {
    return 'unreadable';
  }
}
