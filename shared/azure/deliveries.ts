import { gunzipSync, gzipSync } from 'node:zlib';
import type { Booking } from '../calendar.ts';
import type { Cause } from '../causes.ts';
import {
  type Content,
  type Delivery,
  type Outline,
  type Plan,
  type Progress,
  type Step,
  untouched,
  UNTOUCHED,
} from '../delivery.ts';
import { type DeliveryId, hourOf } from '../delivery-id.ts';
import type { Quiet } from '../hold.ts';
import type { Deliveries } from '../ports.ts';
import { fromChunks, toChunks } from './chunks.ts';
import { columnsOf, orNone, shortened, storable } from './columns.ts';
import { isOpen } from '../status.ts';
import type { StoredEntity, Table } from './table.ts';
import type { Entity } from './table-limits.ts';

/** Table `Deliveries`: one row per delivery; plan columns and progress columns share no name. */
export function deliveriesIn(table: Table): Deliveries {
  return {
    async read(id) {
      const entity = await table.get(hourOf(id), id);
      return entity && toDelivery(entity);
    },
    plan: (plans) => table.mergeAll(plans.map(planEntity)),
    rewrite: async ({ etag }, plan) => (await table.merge(planEntity(plan), etag)) !== undefined,
    async record({ plan, etag }, progress) {
      const written = await table.merge({ ...keyOf(plan.id), ...progressColumns(progress) }, etag);
      return written === undefined ? undefined : { plan, progress, etag: written };
    },
    async *ofHour(hour) {
      for await (const entity of table.query({ partition: hour })) yield toDelivery(entity);
    },
    async *outlinesOfHour(hour) {
      for await (const entity of table.query({ partition: hour }, undefined, OUTLINE)) yield toOutline(entity);
    },
    nextHour: (from) => table.firstPartition(from),
  };
}

/** Of a row with at least its column `status`. */
export const isOpenRow = (entity: StoredEntity): boolean => isOpen({ status: statusOf(entity) });

const statusOf = (entity: StoredEntity): Progress['status'] =>
  (columnsOf(entity).text('status') as Progress['status'] | '') || UNTOUCHED.status;

type StoredStep = Omit<Step, 'at' | 'next'> & { at: string; next?: string };

const keyOf = (id: DeliveryId) => ({ partitionKey: hourOf(id), rowKey: id });

function planEntity({
  id,
  content,
  localeAsked,
  unsendable,
  eventTime,
  eventRevision,
  deadline,
  expiresAt,
  reminder,
  resend,
  quiet,
  firstCause,
  ...plan
}: Plan): Entity {
  return {
    ...keyOf(id),
    ...plan,
    eventTime: storable(eventTime),
    // As text: the service takes no whole number of more than 32 bits for one.
    eventRevision: eventRevision === undefined ? '' : String(eventRevision),
    deadline: storable(deadline),
    expiresAt: expiresAt ? storable(expiresAt) : '',
    ...(reminder ? { reminderStart: reminder.start, reminderOffset: reminder.offset } : {}),
    ...(resend ? { resendOf: resend.of, resentBy: resend.by, resentWhy: shortened(resend.why) } : {}),
    quiet: quiet ? JSON.stringify(quiet) : '',
    firstCause: firstCause ?? '',
    localeAsked: shortened(localeAsked ?? ''),
    unsendable: unsendable ?? '',
    ...(content ? toChunks('content', gzipSync(JSON.stringify(content))) : {}),
  };
}

function progressColumns({ firstSent, missing, claim, slot, accepted, reported, history, ...progress }: Progress) {
  return {
    ...progress,
    firstSent: orNone(firstSent),
    missing: orNone(missing),
    claimRun: claim?.run ?? '',
    claimUntil: orNone(claim?.leaseUntil),
    slot: orNone(slot),
    accepted: orNone(accepted),
    reported: orNone(reported),
    history: JSON.stringify(history),
  };
}

/** Rows from before there was a calendar have none. */
const bookingIn = (text: string): Booking => (text === '' ? 'none' : (text as Booking));

function toDelivery(entity: StoredEntity): Delivery {
  const plan = toPlan(entity);
  return { plan, progress: entity['status'] === undefined ? untouched(plan) : toProgress(entity), etag: entity.etag };
}

