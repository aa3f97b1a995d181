import { type Key, rejectedKey } from '../keys.ts';
import type { Reason, RejectedEvents, StoredRejected } from '../ports.ts';
import { fromChunks, toChunks } from './chunks.ts';
import { columnsOf, shortened } from './columns.ts';
import type { StoredEntity, Table } from './table.ts';

const MOST_REASONS = 50;

/** Table `RejectedEvents`. Whatever an event holds, its row fits: long parts are cut, the body stands byte for byte. */
export function rejectedEventsIn(table: Table): RejectedEvents {
  /** A row that is gone is past its retention. */
  async function change(
    key: Key,
    columns: (row: Omit<StoredRejected, 'body'>) => Record<string, string | number | Date>,
  ): Promise<void> {
    for (;;) {
      const entity = await table.get(key.partitionKey, key.rowKey);
      if (!entity || (await table.merge({ ...key, ...columns(toOutline(entity)) }, entity.etag))) return;
    }
  }

  return {
    async put(rejected) {
      const { at, arrived, source, subject, id, type, reasons, body } = rejected;
      const key = rejectedKey(rejected);
      const inserted = await table.insert({
        ...key,
        at,
        arrived,
        source: shortened(source),
        subject: shortened(subject),
        eventId: shortened(id),
        type: shortened(type),
        reasons: JSON.stringify(reasonsThatFit(reasons)),
        times: 1,
        ...toChunks('body', body),
      });
      if (inserted) return;
      await change(key, (row) => ({ reasons: JSON.stringify(reasonsThatFit(reasons)), times: row.times + 1 }));
    },
    async *ofDay(day) {
      for await (const entity of table.query({ partition: day })) yield toRejected(entity);
    },
    async *outlinesOfDay(day) {
      for await (const entity of table.query({ partition: day }, undefined, OUTLINE))
        yield { key: entity.rowKey, ...toOutline(entity) };
    },
    async read(day, key) {
      const entity = await table.get(day, key);
      return entity && toRejected(entity);
    },
    retried: (day, key, { at, by, times }) =>
      change({ partitionKey: day, rowKey: key }, () => ({ retriedAt: at, retriedBy: by, retriedTimes: times })),
  };
}

function reasonsThatFit(reasons: readonly Reason[]): Reason[] {
  const fitting = reasons
    .slice(0, MOST_REASONS)
    .map(({ path, expected }) => ({ path: shortened(path, 200), expected: shortened(expected, 200) }));
  const others = reasons.length - fitting.length;
  return others === 0 ? fitting : [...fitting, { path: '$', expected: `${others} more faults put right` }];
}

const RETRY = ['times', 'retriedAt', 'retriedBy', 'retriedTimes'] as const;
const OUTLINE = ['at', 'arrived', 'source', 'subject', 'eventId', 'type', 'reasons', ...RETRY] as const;

const toRejected = (entity: StoredEntity): StoredRejected => ({
  ...toOutline(entity),
  body: fromChunks('body', entity) ?? new Uint8Array(),
});

function toOutline(entity: StoredEntity): Omit<StoredRejected, 'body'> {
  const { text, number, instant, maybeInstant, json } = columnsOf(entity);
  const { retriedAt } = maybeInstant('retriedAt');
  return {
    at: instant('at'),
    arrived: instant('arrived'),
    source: text('source'),
    subject: text('subject'),
    id: text('eventId'),
    type: text('type'),
    reasons: json('reasons') as Reason[],
    times: entity['times'] === undefined ? 1 : number('times'),
    ...(retriedAt ? { retried: { at: retriedAt, by: text('retriedBy'), times: number('retriedTimes') } } : {}),
  };
}
