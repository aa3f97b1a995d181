import type { AppointmentVersion } from '../../shared/ports.ts';
import { remindersAskedBy } from '../../shared/reminders.ts';
import { ARRIVED, eventOf, INTAKE_SETTINGS } from './order-event.ts';

/** A booked appointment that begins then. */
export const versionAt = (
  start: Date,
  { id = 'evt-1', arrived = ARRIVED, data = {} }: { id?: string; arrived?: Date; data?: Record<string, unknown> } = {},
): AppointmentVersion => {
  const event = eventOf('appointment.booked', { envelope: { id }, appointment: { start: start.toISOString() }, data });
  return { event, arrived, reminders: remindersAskedBy(event, INTAKE_SETTINGS.reminderSettings) };
};
