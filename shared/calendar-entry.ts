/** An appointment as an entry for the customer's calendar: iCalendar (RFC 5545), sent as iTIP says (RFC 5546). */
import { createHash } from 'node:crypto';
import ical, {
  ICalAlarmType,
  ICalAttendeeRole,
  ICalAttendeeStatus,
  ICalCalendarMethod,
  ICalEventClass,
  ICalEventStatus,
} from 'ical-generator';
import { parseMail } from './addresses.ts';
import type { AppointmentEventType } from './appointment-events.ts';
import type { Attachment } from './delivery.ts';
import type { EventOf } from './events.ts';
import { plainName } from './plain-text.ts';

const ALARM_SECONDS = 3_600;
const MINUTE = 60_000;

/** What the entry says in the customer's language. */
export type EntryText = { summary: string; description: string };

/**
 * Puts the appointment into the calendar, changes it there or takes it out. All states of an appointment have one UID;
 * the revision says which counts. The same event gives the same bytes.
 */
export function calendarEntry(
  { source, subject, time, data }: EventOf<AppointmentEventType>,
  method: 'REQUEST' | 'CANCEL',
  { summary, description }: EntryText,
): Attachment {
  const { appointment, shop, customer, revision } = data;
  const start = new Date(appointment.start);
  const isCancelled = method === 'CANCEL';
  // Where to go, as long as anybody has to.
  const joinLink = isCancelled ? undefined : appointment.joinLink;
  const link = isCancelled ? undefined : (joinLink ?? appointment.manageLink);
  const attendee = parseMail(customer.email ?? '')?.address;

  const calendar = ical({ prodId: '//Notifications//Appointments//EN', method: ICalCalendarMethod[method] });
  calendar.createEvent({
    id: createHash('sha256')
      .update(JSON.stringify([source, subject]))
      .digest('hex'),
    sequence: revision,
    stamp: time,
    start,
    end: new Date(start.getTime() + appointment.minutes * MINUTE),
    summary,
    description,
    location: appointment.place === undefined ? (joinLink ?? null) : plainName(appointment.place),
    ...(link === undefined ? {} : { url: unescapable(link) }),
    status: isCancelled ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
    // Others may see the calendar.
    class: ICalEventClass.PRIVATE,
    organizer: { name: parameterName(shop.name), email: shop.replyTo },
    // No answer is asked for: nobody would take it.
    attendees:
      attendee === undefined
        ? []
        : [
            {
              name: parameterName(customer.name),
              email: attendee,
              role: ICalAttendeeRole.REQ,
              status: ICalAttendeeStatus.ACCEPTED,
              rsvp: false,
            },
          ],
    alarms: isCancelled ? [] : [{ type: ICalAlarmType.display, trigger: ALARM_SECONDS, description: summary }],
  });
  return {
    name: 'appointment.ics',
    contentType: `text/calendar; method=${method}; charset=utf-8`,
    text: asStandard(calendar.toString()),
  };
}

/** As a parameter: a backslash means nothing there, but some readers take it for the beginning of a line break. */
const parameterName = (name: string): string => plainName(name).replaceAll('\\', '/');

/** ical-generator (11.1) escapes a URL as if it were text: what it would escape goes through it as something else. */
const unescapable = (link: string): string => link.replaceAll(',', '\u0001').replaceAll(';', '\u0002');

/** What the standard asks for and the library leaves: a URL as it is, alarms behind all properties, an end of the last line. */
const asStandard = (entry: string): string =>
  `${entry}\r\n`
    .replaceAll('\u0001', ',')
    .replaceAll('\u0002', ';')
    .replace(/(?<=\r\n)(BEGIN:VALARM\r\n[^]*?\r\nEND:VALARM\r\n)([^]*?\r\n)(?=END:VEVENT\r\n)/, '$2$1');
