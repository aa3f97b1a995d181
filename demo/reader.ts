import { TableClient } from '@azure/data-tables';
import { fromChunks } from '../shared/azure/chunks.ts';
import type { Entity } from '../shared/azure/table-limits.ts';
import type { Cause } from '../shared/causes.ts';
import type { DeliveryId } from '../shared/delivery-id.ts';
import type { Channel } from '../shared/delivery.ts';
import type { Reason } from '../shared/ports.ts';
import type { Status } from '../shared/status.ts';
import type { Books, DeliveryRow, EffectiveSend } from './accounting.ts';
import type { LaptopCloud } from './laptop-cloud.ts';

/** A delivery with its times, for the summary. */
export type TimedDelivery = DeliveryRow & {
  cause: Cause;
  eventTime: Date;
  accepted?: Date;
  delivered?: Date;
  /** The provider's time of the report that made its end. */
  reportedAt?: Date;
  /** Of an SMS that the provider took. */
  segments: number;
};

export type FullBooks = Omit<Books, 'deliveries'> & {
  deliveries: readonly TimedDelivery[];
  reasons: readonly Reason[];
};

/** What progress shows. */
export type Figures = {
  recorded: number;
  rejected: number;
  deliveries: readonly { channel: Channel; status: Status; cause: Cause }[];
};

/** What is still on its way somewhere. */
export type Pending = {
  /** Messages on the broker, dead letters not counted. */
  messages: number;
  /** Reports that the provider has not pushed yet. */
  reports: number;
};

export type Reader = {
  figures(): Promise<Figures>;
  books(): Promise<FullBooks>;
  pending(): Promise<Pending>;
  sends(): Promise<TimedSend[]>;
  /** Calls that the provider refused for its quota. */
  throttled(): Promise<number>;
};

/** A message with the time at which the provider took it. */
export type TimedSend = EffectiveSend & { at: Date; segments: number };

type Row = Entity;

/** Reads tables, broker and provider as they are, without the product's own eyes. */
export function createReader({ settings, addresses, brokerHealth }: LaptopCloud): Reader {
  const provider = addresses['communication-services'];

  async function rows(table: string, select?: string[], filter?: string): Promise<Row[]> {
    const client = TableClient.fromConnectionString(settings['Tables']!, table, { allowInsecureConnection: true });
    const found: Row[] = [];
    try {
      const queryOptions = { ...(select ? { select } : {}), ...(filter ? { filter } : {}) };
      for await (const row of client.listEntities<Row>({ queryOptions })) found.push(row);
    } catch (error) {
      if ((error as { statusCode?: number }).statusCode !== 404) throw error;
    }
    return found;
  }

  return {
    async figures() {
      const [events, rejected, deliveries] = await Promise.all([
        rows('Subjects', ['RowKey'], EVENT_ROWS),
        rows('RejectedEvents', ['RowKey']),
        rows('Deliveries', ['channel', 'status', 'cause']),
      ]);
      return {
        recorded: events.length,
        rejected: rejected.length,
        deliveries: deliveries.map((row) => ({
          channel: row['channel'] as Channel,
          status: statusOf(row),
          cause: causeOf(row),
        })),
      };
    },

    async books() {
      const [events, rejected, deliveries, failures, deadLetters, unmatched] = await Promise.all([
        rows('Subjects', ['source', 'subject', 'eventId'], EVENT_ROWS),
        rows('RejectedEvents'),
        rows('Deliveries', DELIVERY_COLUMNS),
        rows('DeliveryFailures'),
        rows('DeadLetters', ['RowKey']),
        rows('UnmatchedReports', ['RowKey']),
      ]);
      return {
        events: events.map(identity),
        rejected: rejected.map((row) => fromChunks('body', row) ?? new Uint8Array()),
        reasons: rejected.flatMap((row) => JSON.parse(String(row['reasons'])) as Reason[]),
        deliveries: deliveries.map(deliveryOf),
        failures: failures.map((row) => ({
          delivery: row.rowKey,
          end: `${row['status'] as Status}/${row['cause'] as Cause}`,
          resolved: row['resolvedAt'] instanceof Date,
        })),
        deadLetters: deadLetters.length,
        unmatchedReports: unmatched.length,
      };
    },

    async pending() {
      type Counts = { active: number; scheduled: number; deferred: number };
      const [entities, { reports }] = await Promise.all([
        json<Record<string, Partial<Counts>>>(`${brokerHealth}/entities`),
        json<{ reports: { byState: Record<string, number> } }>(`${provider}/control/summary`),
      ]);
      const waiting = Object.entries(entities)
        .filter(([name]) => !/deadletter/i.test(name))
        .map(([, { active = 0, scheduled = 0, deferred = 0 }]) => active + scheduled + deferred);
      return {
        messages: waiting.reduce((sum, count) => sum + count, 0),
        reports: (reports.byState['planned'] ?? 0) + (reports.byState['pushing'] ?? 0),
      };
    },

    async sends() {
      type Item = EffectiveSend & { at: string; segments: number | null };
      type Page = { items: Item[]; next: number; more: boolean };
      const sends: TimedSend[] = [];
      for (let page: Page = { items: [], next: 0, more: true }; page.more;) {
        page = await json<Page>(`${provider}/control/sends?since=${page.next}&limit=5000`);
        for (const { attemptId, channel, at, segments } of page.items)
          sends.push({ attemptId, channel, at: new Date(at), segments: segments ?? 0 });
      }
      return sends;
    },

    async throttled() {
      const { requests } = await json<{ requests: { byStatus: Record<string, number> } }>(
        `${provider}/control/summary`,
      );
      return requests.byStatus['429'] ?? 0;
    },
  };
}

/** Of what came from outside: a reminder leaves a record of its own among them. */
const EVENT_ROWS = "RowKey ge 'event:' and RowKey lt 'event;' and type ne 'reminder'";
const DELIVERY_COLUMNS = [
  'PartitionKey',
  'RowKey',
  'source',
  'subject',
  'eventId',
  'eventTime',
  'message',
  'channel',
  'status',
  'cause',
  'accepted',
  'reported',
  'segments',
];

const statusOf = (row: Row): Status => (row['status'] as Status | undefined) ?? 'planned';
const causeOf = (row: Row): Cause => (row['cause'] as Cause | undefined) ?? 'waiting';

function identity(row: Row): { source: string; subject: string; id: string } {
  return { source: String(row['source']), subject: String(row['subject']), id: String(row['eventId']) };
}

function deliveryOf(row: Row): TimedDelivery {
  const status = statusOf(row);
  const cause = causeOf(row);
  const [accepted, reported] = [row['accepted'], row['reported']];
  return {
    id: row.rowKey as DeliveryId,
    event: identity(row),
    message: String(row['message']),
    channel: row['channel'] as Channel,
    status,
    cause,
    end: `${status}/${cause}`,
    reported: reported instanceof Date,
    eventTime: row['eventTime'] as Date,
    segments: Number(row['segments'] ?? 0),
    ...(accepted instanceof Date ? { accepted } : {}),
    ...(reported instanceof Date ? { reportedAt: reported } : {}),
    ...(status === 'delivered' && reported instanceof Date ? { delivered: reported } : {}),
  };
}

async function json<Answer>(url: string): Promise<Answer> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return (await response.json()) as Answer;
}
