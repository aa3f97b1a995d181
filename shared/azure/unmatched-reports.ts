import { reportKey } from '../keys.ts';
import type { UnmatchedReports } from '../ports.ts';
import { columnsOf, shortened } from './columns.ts';
import type { Table } from './table.ts';

/** Table `UnmatchedReports`: what the provider reported about nothing of ours. */
export function unmatchedReportsIn(table: Table): UnmatchedReports {
  return {
    put: (report) =>
      table.put({
        ...reportKey(report),
        at: report.at,
        reportId: shortened(report.reportId),
        type: shortened(report.type),
        why: shortened(report.why),
      }),
    async *ofDay(day) {
      for await (const entity of table.query({ partition: day })) {
        const { text, instant } = columnsOf(entity);
        yield { at: instant('at'), reportId: text('reportId'), type: text('type'), why: text('why') };
      }
    },
  };
}