function toPlan(entity: StoredEntity): Plan {
  const { text, number, instant, maybeInstant } = columnsOf(entity);
  const content = fromChunks('content', entity);
  const localeAsked = text('localeAsked');
  const unsendable = text('unsendable') as Cause | '';
  const eventRevision = text('eventRevision');
  const { reminderStart } = maybeInstant('reminderStart');
  const resendOf = text('resendOf') as DeliveryId | '';
  const quiet = text('quiet');
  const firstCause = text('firstCause') as Plan['firstCause'] | '';
  return {
    id: entity.rowKey as DeliveryId,
    subject: text('subject'),
    source: text('source'),
    eventId: text('eventId'),
    eventType: text('eventType'),
    eventTime: instant('eventTime'),
    ...(eventRevision ? { eventRevision: Number(eventRevision) } : {}),
    arrived: instant('arrived'),
    trace: text('trace'),
    message: text('message'),
    version: number('version'),
    role: text('role') as Plan['role'],
    channel: text('channel') as Plan['channel'],
    locale: text('locale'),
    ...(localeAsked ? { localeAsked } : {}),
    lane: text('lane') as Plan['lane'],
    deadline: instant('deadline'),
    ...maybeInstant('expiresAt'),
    ...(quiet ? { quiet: toQuiet(quiet) } : {}),
    address: text('address'),
    shop: text('shop'),
    country: text('country'),
    region: text('region'),
    mailHost: text('mailHost'),
    ...(content ? { content: JSON.parse(gunzipSync(content).toString()) as Content } : {}),
    ...(unsendable ? { unsendable } : {}),
    firstSlot: instant('firstSlot'),
    firstBooking: bookingIn(text('firstBooking')),
    ...(firstCause ? { firstCause } : {}),
    ...(reminderStart ? { reminder: { start: reminderStart, offset: text('reminderOffset') } } : {}),
    ...(resendOf ? { resend: { of: resendOf, by: text('resentBy'), why: text('resentWhy') } } : {}),
  };
}

function toQuiet(text: string): Quiet {
  const { latest, ...quiet } = JSON.parse(text) as Omit<Quiet, 'latest'> & { latest?: string };
  return { ...quiet, ...(latest !== undefined && { latest: new Date(latest) }) };
}

const OUTLINE: readonly (Exclude<keyof Outline, 'id'> | 'firstCause')[] = [
  'subject',
  'eventTime',
  'arrived',
  'message',
  'version',
  'locale',
  'channel',
  'address',
  'shop',
  'country',
  'region',
  'mailHost',
  'status',
  'cause',
  'firstCause',
  'accepted',
  'reported',
  'resendOf',
];

function toOutline(entity: StoredEntity): Outline {
  const { text, number, instant, maybeInstant } = columnsOf(entity);
  const resendOf = text('resendOf') as DeliveryId | '';
  return {
    id: entity.rowKey as DeliveryId,
    subject: text('subject'),
    eventTime: instant('eventTime'),
    arrived: instant('arrived'),
    message: text('message'),
    version: number('version'),
    locale: text('locale'),
    channel: text('channel') as Outline['channel'],
    address: text('address'),
    shop: text('shop'),
    country: text('country'),
    region: text('region'),
    mailHost: text('mailHost'),
    status: statusOf(entity),
    cause: (text('cause') || text('firstCause') || UNTOUCHED.cause) as Outline['cause'],
    ...maybeInstant('accepted'),
    ...maybeInstant('reported'),
    ...(resendOf ? { resendOf } : {}),
  };
}

function toProgress(entity: StoredEntity): Progress {
  const { text, number, flag, maybeInstant, json } = columnsOf(entity);
  const { claimUntil } = maybeInstant('claimUntil');
  const history = json('history') as StoredStep[];
  return {
    status: text('status') as Progress['status'],
    cause: text('cause') as Progress['cause'],
    revision: number('revision'),
    copy: number('copy'),
    attempt: number('attempt'),
    ...maybeInstant('firstSent'),
    unanswered: flag('unanswered'),
    asking: flag('asking'),
    ...maybeInstant('missing'),
    bodyHash: text('bodyHash'),
    ...(claimUntil ? { claim: { run: text('claimRun'), leaseUntil: claimUntil } } : {}),
    ...maybeInstant('slot'),
    booking: bookingIn(text('booking')),
    ...maybeInstant('accepted'),
    ...maybeInstant('reported'),
    providerId: text('providerId'),
    sender: text('sender'),
    segments: number('segments'),
    pauses: number('pauses'),
    history: history.map(({ next, ...step }) => ({
      ...step,
      at: new Date(step.at),
      ...(next !== undefined && { next: new Date(next) }),
    })),
    omitted: number('omitted'),
  };
}
