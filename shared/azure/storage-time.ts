import { randomInt, randomUUID } from 'node:crypto';
import type { StorageTime } from '../storage-clock.ts';
import type { Table } from './table.ts';

/** Enough that two processes seldom share one; whoever finds the row written by another counts nothing. */
const ROWS = 64;

/** Learns the service's clock from one row: only a read tells its `Timestamp`. */
export function storageTimeIn(table: Table): StorageTime {
  const key = { partitionKey: 'clock', rowKey: String(randomInt(ROWS)) };
  return {
    async write() {
      const mark = randomUUID();
      await table.put({ ...key, mark });
      return mark;
    },
    async read(written) {
      const row = await table.get(key.partitionKey, key.rowKey);
      return row && row['mark'] === written && row['timestamp'] !== undefined
        ? new Date(String(row['timestamp']))
        : undefined;
    },
  };
}
