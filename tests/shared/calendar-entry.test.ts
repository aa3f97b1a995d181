import * as fc from 'fast-check';
import ICAL from 'ical.js';
import { describe, expect, it } from 'vitest';
import type { AppointmentEventType } from '../../shared/appointment-events.ts';
import { plainName } from '../../shared/plain-text.ts';
import { planEvent } from '../../shared/plan.ts';
import { ARRIVED, eventOf } from './order-event.ts';

type Overrides = Parameters<typeof eventOf>[1];

function attachmentsOf(type: Parameters<typeof eventOf>[0], overrides?: Overrides) {
  const content = planEvent(eventOf(type, overrides), ARRIVED).find(({ channel }) => channel === 'email')?.content;
  if (content?.channel !== 'email') throw new Error('expected a mail');
  return content.attachments;
}

function entryOf(type: AppointmentEventType, overrides?: Overrides) {
  const [attachment, ...others] = attachmentsOf(type, overrides) ?? [];
  if (!attachment || others.length > 0) throw new Error('expected one attachment');
  const calendar = new ICAL.Component(ICAL.parse(attachment.text) as unknown[]);
  const component = calendar.getFirstSubcomponent('vevent')!;
  const text = (name: string) => component.getFirstPropertyValue(name)?.toString();
  return { attachment, calendar, component, event: new ICAL.Event(component), text };
}

const lines = (text: string): string[] => text.split('\r\n');

describe('the calendar entry of an appointment', () => {
  const { attachment, calendar, component, event, text } = entryOf('appointment.booked');

  it('is one file of its own type, with its method in the type and in the body', () => {
    expect(attachment).toMatchObject({
      name: 'appointment.ics',
      contentType: 'text/calendar; method=REQUEST; charset=utf-8',
    });
    expect(calendar.getFirstPropertyValue('method')).toBe('REQUEST');
    expect(calendar.getAllSubcomponents('vevent')).toHaveLength(1);
  });

  it('says when, where, how long and from whom, and what it is only inside', () => {
    expect(event.startDate.toJSDate()).toEqual(new Date('2026-11-24T13:30:00Z'));
    expect(event.endDate.toJSDate()).toEqual(new Date('2026-11-24T14:15:00Z'));
    expect(event.startDate.zone).toBe(ICAL.Timezone.utcTimezone);
    expect(event.summary).toBe('Appointment with Nordlicht');
    expect(event.location).toBe('Ring 5, 1010 Wien');
    expect(event.description).toBe(
      [
        'Appointment: Dermatology, check-up',
        'With: Dr. Huber',
        'Change or cancel: https://track.example.com/a/77',
        'Number: 2026/77',
      ].join('\n'),
    );
    expect(text('url')).toBe('https://track.example.com/a/77');
    expect(text('class')).toBe('PRIVATE');
    expect(text('status')).toBe('CONFIRMED');
    const organizer = component.getFirstProperty('organizer')!;
    expect([organizer.getFirstParameter('cn'), organizer.getFirstValue()]).toEqual([
      'Nordlicht',
      'mailto:answers@nordlicht.example',
    ]);
  });

  it('asks the customer for no answer', () => {
    const attendees = component.getAllProperties('attendee');
    expect(attendees).toHaveLength(1);
    expect(attendees[0]!.getFirstValue()?.toString().toLowerCase()).toBe('mailto:anna.berg@mail.example');
    expect(attendees[0]!.getFirstParameter('rsvp')).toBe('FALSE');
  });

  it('rings an hour before, as the last part of the event', () => {
    const alarm = component.getFirstSubcomponent('valarm')!;
    expect(alarm.getFirstPropertyValue('trigger')?.toString()).toBe('-PT1H');
    const all = lines(attachment.text);
    expect(all.indexOf('END:VALARM') + 1).toBe(all.indexOf('END:VEVENT'));
  });

  it('has the revision as its sequence and the time of the event as its stamp', () => {
    expect(event.sequence).toBe(1);
    expect(entryOf('appointment.booked', { data: { revision: 2 ** 31 - 1 } }).event.sequence).toBe(2_147_483_647);
    expect(component.getFirstPropertyValue('dtstamp')?.toString()).toBe('2026-11-21T08:59:30Z');
  });

  it('is the same bytes for the same event', () => {
    expect(entryOf('appointment.booked').attachment).toEqual(attachment);
  });

  it('is one entry in all states of an appointment, and another one for another appointment or source', () => {
    const types = ['appointment.rescheduled', 'appointment.cancelled'] as const;
    for (const type of types)
      expect(entryOf(type, { envelope: { id: 'other', time: '2026-11-21T08:00:00Z' } }).event.uid).toBe(event.uid);
    const others: Overrides[] = [{ appointment: { number: '2026/78' } }, { envelope: { source: '/shops/other' } }];
    for (const other of others) expect(entryOf('appointment.booked', other).event.uid).not.toBe(event.uid);
    expect(event.uid).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is taken out of the calendar by a cancellation, which rings no more', () => {
    const cancelled = entryOf('appointment.cancelled', { data: { revision: 2 } });
    expect(cancelled.attachment.contentType).toBe('text/calendar; method=CANCEL; charset=utf-8');
    expect(cancelled.calendar.getFirstPropertyValue('method')).toBe('CANCEL');
    expect(cancelled.text('status')).toBe('CANCELLED');
    expect(cancelled.event.sequence).toBeGreaterThan(event.sequence);
    expect(cancelled.component.getFirstSubcomponent('valarm')).toBeNull();
  });

  it('has the link to join as its place when it has no other', () => {
    const joinLink = 'https://track.example.com/join;room=7?a=1,2';
    const online = entryOf('appointment.booked', { appointment: { place: null, joinLink } });
    expect([online.event.location, online.text('url')]).toEqual([joinLink, joinLink]);
    const cancelled = entryOf('appointment.cancelled', { appointment: { place: null, joinLink } });
    expect(cancelled.attachment.text).not.toContain('track.example.com');
  });

  it.each(['appointment.completed', 'appointment.missed', 'order.placed'] as const)('is not sent with %s', (type) => {
    expect(attachmentsOf(type)).toBeUndefined();
  });
});

