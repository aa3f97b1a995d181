/** Partition and row keys of every table. Whatever upstream sends becomes a legal key; nothing is refused for its key. */
import { createHash } from 'node:crypto';
import type { Channel } from './delivery.ts';
import { type DeliveryId, parseAttemptId } from './delivery-id.ts';

export type Key = { partitionKey: string; rowKey: string };

/** The service ends keys at 512 characters: subject and source together stay below. */
const LONGEST_SUBJECT = 200;
const LONGEST_SOURCE = 300;
const LONGEST_ROW_PART = 400;

/** Never `%`, which the service may decode twice. */
export function encodeKeyPart(text: string): string {
  return text.replace(/[^A-Za-z0-9._-]+/g, (others) =>
    Array.from(Buffer.from(others), (byte) => `~${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}

export function decodeKeyPart(part: string): string {
  return part.replace(/(~[0-9A-F]{2})+/g, (bytes) => Buffer.from(bytes.replaceAll('~', ''), 'hex').toString());
}

/** The encoded part, or a digest that no encoded part can equal. */
function partOf(text: string, longest: number): string {
  const part = encodeKeyPart(text);
  return part.length <= longest ? part : `~sha256-${digestOf(text)}`;
}

/** Hex; the parts cannot run into each other. */
function digestOf(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest('hex');
}

/** `2026-11-20` */
const utcDay = (instant: Date): string => instant.toISOString().slice(0, 10);

// ---- Subjects -------------------------------------------------------------------------------------------------------

export const subjectPartition = (source: string, subject: string): string =>
  `${subjectPrefix(subject)}${partOf(source, LONGEST_SOURCE)}`;

/** What the partitions of a subject begin with, whatever its source. */
export const subjectPrefix = (subject: string): string => `${partOf(subject, LONGEST_SUBJECT)}@`;

export const CURRENT_ROW = 'current';

export const eventRow = (id: string): string => `event:${digestOf(id)}`;

export const deliveryRow = (id: DeliveryId): string => `delivery:${id}`;

export type SubjectRow = { kind: 'current' } | { kind: 'event' } | { kind: 'delivery'; delivery: DeliveryId };

export function readSubjectRow(rowKey: string): SubjectRow | undefined {
  if (rowKey === CURRENT_ROW) return { kind: 'current' };
  if (rowKey.startsWith('event:')) return { kind: 'event' };
  const id = rowKey.startsWith('delivery:') ? parseAttemptId(rowKey.slice('delivery:'.length)) : undefined;
  return id && { kind: 'delivery', delivery: id.delivery };
}

// ---- the other tables; deliveries and failures follow from the delivery id alone ------------------------------------

export const appointmentKey = (of: { start: Date; source: string; subject: string; id: string }): Key => ({
  partitionKey: utcDay(of.start),
  rowKey: appointmentRow(of.source, of.subject, of.id),
});

export const appointmentRow = (source: string, subject: string, id: string): string => digestOf(source, subject, id);

export const rejectedKey = (rejected: { arrived: Date; source: string; id: string; body: Uint8Array }): Key => ({
  partitionKey: utcDay(rejected.arrived),
  rowKey: digestOf(rejected.source, rejected.id, rejected.body),
});

export const deadLetterKey = (row: { enqueued: Date; entity: string; sequenceNumber: string }): Key => ({
  partitionKey: utcDay(row.enqueued),
  rowKey: `${partOf(row.entity, LONGEST_ROW_PART)}@${encodeKeyPart(row.sequenceNumber)}`,
});

export const reportKey = (report: { at: Date; reportId: string }): Key => ({
  partitionKey: utcDay(report.at),
  rowKey: partOf(report.reportId, LONGEST_ROW_PART),
});

/** @param unique tells apart what was done in the same millisecond */
export const staffActionKey = ({ at }: { at: Date }, unique: string): Key => ({
  partitionKey: utcDay(at),
  rowKey: `${at.toISOString().replaceAll(':', '-')}@${unique}`,
});

export const suppressionKey = (channel: Channel, address: string): Key => ({
  partitionKey: channel,
  rowKey: partOf(address, LONGEST_ROW_PART),
});
