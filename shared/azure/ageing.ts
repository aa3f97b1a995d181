import type { AgeingTable } from '../ports.ts';
import { columnsOf } from './columns.ts';
import type { StoredEntity, Table } from './table.ts';

/**
 * Any table whose partitions are hours or days; source and subject are empty where its rows have none.
 * @param isOpen reads the column `status` only
 */
export function ageingIn(table: Table, isOpen: (row: StoredEntity) => boolean = () => false): AgeingTable {
  return {
    firstFrom: (partition) => table.firstPartition(partition),
    async *rowsOf(partition) {
      for await (const entity of table.query({ partition }, undefined, ['source', 'subject', 'status'])) {
        const { text } = columnsOf(entity);
        yield { row: entity.rowKey, source: text('source'), subject: text('subject'), isOpen: isOpen(entity) };
      }
    },
    remove: (partition, rows) => table.removeAll(partition, rows),
  };
}
