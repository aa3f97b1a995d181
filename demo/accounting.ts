import type { DeliveryId } from '../shared/delivery-id.ts';
import { parseAttemptId } from '../shared/delivery-id.ts';
import type { Channel } from '../shared/delivery.ts';
import type { Status } from '../shared/status.ts';
import type { End, EventIdentity, Stream } from './expectation.ts';

/** What the tables hold, in plain rows. */
export type Books = {
  events: readonly EventIdentity[];
  /** Bodies of the rejected events. */
  rejected: readonly Uint8Array[];
  deliveries: readonly DeliveryRow[];
  failures: readonly { delivery: string; end: End; resolved: boolean }[];
  deadLetters: number;
  unmatchedReports: number;
};

export type DeliveryRow = {
  id: DeliveryId;
  event: EventIdentity;
  message: string;
  channel: Channel;
  status: Status;
  end: End;
  /** The end was made by a report. */
  reported: boolean;
};

/** One message that the provider took. */
export type EffectiveSend = { attemptId: string | null; channel: Channel };

export type Account = {
  published: number;
  recorded: number;
  copies: number;
  /** Messages; the same bad message may come twice. */
  rejected: number;
  /** Different ones among them, each with a row. */
  rejectedEvents: number;
  sends: number;
  /** What somebody else published meanwhile; nothing else in the account counts it. */
  byOthers: { events: number; deliveries: number; sends: number };
  /** One line for everything that is not as it has to be; empty when all is accounted for. */
  mismatches: readonly string[];
};

const nameOf = ({ source, subject, id }: EventIdentity): string => `${subject} of ${source}, event ${id}`;
const keyOf = ({ source, subject, id }: EventIdentity): string => JSON.stringify([source, subject, id]);
const deliveryKey = (of: { event: EventIdentity; message: string; channel: Channel }): string =>
  JSON.stringify([keyOf(of.event), of.message, of.channel]);
const nameOfDelivery = (of: { event: EventIdentity; message: string; channel: Channel }): string =>
  `${of.message} by ${of.channel} (${nameOf(of.event)})`;
const bytes = (body: Uint8Array): string => Buffer.from(body).toString('base64');

/**
 * Compares what was published and planted with the tables and with what the provider took. Pure. An event is somebody
 * else's when nothing of the stream has its source and id.
 */
export function account(
  { publications, deliveries: expected }: Pick<Stream, 'publications' | 'deliveries'>,
  allBooks: Books,
  allSends: readonly EffectiveSend[],
): Account {
  const { books, sends, byOthers } = withoutOthers(publications, allBooks, allSends);
  const events = accountEvents(publications, books);
  return {
    published: publications.length,
    ...events,
    sends: sends.length,
    byOthers,
    mismatches: [
      ...events.mismatches,
      ...accountDeliveries(expected, books.deliveries),
      ...accountSends(books.deliveries, sends),
      ...accountFailures(books),
      ...nothingIn('dead letters', books.deadLetters),
      ...nothingIn('reports that name nothing of ours', books.unmatchedReports),
    ],
  };
}

function withoutOthers(publications: Stream['publications'], books: Books, sends: readonly EffectiveSend[]) {
  const published = new Set(publications.map(({ body }) => bytes(body)));
  const ours = new Set(publications.flatMap(({ event }) => (event ? [JSON.stringify([event.source, event.id])] : [])));
  const isOurs = ({ source, id }: Pick<EventIdentity, 'source' | 'id'>): boolean =>
    ours.has(JSON.stringify([source, id]));
  const others = new Set<string>(books.deliveries.flatMap(({ id, event }) => (isOurs(event) ? [] : [id])));
  const kept = {
    events: books.events.filter(isOurs),
    rejected: books.rejected.filter((body) => {
      const named = nameIn(body);
      return !named || isOurs(named) || published.has(bytes(body));
    }),
    deliveries: books.deliveries.filter(({ id }) => !others.has(id)),
    failures: books.failures.filter(({ delivery }) => !others.has(delivery)),
  };
  const keptSends = sends.filter(({ attemptId }) => !others.has(deliveryIn(attemptId) ?? ''));
  return {
    books: { ...books, ...kept },
    sends: keptSends,
    byOthers: {
      events: books.events.length - kept.events.length + books.rejected.length - kept.rejected.length,
      deliveries: others.size,
      sends: sends.length - keptSends.length,
    },
  };
}

/** Source and id that a rejected body gives itself, if it can be read. */
function nameIn(body: Uint8Array): { source: string; id: string } | undefined {
  try {
    const { source, id } = (JSON.parse(Buffer.from(body).toString()) ?? {}) as Record<string, unknown>;
    return typeof source === 'string' && typeof id === 'string' ? { source, id } : undefined;
  } catch {
    return undefined;
  }
}

const deliveryIn = (attemptId: string | null): string | undefined =>
  attemptId === null ? undefined : parseAttemptId(attemptId)?.delivery;

