import type { Hours, KnownHour } from '../ports.ts';
import { columnsOf } from './columns.ts';
import type { Table } from './table.ts';

const PARTITION = 'hour';
/** A time long past: the hour is read at the next sweep. */
const AT_ONCE = new Date(0);

const entityOf = (hour: string, next: Date | undefined) => ({ partitionKey: PARTITION, rowKey: hour, next });

/** Table `Hours`: what housekeeping found in each hour of `Deliveries`. */
export function hoursIn(table: Table): Hours {
  return {
    async known(from) {
      const hours: KnownHour[] = [];
      for await (const entity of table.query({ partition: PARTITION }, from))
        hours.push({ hour: entity.rowKey, ...columnsOf(entity).maybeInstant('next'), etag: entity.etag });
      return hours;
    },
    record: async (hour, next, seen) =>
      seen ? table.replace(entityOf(hour, next), seen.etag) : (await table.insert(entityOf(hour, next))) !== undefined,
    async removeBefore(hour) {
      const old: string[] = [];
      for await (const { rowKey } of table.query({ partition: PARTITION }, undefined, [])) {
        if (rowKey >= hour) break;
        old.push(rowKey);
      }
      await table.removeAll(PARTITION, old);
      return old.length;
    },
    reopen: (hour) => table.put(entityOf(hour, AT_ONCE)),
  };
}
