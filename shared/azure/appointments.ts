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
    async keep(version) {
      const { event, arrived, reminders } = version;
      const { source, subject, id, type, time, trace, data } = event;
      const key = appointmentKey({ start: startOf(version), source, subject, id });
      const added = await table.insert({
        ...key,
        source,
        subject,
        eventId: id,
        type,
        time: storable(time),
        arrived,
        trace,
        reminders: JSON.stringify(reminders),
        ...toChunks('data', gzipSync(JSON.stringify(data))),
      });
      if (added !== undefined) return version;
      const first = await table.get(key.partitionKey, key.rowKey);
      if (!first) throw new Error('an appointment that was stored a moment ago cannot be read');
      return toVersion(first);
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
  const { text, instant, json } = columnsOf(entity);
  const reminders = json('reminders') as { offset: string; due: string }[];
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
    reminders: reminders.map(({ offset, due }) => ({ offset, due: new Date(due) })),
  };
}
