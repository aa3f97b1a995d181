import type { AgeingTable } from '../ports.ts';
import { columnsOf } from './columns.ts';
import type { Table } from './table.ts';

/** Any table whose partitions are hours or days; source and subject are empty where its rows have none. */
export function ageingIn(table: Table): AgeingTable {
  return {
    firstFrom: (partition) => table.firstPartition(partition),
    async *rowsOf(partition) {
      for await (const entity of table.query({ partition }, undefined, ['source', 'subject'])) {
        const { text } = columnsOf(entity);
        yield { row: entity.rowKey, source: text('source'), subject: text('subject') };
      }
    },
    remove: (partition, rows) => table.removeAll(partition, rows),
  };
}
