import type { DeliveryId } from '../delivery-id.ts';
import { deadLetterKey } from '../keys.ts';
import type { DeadLetterRow, DeadLetters } from '../ports.ts';
import { columnsOf, shortened } from './columns.ts';
import type { StoredEntity, Table } from './table.ts';

/** Table `DeadLetters`: why a message was given up, and who put it back when. */
export function deadLettersIn(table: Table): DeadLetters {
  return {
    put: ({ putBack, ...row }) =>
      table.put({
        ...deadLetterKey(row),
        ...row,
        description: shortened(row.description, 4_000),
        source: shortened(row.source),
        subject: shortened(row.subject),
        eventId: shortened(row.eventId),
        ...(putBack ? { putBackAt: putBack.at, putBackBy: putBack.by } : {}),
      }),
    async *ofDay(day) {
      for await (const entity of table.query({ partition: day })) yield toRow(entity);
    },
  };
}

function toRow(entity: StoredEntity): DeadLetterRow {
  const { text, number, instant, maybeInstant } = columnsOf(entity);
  const { putBackAt } = maybeInstant('putBackAt');
  return {
    at: instant('at'),
    entity: text('entity'),
    sequenceNumber: text('sequenceNumber'),
    messageId: text('messageId'),
    reason: text('reason'),
    description: text('description'),
    deliveryCount: number('deliveryCount'),
    enqueued: instant('enqueued'),
    arrived: instant('arrived'),
    resubmitted: number('resubmitted'),
    source: text('source'),
    subject: text('subject'),
    eventId: text('eventId'),
    delivery: text('delivery') as DeliveryId | '',
    ...(text('rejected') ? { rejected: text('rejected') } : {}),
    ...(putBackAt ? { putBack: { at: putBackAt, by: text('putBackBy') } } : {}),
  };
}
