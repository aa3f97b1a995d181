/**
 * The appointment events, version 1: what publishers send as `data`. Unknown fields are ignored, `null` in an optional
 * field means absent, as in order events.
 */
import { z } from 'zod';
import {
  customer,
  instant,
  link,
  optional,
  optionalName,
  shop,
  subjectNumber,
  timeZone,
  visible,
} from './event-fields.ts';
import { isOffset, isPreset, MOST_REMINDERS } from './reminder-offsets.ts';

/** The SEQUENCE of a calendar entry is a number of 32 bits with a sign. */
const HIGHEST_REVISION = 2 ** 31 - 1;
const DAY_IN_MINUTES = 1_440;

const appointment = z
  .object({
    number: subjectNumber('appointment'),
    service: visible(100).describe(
      'What it is, as the customer knows it; never in an SMS, it may name a medical specialty.',
    ),
    type: optional(z.string().regex(/^[a-z0-9-]{1,32}$/, '1 to 32 of a-z, 0-9 and -')).describe(
      'Decides which reminders are usual.',
    ),
    start: instant.describe('When it begins.'),
    timeZone: timeZone.describe('Where it takes place, an IANA name: all its times are told in it.'),
    minutes: z.int().min(1).max(DAY_IN_MINUTES).describe('How long it takes.'),
    staff: optionalName(60).describe('Whom the customer meets; never in an SMS.'),
    place: optionalName(200).describe('Where it takes place; at least this or `joinLink`.'),
    joinLink: optional(link).describe(
      'Where the customer joins it online: https, a host that is allowed here, at most 128 ASCII characters. Shown in messages, never logged.',
    ),
    manageLink: optional(link).describe('Where it can be moved, cancelled or booked again; a link as `joinLink`.'),
  })
  .refine(({ place, joinLink }) => place !== undefined || joinLink !== undefined, {
    path: ['place'],
    error: 'a place, or a joinLink instead',
  });

const reminder = z
  .string()
  .refine(
    (text) => isPreset(text) || isOffset(text),
    'day-before, same-day, hour-before, or an offset such as 1d@17:00 or 2h',
  );

const common = {
  appointment,
  shop,
  customer,
  revision: z
    .int()
    .min(0)
    .max(HIGHEST_REVISION)
    .describe(
      'Counts the states of the appointment: each has a higher one. Decides what is newer, and which state of its calendar entry counts.',
    ),
  reminders: optional(z.array(reminder).max(MOST_REMINDERS)).describe(
    'Instead of the usual ones: `day-before`, `same-day`, `hour-before`, or offsets such as `1d@17:00` or `2h`. An empty list for none.',
  ),
};

/** Why an appointment may have been cancelled: every message has words for each. */
const REASONS = ['customer-request', 'staff-unavailable', 'other'] as const;
export type AppointmentCancellation = (typeof REASONS)[number];

export const APPOINTMENT_EVENTS_DATA = {
  'appointment.booked': z.object(common),
  'appointment.rescheduled': z.object({
    ...common,
    previousStart: instant.describe('When it was to begin until now.'),
  }),
  'appointment.cancelled': z.object({
    ...common,
    reason: z.enum(REASONS, `one of ${REASONS.join(', ')}`).describe('Why.'),
  }),
  'appointment.completed': z.object({
    ...common,
    feedbackLink: optional(link).describe('Where the customer says how it was; a link as `joinLink`.'),
  }),
  'appointment.missed': z.object(common),
} as const;

export type AppointmentEventType = keyof typeof APPOINTMENT_EVENTS_DATA;
export const APPOINTMENT_EVENT_TYPES = Object.keys(APPOINTMENT_EVENTS_DATA) as AppointmentEventType[];

/** Types of events that say when an appointment takes place; the others say that it does not, or no more. */
const STANDING = ['appointment.booked', 'appointment.rescheduled'] as const;
export type StandingType = (typeof STANDING)[number];

export const isStanding = <Event extends { type: string }>(
  event: Event,
): event is Extract<Event, { type: StandingType }> => STANDING.some((type) => type === event.type);

export type AppointmentData<Type extends AppointmentEventType = AppointmentEventType> = z.output<
  (typeof APPOINTMENT_EVENTS_DATA)[Type]
>;
export type Appointment = z.output<typeof appointment>;