describe('whatever an appointment is called', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.constantFrom(
      ';',
      ',',
      ':',
      '\\',
      '\\n',
      '\r\n',
      '\n',
      '"',
      '^',
      "^'",
      '^n',
      '\nEND:VEVENT\nBEGIN:VEVENT\nUID:x',
      'END:VALARM',
      '\r\n ATTENDEE:mailto:eve@evil.example',
      '$1$&',
      '漢字',
      '👩‍👩‍👧',
      'ö'.repeat(40),
    ),
  );
  const name = (longest: number) =>
    fc.array(piece, { maxLength: 5 }).map((pieces) => `N${pieces.join('')}`.slice(0, longest).toWellFormed());
  const link = fc
    .string({ unit: fc.constantFrom('a', '7', ',', ';', ':', '&', '=', '%', '/', '?', '~'), maxLength: 90 })
    .map((path) => `https://track.example.com/${path}`);
  const appointments = fc.record({
    service: name(100),
    staff: name(60),
    place: name(200),
    shop: name(100),
    customer: name(200),
    joinLink: fc.option(link, { nil: undefined }),
    manageLink: link,
    locale: fc.constantFrom('en', 'de', 'fr', 'it', 'pt-BR'),
    type: fc.constantFrom('appointment.booked', 'appointment.rescheduled', 'appointment.cancelled'),
    minutes: fc.integer({ min: 1, max: 1_440 }),
  });

  it('calendars read the same back, and nothing else', () => {
    fc.assert(
      fc.property(appointments, ({ type, shop, customer, locale, ...appointment }) => {
        const { attachment, calendar, component, event, text } = entryOf(type, {
          appointment,
          shop: { name: shop },
          customer: { name: customer, locale },
        });
        expect(calendar.getAllSubcomponents('vevent')).toHaveLength(1);
        const names = component.getAllProperties().map((property) => property.name);
        expect(new Set(names).size).toBe(names.length);
        expect(event.summary.endsWith(plainName(shop))).toBe(true);
        expect(event.location).toBe(plainName(appointment.place));
        expect(event.description).toContain(plainName(appointment.service));
        expect(event.description).toContain(plainName(appointment.staff));
        const link = appointment.joinLink ?? appointment.manageLink;
        expect(text('url')).toBe(type === 'appointment.cancelled' ? undefined : link);
        expect(component.getFirstProperty('organizer')!.getFirstParameter('cn')).toBe(
          plainName(shop).replaceAll('\\', '/'),
        );
        expect(component.getFirstProperty('attendee')!.getFirstParameter('cn')).toBe(
          plainName(customer).replaceAll('\\', '/'),
        );
        expect(event.duration.toSeconds()).toBe(appointment.minutes * 60);
        expect(attachment.text).toMatch(/^BEGIN:VCALENDAR\r\n[^]*\r\nEND:VCALENDAR\r\n$/);
        expect(attachment.text.replaceAll('\r\n', '')).not.toMatch(/\p{Cc}/u);
        for (const line of lines(attachment.text)) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
      }),
      { numRuns: 300 },
    );
  });
});
