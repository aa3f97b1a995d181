import { appointmentKey } from '../../shared/keys.ts';
import type { Appointments, AppointmentVersion } from '../../shared/ports.ts';
import { startOf } from '../../shared/reminders.ts';
import { type OnCall, callsOf } from './calls.ts';
import { copied } from './copied.ts';

/** `rows` by row key. */
export function fakeAppointments(onCall: OnCall): Appointments & { rows: Map<string, AppointmentVersion> } {
  const { call, each } = callsOf('appointments', onCall);
  const rows = new Map<string, AppointmentVersion>();
  const keyOf = (version: AppointmentVersion) => appointmentKey({ ...version.event, start: startOf(version) });
  return {
    rows,
    keep: (version) =>
      call('keep', () => {
        const { rowKey } = keyOf(version);
        const first = rows.get(rowKey) ?? copied(version);
        rows.set(rowKey, first);
        return first;
      }),
    read: (of) => call('read', () => rows.get(appointmentKey(of).rowKey)),
    ofDay: (day) => each('ofDay', () => [...rows.values()].filter((version) => keyOf(version).partitionKey === day)),
  };
}
