import { dayOf, hourOf } from '../../shared/delivery-id.ts';
import type { AgeingTable, AgeingTables } from '../../shared/ports.ts';
import { isOpen } from '../../shared/status.ts';
import { type OnCall, callsOf } from './calls.ts';
import type { fakeAppointments } from './appointments.ts';
import type { fakeDeliveries } from './deliveries.ts';
import type {
  fakeDeadLetters,
  fakeFailures,
  fakeRejectedEvents,
  fakeStaffActions,
  fakeUnmatchedReports,
} from './staff-tables.ts';

type Tables = {
  deliveries: ReturnType<typeof fakeDeliveries>;
  failures: ReturnType<typeof fakeFailures>;
  appointments: ReturnType<typeof fakeAppointments>;
  rejectedEvents: ReturnType<typeof fakeRejectedEvents>;
  unmatchedReports: ReturnType<typeof fakeUnmatchedReports>;
  deadLetters: ReturnType<typeof fakeDeadLetters>;
  staffActions: ReturnType<typeof fakeStaffActions>;
};

type Row = { key: string; partition: string; source?: string; subject?: string; isOpen?: boolean };

const dayOfDate = (date: Date) => date.toISOString().slice(0, 10);

/** The same rows as in the tables themselves. */
export function fakeAgeing(tables: Tables, onCall: OnCall): AgeingTables {
  const over = (name: string, list: () => Row[], drop: (key: string) => unknown): AgeingTable => {
    const { call, each } = callsOf(`ageing.${name}`, onCall);
    return {
      firstFrom: (from) =>
        call('firstFrom', () =>
          list()
            .map(({ partition }) => partition)
            .filter((partition) => partition >= from)
            .toSorted()
            .at(0),
        ),
      rowsOf: (of) =>
        each('rowsOf', () =>
          list()
            .filter(({ partition }) => partition === of)
            .map(({ key, source = '', subject = '', isOpen: open = false }) => ({
              row: key,
              source,
              subject,
              isOpen: open,
            })),
        ),
      remove: (_, rows) => call('remove', () => rows.forEach(drop)),
    };
  };
  const { deliveries, failures, appointments, rejectedEvents, unmatchedReports, deadLetters, staffActions } = tables;
  const overRows = <Key extends string, Value>(
    name: string,
    rows: Map<Key, Value>,
    of: (value: Value) => Omit<Row, 'key'>,
  ) =>
    over(
      name,
      () => [...rows].map(([key, value]) => ({ key, ...of(value) })),
      (key) => rows.delete(key as Key),
    );
  return {
    deliveries: overRows('deliveries', deliveries.rows, ({ plan: { id, source, subject }, progress }) => ({
      partition: hourOf(id),
      source,
      subject,
      isOpen: isOpen(progress),
    })),
    failures: overRows('failures', failures.rows, ({ delivery, subject }) => ({ partition: dayOf(delivery), subject })),
    appointments: overRows('appointments', appointments.rows, ({ event: { source, subject, data } }) => ({
      partition: dayOfDate(new Date(data.appointment.start)),
      source,
      subject,
    })),
    rejectedEvents: overRows('rejectedEvents', rejectedEvents.rows, ({ arrived, source, subject }) => ({
      partition: dayOfDate(arrived),
      source,
      subject,
    })),
    unmatchedReports: overRows('unmatchedReports', unmatchedReports.rows, ({ at }) => ({ partition: dayOfDate(at) })),
    deadLetters: overRows('deadLetters', deadLetters.rows, ({ enqueued, source, subject }) => ({
      partition: dayOfDate(enqueued),
      source,
      subject,
    })),
    staffActions: over(
      'staffActions',
      () => staffActions.rows.map(({ at, what }) => ({ key: `${at.toISOString()} ${what}`, partition: dayOfDate(at) })),
      (key) =>
        staffActions.rows.splice(
          staffActions.rows.findIndex(({ at, what }) => `${at.toISOString()} ${what}` === key),
          1,
        ),
    ),
  };
}
