/** What waits for the reminders of an appointment: one instance per version, which knows ids and times only. Pure. */
import { appointmentRow } from './keys.ts';
import type { AppointmentVersion } from './ports.ts';
import { type Reminder, type ReminderSettings, remindersOf } from './reminder-offsets.ts';

/** What the orchestration of one version is started with. Instants are ISO texts: it travels as JSON. */
export type Waiting = {
  source: string;
  subject: string;
  start: string;
  /** Id of the event that made this version, and its trace. */
  event: string;
  trace: string;
  due: readonly { offset: string; at: string }[];
  /** Offsets that were over when the version arrived: an earlier version of the same start may have planned them. */
  late: readonly string[];
};

/** What the activity is asked for, each time that something is due. */
export type DueReminder = Pick<Waiting, 'source' | 'subject' | 'start' | 'event' | 'trace'> & {
  offset: string;
  late: boolean;
};

/** The instance that waits for a version; the same one however often it is started. */
export const instanceOf = (source: string, subject: string, id: string): string =>
  instanceOfRow(appointmentRow(source, subject, id));

/** By the row key of the version in `Appointments`. */
export const instanceOfRow = (row: string): string => `reminders-${row}`;

export const startOf = ({ event }: Pick<AppointmentVersion, 'event'>): Date => new Date(event.data.appointment.start);

/** All reminders that an event asks for, in the order of time. */
export function remindersAskedBy(event: AppointmentVersion['event'], settings: ReminderSettings): Reminder[] {
  const { appointment, reminders } = event.data;
  return remindersOf({ ...appointment, start: startOf({ event }), reminders }, settings);
}

/** Follows from the version alone, so that one that comes again is waited for in the same way. */
export function waitingFor(version: AppointmentVersion): Waiting {
  const { event, arrived, reminders } = version;
  return {
    source: event.source,
    subject: event.subject,
    start: startOf(version).toISOString(),
    event: event.id,
    trace: event.trace,
    due: reminders.filter(({ due }) => due > arrived).map(({ offset, due }) => ({ offset, at: due.toISOString() })),
    late: reminders.filter(({ due }) => due <= arrived).map(({ offset }) => offset),
  };
}
