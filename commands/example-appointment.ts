import type { AppointmentEventType } from '../shared/appointment-events.ts';

/** What `publish-event` lets one say about an appointment; everything else is made up. */
export type AppointmentFlags = {
  appointment?: string;
  service?: string;
  staff?: string;
  place?: string;
  online?: true;
  start?: string;
  previousStart?: string;
  minutes?: number;
  revision?: number;
  timeZone: string;
};

const DAY = 86_400_000;

/** One after the other they make a whole story. */
const REVISIONS: Record<AppointmentEventType, number> = {
  'appointment.booked': 0,
  'appointment.rescheduled': 1,
  'appointment.cancelled': 2,
  'appointment.completed': 2,
  'appointment.missed': 2,
};

/** @param from what made-up times count from */
export function exampleAppointment(
  type: AppointmentEventType,
  { appointment: number = '77', place, online, start, revision, ...flags }: AppointmentFlags,
  linkHost: string,
  from: Date,
): Record<string, unknown> {
  const inDays = (days: number) => `${new Date(from.getTime() + days * DAY).toISOString().slice(0, 10)}T09:00:00Z`;
  const isOver = type === 'appointment.completed' || type === 'appointment.missed';
  const page = `https://${linkHost}/appointments/${encodeURIComponent(number)}`;
  return {
    appointment: {
      number,
      service: flags.service ?? 'Bicycle check',
      start: start ?? inDays(isOver ? -1 : type === 'appointment.rescheduled' ? 4 : 3),
      timeZone: flags.timeZone,
      minutes: flags.minutes ?? 45,
      staff: flags.staff ?? 'Mira',
      place: place ?? (online ? undefined : 'Ring 5, 1010 Wien'),
      joinLink: online && `${page}/join`,
      manageLink: page,
    },
    revision: revision ?? REVISIONS[type],
    ...{
      'appointment.booked': {},
      'appointment.rescheduled': { previousStart: flags.previousStart ?? inDays(3) },
      'appointment.cancelled': { reason: 'customer-request' },
      'appointment.completed': { feedbackLink: `${page}/feedback` },
      'appointment.missed': {},
    }[type],
  };
}
