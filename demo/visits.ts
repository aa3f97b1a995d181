import type { AppointmentEventType } from '../shared/appointment-events.ts';

/** Seconds from the beginning of the demonstration to the visits of today: nobody is told of a visit that has begun. */
export const UNTIL_VISIT = 1_800;
/** Seconds from the beginning to their reminders. */
export const REMINDED_AFTER = 22;
/** Seconds within which everything about a visit of today is published: well before its reminder is due. */
export const TOLD_WITHIN = 12;

/** What becomes of a visit, which may be today or in some days, and whether its customer is reminded of it meanwhile. */
export type Visit = { types: readonly AppointmentEventType[]; isToday: boolean; isReminded: boolean };

export const VISITS: readonly Visit[] = [
  { types: ['appointment.booked'], isToday: true, isReminded: true },
  { types: ['appointment.booked', 'appointment.rescheduled'], isToday: true, isReminded: true },
  { types: ['appointment.booked', 'appointment.cancelled'], isToday: false, isReminded: false },
  { types: ['appointment.booked', 'appointment.completed'], isToday: true, isReminded: false },
  { types: ['appointment.booked', 'appointment.missed'], isToday: true, isReminded: false },
  {
    types: ['appointment.booked', 'appointment.rescheduled', 'appointment.cancelled'],
    isToday: false,
    isReminded: false,
  },
  { types: ['appointment.booked'], isToday: false, isReminded: false },
];
