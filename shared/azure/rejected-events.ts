import { rejectedKey } from '../keys.ts';
import type { Reason, Rejected, RejectedEvents } from '../ports.ts';
import { fromChunks, toChunks } from './chunks.ts';
import { columnsOf, shortened } from './columns.ts';
import type { StoredEntity, Table } from './table.ts';

const MOST_REASONS = 50;

/** Table `RejectedEvents`. Whatever an event holds, its row fits: long parts are cut, the body stands byte for byte. */
export function rejectedEventsIn(table: Table): RejectedEvents {
  return {
    async put(rejected) {
      const { at, arrived, source, subject, id, type, reasons, body } = rejected;
      await table.insert({
        ...rejectedKey(rejected),
        at,
        arrived,
        source: shortened(source),
        subject: shortened(subject),
        eventId: shortened(id),
        type: shortened(type),
        reasons: JSON.stringify(reasonsThatFit(reasons)),
        ...toChunks('body', body),
      });
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
  };
}

function reasonsThatFit(reasons: readonly Reason[]): Reason[] {
  const fitting = reasons
    .slice(0, MOST_REASONS)
    .map(({ path, expected }) => ({ path: shortened(path, 200), expected: shortened(expected, 200) }));
  const others = reasons.length - fitting.length;
  return others === 0 ? fitting : [...fitting, { path: '$', expected: `${others} more faults put right` }];
}

const OUTLINE = ['at', 'arrived', 'source', 'subject', 'eventId', 'type', 'reasons'] as const;

const toRejected = (entity: StoredEntity): Rejected => ({
  ...toOutline(entity),
  body: fromChunks('body', entity) ?? new Uint8Array(),
});

function toOutline(entity: StoredEntity): Omit<Rejected, 'body'> {
  const { text, instant, json } = columnsOf(entity);
  return {
    at: instant('at'),
    arrived: instant('arrived'),
    source: text('source'),
    subject: text('subject'),
    id: text('eventId'),
    type: text('type'),
    reasons: json('reasons') as Reason[],
  };
}
