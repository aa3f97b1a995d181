import { gunzipSync, gzipSync } from 'node:zlib';
import { appointmentKey } from '../keys.ts';
import type { Appointments, AppointmentVersion } from '../ports.ts';
import { startOf } from '../reminders.ts';
import { fromChunks, toChunks } from './chunks.ts';
import { columnsOf, storable } from './columns.ts';
import type { StoredEntity, Table } from './table.ts';

/** Table `Appointments`: each version of an appointment, by the UTC day on which it begins. */
export function appointmentsIn(table: Table): Appointments {
  return {
    put(version) {
      const { event, arrived } = version;
      const { source, subject, id, type, time, trace, data } = event;
      return table.put({
        ...appointmentKey({ start: startOf(version), source, subject, id }),
        source,
        subject,
        eventId: id,
        type,
        time: storable(time),
        arrived,
        trace,
        ...toChunks('data', gzipSync(JSON.stringify(data))),
      });
    },
    async read(of) {
      const { partitionKey, rowKey } = appointmentKey(of);
      const entity = await table.get(partitionKey, rowKey);
      return entity && toVersion(entity);
    },
    async *ofDay(day) {
      for await (const entity of table.query({ partition: day })) yield toVersion(entity);
    },
  };
}

function toVersion(entity: StoredEntity): AppointmentVersion {
  const { text, instant } = columnsOf(entity);
  const data = fromChunks('data', entity);
  if (!data) throw new Error('a row of an appointment has no data');
  return {
    event: {
      source: text('source'),
      subject: text('subject'),
      id: text('eventId'),
      type: text('type') as AppointmentVersion['event']['type'],
      time: instant('time'),
      trace: text('trace'),
      data: JSON.parse(gunzipSync(data).toString()) as AppointmentVersion['event']['data'],
    },
    arrived: instant('arrived'),
  };
}