/** Every message is the recording of an event, a further copy of a recorded event, or rejected. */
function accountEvents(
  publications: Stream['publications'],
  books: Books,
): Pick<Account, 'recorded' | 'copies' | 'rejected' | 'rejectedEvents' | 'mismatches'> {
  const recorded = new Set(books.events.map(keyOf));
  const rejected = new Set(books.rejected.map(bytes));
  const taken = new Map<string, number>();
  const mismatches: string[] = [];
  let refusals = 0;

  for (const [index, { body, event, verdict }] of publications.entries()) {
    const isRejected = rejected.has(bytes(body));
    const isTaken = !isRejected && event !== undefined && recorded.has(keyOf(event));
    const name = `message ${index + 1} (${event ? nameOf(event) : 'no readable event'})`;
    if (isRejected) refusals++;
    if (isTaken) taken.set(keyOf(event), (taken.get(keyOf(event)) ?? 0) + 1);
    if (!isRejected && !isTaken) mismatches.push(`${name} was neither recorded nor rejected`);
    else if (verdict !== 'either' && (verdict === 'rejected') !== isRejected)
      mismatches.push(`${name} was ${isRejected ? 'rejected' : 'taken'}, expected ${verdict}`);
  }
  for (const event of books.events)
    if (!taken.has(keyOf(event))) mismatches.push(`recorded but never published: ${nameOf(event)}`);
  if (recorded.size !== books.events.length) mismatches.push('an event was recorded twice');
  const published = new Set(publications.map(({ body }) => bytes(body)));
  const foreign = [...rejected].filter((body) => !published.has(body)).length;
  if (foreign > 0) mismatches.push(`${foreign} rejected events were never published`);

  const all = [...taken.values()].reduce((sum, count) => sum + count, 0);
  return {
    recorded: taken.size,
    copies: all - taken.size,
    rejected: refusals,
    rejectedEvents: [...rejected].filter((body) => published.has(body)).length,
    mismatches,
  };
}

function accountDeliveries(expected: Stream['deliveries'], rows: readonly DeliveryRow[]): string[] {
  const byKey = Map.groupBy(rows, deliveryKey);
  const wanted = new Set(expected.map(deliveryKey));
  const mismatches: string[] = [];
  for (const one of expected) {
    const [row, ...others] = byKey.get(deliveryKey(one)) ?? [];
    const name = nameOfDelivery(one);
    if (!row) mismatches.push(`${name} was never planned, expected ${one.ends.join(' or ')}`);
    else if (others.length > 0) mismatches.push(`${name} was planned ${others.length + 1} times`);
    else if (!one.ends.includes(row.end))
      mismatches.push(`${name} is ${row.end}, expected ${one.ends.join(' or ')} [${row.id}]`);
  }
  for (const row of rows)
    if (!wanted.has(deliveryKey(row))) mismatches.push(`${nameOfDelivery(row)} was not expected at all [${row.id}]`);
  return mismatches;
}

/** Every effective send belongs to one delivery, and every delivery that left has one. */
function accountSends(rows: readonly DeliveryRow[], sends: readonly EffectiveSend[]): string[] {
  const counts = new Map<string, number>();
  const known = new Set<string>(rows.map(({ id }) => id));
  const mismatches: string[] = [];
  for (const { attemptId, channel } of sends) {
    const delivery = deliveryIn(attemptId);
    if (delivery === undefined || !known.has(delivery))
      mismatches.push(`the provider took a message by ${channel} that belongs to no delivery [${attemptId}]`);
    else counts.set(delivery, (counts.get(delivery) ?? 0) + 1);
  }
  for (const row of rows) {
    const count = counts.get(row.id) ?? 0;
    const [least, most] = sendsOf(row);
    if (count > most)
      mismatches.push(`${nameOfDelivery(row)} is ${row.end}, but the provider took it ${count} times [${row.id}]`);
    if (count < least)
      mismatches.push(`${nameOfDelivery(row)} is ${row.end}, but the provider never took it [${row.id}]`);
  }
  return mismatches;
}

/** How many effective sends a delivery may have: at least, at most. */
function sendsOf({ status, reported }: DeliveryRow): [number, number] {
  if (status === 'accepted' || status === 'delivered' || status === 'unknown' || reported) return [1, 1];
  return status === 'uncertain' || status === 'sending' ? [0, 1] : [0, 0];
}

const READ_BY_STAFF: ReadonlySet<Status> = new Set(['failed', 'unknown', 'uncertain', 'expired']);

/** What did not arrive stands in the failure table, with the same end, and nothing else stands there unresolved. */
function accountFailures({ deliveries, failures }: Books): string[] {
  const open = new Map(failures.filter(({ resolved }) => !resolved).map(({ delivery, end }) => [delivery, end]));
  const mismatches: string[] = [];
  for (const row of deliveries) {
    const end = open.get(row.id);
    const expected = READ_BY_STAFF.has(row.status) ? row.end : undefined;
    if (end !== expected)
      mismatches.push(
        `${nameOfDelivery(row)} is ${row.end}, but its failure row ${end ? `says ${end}` : 'is missing'} [${row.id}]`,
      );
    open.delete(row.id);
  }
  for (const delivery of open.keys()) mismatches.push(`a failure row belongs to no delivery [${delivery}]`);
  return mismatches;
}

const nothingIn = (what: string, count: number): string[] => (count > 0 ? [`there are ${count} ${what}`] : []);

/** Nothing more happens to it, whatever comes. */
export const isOver = ({ status }: Pick<DeliveryRow, 'status'>): boolean =>
  status !== 'planned' && status !== 'sending' && status !== 'accepted';
