import { CURRENT_ROW, deliveryRow, eventRow, readSubjectRow, subjectPartition, subjectPrefix } from '../keys.ts';
import type { CurrentEvents, DayCounts, EventRecord, Held, Subjects } from '../ports.ts';
import { type DeliveryId, instantOf } from '../delivery-id.ts';
import { columnsOf, storable } from './columns.ts';
import type { StoredEntity, Table } from './table.ts';

/** Table `Subjects`: per source and subject the events taken, the newest of each type, and the index of deliveries. */
export function subjectsIn(table: Table): Subjects {
  const event: Subjects['event'] = async (source, subject, id) => {
    const entity = await table.get(subjectPartition(source, subject), eventRow(id));
    if (!entity) return undefined;
    return isForgotten(entity) ? 'forgotten' : toEvent(entity);
  };

  return {
    event,

    async current(source, subject) {
      const entity = await table.get(subjectPartition(source, subject), CURRENT_ROW);
      if (!entity) return { newest: {} };
      const { maybeJson, json } = columnsOf(entity);
      const counts = maybeJson('counts') as DayCounts | undefined;
      return { newest: json('newest') as CurrentEvents, ...(counts ? { counts } : {}), etag: entity.etag };
    },

    async take(record, { newest, counts, etag }) {
      const { source, subject, id, time, deliveries, held, ...columns } = record;
      const partitionKey = subjectPartition(source, subject);
      const current = {
        partitionKey,
        rowKey: CURRENT_ROW,
        source,
        subject,
        newest: JSON.stringify(newest),
        ...(counts ? { counts: JSON.stringify(counts) } : {}),
      };
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
            ...(held ? { held: JSON.stringify(held) } : {}),
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
        if (row?.kind === 'event' && !isForgotten(entity)) events.push(toEvent(entity));
        if (row?.kind === 'delivery') deliveries.push(row.delivery);
      }
      return { events, deliveries };
    },

    async forget(source, subject, since) {
      const partition = subjectPartition(source, subject);
      const rows: StoredEntity[] = [];
      for await (const entity of table.query({ partition }, undefined, ['arrived', 'until', 'forgotten']))
        rows.push(entity);
      if (rows.some((row) => lastOf(row) >= since)) return 0;
      const current = rows.find(({ rowKey }) => rowKey === CURRENT_ROW);
      // Another event that comes meanwhile changes this row.
      if (current && !(await table.remove(partition, CURRENT_ROW, current.etag))) return 0;
      const events = rows.filter((row) => readSubjectRow(row.rowKey)?.kind === 'event' && !isForgotten(row));
      for (const { rowKey } of events) await table.put({ partitionKey: partition, rowKey, forgotten: true });
      const index = rows.filter(({ rowKey }) => readSubjectRow(rowKey)?.kind === 'delivery');
      await table.removeAll(
        partition,
        index.map(({ rowKey }) => rowKey),
      );
      return events.length + index.length + (current ? 1 : 0);
    },
  };
}

const isForgotten = (entity: StoredEntity): boolean => entity['forgotten'] === true;

const LONG_AGO = new Date(0);

/** When something last came that this row is about, or is still to come. */
function lastOf(entity: StoredEntity): Date {
  const row = readSubjectRow(entity.rowKey);
  if (row?.kind === 'delivery') return instantOf(row.delivery);
  const { arrived = LONG_AGO } = columnsOf(entity).maybeInstant('arrived');
  const { until = arrived } = columnsOf(entity).maybeInstant('until');
  return arrived > until ? arrived : until;
}

function toEvent(entity: StoredEntity): EventRecord {
  const { text, instant, maybeInstant, json, maybeJson } = columnsOf(entity);
  const held = maybeJson('held') as Held | undefined;
  return {
    source: text('source'),
    subject: text('subject'),
    id: text('eventId'),
    type: text('type'),
    arrived: instant('arrived'),
    time: instant('time'),
    contentHash: text('contentHash'),
    deliveries: json('deliveries') as DeliveryId[],
    ...maybeInstant('until'),
    ...(held ? { held } : {}),
    ...(entity['loopBegins'] === undefined ? {} : { loopBegins: entity['loopBegins'] === true }),
  };
}
