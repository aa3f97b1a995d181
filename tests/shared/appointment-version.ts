import type { AppointmentVersion } from '../../shared/ports.ts';
import { ARRIVED, eventOf } from './order-event.ts';

/** A booked appointment that begins then. */
export const versionAt = (
  start: Date,
  { id = 'evt-1', arrived = ARRIVED, data = {} }: { id?: string; arrived?: Date; data?: Record<string, unknown> } = {},
): AppointmentVersion => ({
  event: eventOf('appointment.booked', { envelope: { id }, appointment: { start: start.toISOString() }, data }),
  arrived,
});
