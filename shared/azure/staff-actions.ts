import { randomUUID } from 'node:crypto';
import { staffActionKey } from '../keys.ts';
import type { StaffActions } from '../ports.ts';
import { columnsOf, shortened } from './columns.ts';
import type { Table } from './table.ts';

/** Table `StaffActions`: who did what by a command, in the order of time. */
export function staffActionsIn(table: Table): StaffActions {
  return {
    put: (action) => table.put({ ...staffActionKey(action, randomUUID()), ...action, what: shortened(action.what) }),
    async *ofDay(day) {
      for await (const entity of table.query({ partition: day })) {
        const { text, instant } = columnsOf(entity);
        yield { at: instant('at'), by: text('by'), command: text('command'), what: text('what') };
      }
    },
  };
}
