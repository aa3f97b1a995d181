import type { TableClient } from '@azure/data-tables';
import type { AgeingTables } from '../ports.ts';
import { ageingIn } from './ageing.ts';
import { appointmentsIn } from './appointments.ts';
import { channelSwitchesIn } from './channel-switches.ts';
import { deadLettersIn } from './dead-letters.ts';
import { deliveriesIn, isOpenRow } from './deliveries.ts';
import { failuresIn } from './failures.ts';
import { hoursIn } from './hours.ts';
import { rejectedEventsIn } from './rejected-events.ts';
import { senderCalendarsIn } from './sender-calendars.ts';
import { staffActionsIn } from './staff-actions.ts';
import { storageTimeIn } from './storage-time.ts';
import { subjectsIn } from './subjects.ts';
import { suppressionsIn } from './suppressions.ts';
import { openTable } from './table.ts';
import { unmatchedReportsIn } from './unmatched-reports.ts';

const TABLES = {
  deliveries: 'Deliveries',
  subjects: 'Subjects',
  appointments: 'Appointments',
  hours: 'Hours',
  failures: 'DeliveryFailures',
  suppressions: 'Suppressions',
  rejectedEvents: 'RejectedEvents',
  unmatchedReports: 'UnmatchedReports',
  deadLetters: 'DeadLetters',
  staffActions: 'StaffActions',
  senderCalendars: 'SenderCalendars',
} as const;

/** @param open gives the client of a table by its name */
export function openTables(open: (name: string) => TableClient) {
  const table = (name: keyof typeof TABLES) => openTable(open(TABLES[name]));
  const deliveries = table('deliveries');
  const appointments = table('appointments');
  const failures = table('failures');
  const rejectedEvents = table('rejectedEvents');
  const unmatchedReports = table('unmatchedReports');
  const deadLetters = table('deadLetters');
  const staffActions = table('staffActions');
  const senderCalendars = table('senderCalendars');
  return {
    deliveries: deliveriesIn(deliveries),
    subjects: subjectsIn(table('subjects')),
    appointments: appointmentsIn(appointments),
    hours: hoursIn(table('hours')),
    failures: failuresIn(failures),
    suppressions: suppressionsIn(table('suppressions')),
    rejectedEvents: rejectedEventsIn(rejectedEvents),
    unmatchedReports: unmatchedReportsIn(unmatchedReports),
    deadLetters: deadLettersIn(deadLetters),
    staffActions: staffActionsIn(staffActions),
    senderCalendars: senderCalendarsIn(senderCalendars),
    channelSwitches: channelSwitchesIn(senderCalendars),
    storageTime: storageTimeIn(senderCalendars),
    /** The same tables once more, for what is old. */
    ageing: {
      deliveries: ageingIn(deliveries, isOpenRow),
      failures: ageingIn(failures),
      appointments: ageingIn(appointments),
      rejectedEvents: ageingIn(rejectedEvents),
      deadLetters: ageingIn(deadLetters),
      unmatchedReports: ageingIn(unmatchedReports),
      staffActions: ageingIn(staffActions),
    } satisfies AgeingTables,
  };
}

/** Those that are missing; for a deployment or a start on this machine, never per request. */
export async function createTables(open: (name: string) => TableClient): Promise<void> {
  await Promise.all(Object.values(TABLES).map((name) => open(name).createTable()));
}
