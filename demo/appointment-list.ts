/** A real appointment list, played as the visits of tomorrow: all of them are due for a reminder at one local time. */
import { type Visit, visitsOn } from '../shared/appointment-list.ts';
import { APPOINTMENT_EVENTS } from '../shared/entities.ts';
import { clockIn } from '../shared/local-time.ts';
import { appointmentEvent } from './appointment-event.ts';
import { endsBy, type ExpectedDelivery, type Publication, type Stream } from './expectation.ts';
import { ARRIVED } from './fates.ts';
import { personOf } from './people-of-files.ts';
import { identityOf, MESSAGE_OF, REMINDER } from './published-event.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ZONE = 'America/Sao_Paulo';

/** From the start at least: the cloud is up and everything is published by then. */
const BEFORE_REMINDERS = 2 * MINUTE;
/** The night of this run begins so long after its reminders, and is as long as the usual one. */
const UNTIL_NIGHT = 3 * HOUR;
const NIGHT = 11 * HOUR;

/** How long a confirmation is worth sending, as `docs/events.md` promises it. */
const WORTH_SENDING = 48 * HOUR;

const CLINIC = {
  source: '/clinics/boa-vista',
  name: 'Boa Vista',
  language: 'pt-BR',
  domain: 'boa-vista.example',
  trackingHost: 'track.example.com',
  homes: [{ locale: 'pt-BR', timeZone: ZONE, country: 'BR', regions: ['São Paulo'] }],
} as const;

export type AppointmentRun = {
  stream: Stream;
  visits: readonly Visit[];
  /** Those that are booked by now, and published. */
  booked: readonly Visit[];
  due: Date;
  settings: { REMINDERS: string; QUIET_HOURS: string };
  /** Of everybody in the list. */
  zone: string;
};

/** @throws CsvRowsError when the file is none */
export function appointmentRun(csv: string, now: Date): AppointmentRun {
  const due = new Date(Math.ceil((now.getTime() + BEFORE_REMINDERS) / MINUTE) * MINUTE);
  const visits = visitsOn(clockIn(ZONE, due).toPlainDate().add({ days: 1 }).toString(), csv);
  const booked = visits
    .filter((visit) => visit.booked <= now)
    .toSorted((a, b) => a.booked.getTime() - b.booked.getTime());
  return {
    stream: streamOf(booked, now, due),
    visits,
    booked,
    due,
    settings: {
      REMINDERS: JSON.stringify({ presets: { 'day-before': `1d@${timeOf(due)}` }, usual: ['day-before'] }),
      QUIET_HOURS: [UNTIL_NIGHT, UNTIL_NIGHT + NIGHT].map((after) => timeOf(due, after)).join('-'),
    },
    zone: ZONE,
  };
}

const timeOf = (at: Date, after = 0): string =>
  clockIn(ZONE, new Date(at.getTime() + after))
    .toPlainTime()
    .toString({ smallestUnit: 'minute' });

function streamOf(booked: readonly Visit[], now: Date, due: Date): Stream {
  const publications: Publication[] = [];
  const deliveries: ExpectedDelivery[] = [];
  for (const visit of booked) {
    const published = eventOf(visit);
    const event = identityOf(published);
    const body = new TextEncoder().encode(JSON.stringify(published));
    publications.push({ at: 0, topic: APPOINTMENT_EVENTS, body, event, verdict: 'taken' });
    const confirmation = endsBy(visit.booked.getTime() + WORTH_SENDING - now.getTime());
    for (const channel of ['sms', 'email'] as const)
      deliveries.push(
        { event, message: MESSAGE_OF['appointment.booked'], channel, ends: confirmation },
        { event, message: REMINDER, channel, ends: ARRIVED },
      );
  }
  return { publications, deliveries, optedOut: [], awaited: due };
}

function eventOf({ number, patient, booked, start, place }: Visit) {
  const appointment = {
    shop: CLINIC,
    number,
    customer: personOf(patient, ['pt-BR']),
    start,
    minutes: 30,
    isOnline: false,
    words: { service: 'Consulta', staff: 'Dra. Bia', place },
  };
  return appointmentEvent(appointment, {
    type: 'appointment.booked',
    id: `${number}:appointment.booked`,
    time: booked,
  });
}
