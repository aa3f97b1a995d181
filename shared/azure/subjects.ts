import { CURRENT_ROW, deliveryRow, eventRow, readSubjectRow, subjectPartition, subjectPrefix } from '../keys.ts';
import type { CurrentEvents, EventRecord, Subjects } from '../ports.ts';
import type { DeliveryId } from '../delivery-id.ts';
import { columnsOf, storable } from './columns.ts';
import type { StoredEntity, Table } from './table.ts';

/** Table `Subjects`: per source and subject the events taken, the newest of each type, and the index of deliveries. */
export function subjectsIn(table: Table): Subjects {
  const event: Subjects['event'] = async (source, subject, id) => {
    const entity = await table.get(subjectPartition(source, subject), eventRow(id));
    return entity && toEvent(entity);
  };

  return {
    event,

    async current(source, subject) {
      const entity = await table.get(subjectPartition(source, subject), CURRENT_ROW);
      if (!entity) return { newest: {} };
      return { newest: columnsOf(entity).json('newest') as CurrentEvents, etag: entity.etag };
    },

    async take(record, { newest, etag }) {
      const { source, subject, id, time, deliveries, ...columns } = record;
      const partitionKey = subjectPartition(source, subject);
      const current = { partitionKey, rowKey: CURRENT_ROW, source, subject, newest: JSON.stringify(newest) };
      const written = await table.transact([
        {
          entity: {
            partitionKey,
            rowKey: eventRow(id),
            source,
            subject,
            eventId: id,
            ...columns,
            time: storable(time),
            deliveries: JSON.stringify(deliveries),
          },
        },
        ...deliveries.map((delivery) => ({ entity: { partitionKey, rowKey: deliveryRow(delivery), eventId: id } })),
        etag === undefined ? { entity: current } : { entity: current, etag },
      ]);
      if (written) return 'taken';
      return (await event(source, subject, id)) ? 'known' : 'changed';
    },

    async find(subject) {
      const prefix = subjectPrefix(subject);
      const events: EventRecord[] = [];
      const deliveries: DeliveryId[] = [];
      for await (const entity of table.query({ prefix })) {
        const row = readSubjectRow(entity.rowKey);
        if (row?.kind === 'event') events.push(toEvent(entity));
        if (row?.kind === 'delivery') deliveries.push(row.delivery);
      }
      return { events, deliveries };
    },
  };
}

function toEvent(entity: StoredEntity): EventRecord {
  const { text, instant, json } = columnsOf(entity);
  return {
    source: text('source'),
    subject: text('subject'),
    id: text('eventId'),
    type: text('type'),
    arrived: instant('arrived'),
    time: instant('time'),
    contentHash: text('contentHash'),
    deliveries: json('deliveries') as DeliveryId[],
  };
}
