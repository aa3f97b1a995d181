import type { AppointmentEventType } from '../shared/appointment-events.ts';
import { type PublishedEvent, publishedEvent } from './published-event.ts';
import type { Recipient } from './recipients.ts';
import type { Shop } from './shops.ts';

export type Appointment = {
  shop: Pick<Shop, 'source' | 'name' | 'language' | 'domain' | 'trackingHost' | 'homes'>;
  number: string;
  customer: Recipient;
  /** As it is in the end. */
  start: Date;
  /** What it was booked for, if it is moved. */
  previousStart?: Date;
  /** Instead of the usual ones. */
  reminders?: readonly string[];
  minutes: number;
  isOnline: boolean;
  /** Instead of those of its shop's language. */
  words?: Words;
};

/** Its states, counted as their publisher does. */
const REVISIONS: Record<AppointmentEventType, number> = {
  'appointment.booked': 0,
  'appointment.rescheduled': 1,
  'appointment.cancelled': 2,
  'appointment.completed': 2,
  'appointment.missed': 2,
};

type Words = { service: string; staff: string; place: string };

/** By language of the shop. */
const WORDS: Readonly<Record<string, Words>> = {
  de: { service: 'Beratung im Laden', staff: 'Mira', place: 'Hauptstraße 5' },
  en: { service: 'In-store advice', staff: 'Robin', place: '12 Harbour Lane' },
  fr: { service: 'Conseil en boutique', staff: 'Camille', place: '8 rue des Érables' },
  it: { service: 'Consulenza in negozio', staff: 'Giada', place: 'Via Garibaldi 7' },
  pt: { service: 'Orientação na loja', staff: 'Bia', place: 'Rua das Flores 123' },
};

export function appointmentEvent(
  appointment: Appointment,
  { type, id, time }: { type: AppointmentEventType; id: string; time: Date },
): PublishedEvent {
  const { shop, number, start, previousStart = start, reminders, minutes, isOnline, words } = appointment;
  const { service, staff, place } = words ?? WORDS[shop.language.slice(0, 2)]!;
  const page = `https://${shop.trackingHost}/a/${encodeURIComponent(number)}`;
  return publishedEvent(
    appointment,
    { type, id, time, subject: `appointment:${number}` },
    {
      appointment: {
        number,
        service,
        type: 'advice',
        start: (type === 'appointment.booked' ? previousStart : start).toISOString(),
        timeZone: shop.homes[0].timeZone,
        minutes,
        staff,
        ...(isOnline ? { joinLink: `${page}/join` } : { place }),
        manageLink: page,
      },
      revision: REVISIONS[type],
      ...(reminders && { reminders }),
      ...whatHappened(type, previousStart, page),
    },
  );
}

const whatHappened = (type: AppointmentEventType, previousStart: Date, page: string): Record<string, unknown> =>
  ({
    'appointment.booked': {},
    'appointment.rescheduled': { previousStart: previousStart.toISOString() },
    'appointment.cancelled': { reason: 'staff-unavailable' },
    'appointment.completed': { feedbackLink: `${page}/feedback` },
    'appointment.missed': {},
  })[type];
