import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { APPOINTMENT_EVENTS_DATA, type AppointmentEventType } from '../../../shared/appointment-events.ts';
import { LANGUAGES } from '../../../shared/formats.ts';
import { outsideGsm7 } from '../../../shared/gsm-7.ts';
import { MESSAGES, messageNamed, REMINDER } from '../../../shared/messages/catalogue.ts';
import type { Message } from '../../../shared/messages/message.ts';
import { plainName } from '../../../shared/plain-text.ts';
import { chooseLocale, renderMessage } from '../../../shared/render.ts';
import { eventOf } from '../order-event.ts';
import { linesOf, visibleText } from './shown.ts';

type Told = AppointmentEventType | 'reminder';
type Overrides = Parameters<typeof eventOf>[1];

const TYPES = Object.keys(APPOINTMENT_EVENTS_DATA) as AppointmentEventType[];
const TOLD: readonly Told[] = [...TYPES, 'reminder'];

const contents = (told: Told, overrides?: Overrides) =>
  told === 'reminder' ? rendered('appointment.booked', overrides, REMINDER) : rendered(told, overrides);

function rendered<Type extends AppointmentEventType>(
  type: Type,
  overrides: Overrides,
  message: Message<Type> = MESSAGES[type],
) {
  const event = eventOf(type, overrides);
  const { customer, shop } = event.data;
  const locale = chooseLocale(customer.locale, shop.language, customer.country);
  const sms = renderMessage(message, event, 'sms', locale, event.time);
  const email = renderMessage(message, event, 'email', locale, event.time);
  if (sms.channel !== 'sms' || email.channel !== 'email') throw new Error('expected both channels');
  return { sms, email };
}

const LINK = 'https://track.example.com/';
const LONGEST_LINK = LINK.padEnd(128, 'x');
const ONLINE = { place: null, joinLink: 'https://track.example.com/a/77/join' };

describe.each(TOLD)('%s', (told) => {
  describe.each(['en-GB', 'de-AT', 'fr-FR', 'it-IT', 'pt-BR'])('in %s', (locale) => {
    const { sms, email } = contents(told, { customer: { locale } });
    const { html: _html, attachments: _attachments, ...shown } = email;

    it('as an SMS', () => {
      expect(sms).toMatchSnapshot();
    });

    it('as a mail', () => {
      expect(shown).toMatchSnapshot();
    });

    it('says the same in HTML and in plain text, and leaves nothing empty', () => {
      const online = contents(told, { customer: { locale }, appointment: ONLINE });
      for (const { email: mail, sms: text } of [{ email, sms }, online]) {
        const button = [...mail.html.matchAll(/<a href="([^"]+)" style="display:inline-block/g)].map(([, to]) => to);
        expect(linesOf([visibleText(mail.html), ...button].join('\n'))).toEqual(linesOf(`Nordlicht\n${mail.text}`));
        expect(text.text + mail.text + mail.subject).not.toMatch(/\b(undefined|null|NaN)\b|\[object|\{\{|\.\.| {2}\S/);
      }
    });

    it('names what it is and whom the customer meets in a mail alone, and in no subject', () => {
      const named = contents(told, {
        customer: { locale },
        appointment: { service: 'Oncology', staff: 'Dr. Quill' },
      });
      expect(named.sms.text).not.toMatch(/Oncology|Quill/);
      expect(named.email.subject).not.toMatch(/Oncology|Quill/);
      expect(named.email.html.split('aria-label')[0]).not.toMatch(/Oncology|Quill/);
      expect(named.email.text).toMatch(/Oncology[^]*Quill/);
    });
  });

  it.each(['CA', 'US', 'AT', 'BR', 'PT'])('fits five SMS at its very longest, dates as in %s', (country) => {
    for (const language of LANGUAGES.map((each) => new Intl.Locale(each).language)) {
      const { sms } = contents(told, {
        data: told === 'appointment.rescheduled' ? { previousStart: '2026-09-30T22:22:00Z' } : {},
        appointment: {
          start: '2026-09-23T22:22:00Z',
          timeZone: 'Pacific/Chatham',
          place: '店'.repeat(200),
          joinLink: LONGEST_LINK,
          manageLink: LONGEST_LINK,
        },
        shop: { name: '店'.repeat(100) },
        customer: { locale: `${language}-${country}`, timeZone: 'UTC' },
      });
      expect(sms.segments).toBeLessThan(6);
      expect(
        sms.text.split(' ').filter((word) => word.startsWith('https') && ![LONGEST_LINK, FEEDBACK].includes(word)),
      ).toEqual([]);
    }
  });

  it.each(EVERYDAY)('fits one or two SMS for $shop in $locale', ({ shop, place, ...customer }) => {
    for (const day of ['02-28', '08-15', '11-21'])
      for (const where of [{ place }, ONLINE])
        expect(
          contents(told, {
            data: told === 'appointment.rescheduled' ? { previousStart: `2027-${day}T09:15:00Z` } : {},
            appointment: { ...where, start: `2027-${day}T22:22:00Z`, timeZone: customer.timeZone },
            shop: { name: shop },
            customer,
          }).sms,
        ).toMatchObject({
          segments: expect.toSatisfy((segments: number) => segments <= 2),
          text: expect.toSatisfy((text: string) => outsideGsm7(text).length === 0),
        });
  });

  it('keeps links, line breaks and length out of every name, and its links whole', () => {
    fc.assert(
      fc.property(anyAppointment, ({ customer, shop, ...appointment }) => {
        const { sms, email } = contents(told, {
          appointment,
          shop: { name: shop },
          customer: { name: customer },
        });
        expect(sms.segments).toBeLessThan(6);
        expect(sms.text).not.toMatch(/[\r\n\u2028\u2029]/);
        expect(email.subject).not.toMatch(/[\r\n\u2028\u2029]/);
        expect(email.html).not.toMatch(/<script|<img/i);
        const links = [appointment.joinLink, appointment.manageLink, FEEDBACK].filter((link) => link !== undefined);
        for (const text of [sms.text, email.text])
          expect(
            links
              .reduce((left, link) => left.split(link).join(''), text)
              .split(appointment.number)
              .join('')
              .replaceAll('help@nordlicht.example', ''),
          ).not.toMatch(/:\/|@|\w\.\p{L}{2}/u);
        expect(email.text).toContain(plainName(appointment.service));
      }),
      { numRuns: 50 },
    );
  });

  it('has a version and a promise, and is found by its name', () => {
    const message = told === 'reminder' ? REMINDER : MESSAGES[told];
    expect(message.name).toBe(`appointment-${told.replace('appointment.', '')}`);
    expect(message.version).toBeGreaterThan(0);
    expect(message.promise).toBeLessThan(message.deadline);
    expect(messageNamed(message.name)).toBe(message);
  });
});

describe('the time of an appointment', () => {
  const told = (timeZone: string, appointment: Record<string, unknown> = {}) =>
    contents('appointment.booked', { customer: { timeZone }, appointment: { place: 'Ring 5', ...appointment } });

  it('is told in the zone of its place, which is named where the customer’s clocks show another time', () => {
    expect(told('Europe/Vienna').sms.text).toContain('for Tue 24 Nov, 14:30. Where: Ring 5.');
    expect(told('Europe/Berlin').sms.text).toContain('for Tue 24 Nov, 14:30. Where: Ring 5.');
    const abroad = told('America/New_York');
    expect(abroad.sms.text).toContain('for Tue 24 Nov, 14:30 (CET). Where: Ring 5.');
    expect(abroad.email.text).toContain('When: Tuesday 24 November, 14:30–15:15 (CET)');
  });

  it('is told to the minute, also at the last one of a day', () => {
    const late = told('Europe/Vienna', { start: '2026-11-24T23:59:00+01:00' });
    expect(late.sms.text).toContain('for Tue 24 Nov, 23:59.');
    expect(late.email.text).toContain('When: Tuesday 24 November, 23:59 – Wednesday 25 November, 00:44');
  });
});

describe('what an appointment has not', () => {
  it('is left out: no place, no staff, no link to change it', () => {
    const { sms, email } = contents('appointment.booked', {
      appointment: { ...ONLINE, staff: null, manageLink: null },
    });
    expect(sms.text).toBe(
      'Nordlicht: Your appointment is booked for Tue 24 Nov, 14:30. Join: https://track.example.com/a/77/join',
    );
    expect(email.text).not.toMatch(/Where:|With:|Change or cancel/);
    expect(email.html).toContain('<a href="https://track.example.com/a/77/join"');
    expect(email.html).not.toContain('display:inline-block;background');
  });

  it('may be room for the link to change it', () => {
    const manageLink = LONGEST_LINK;
    const roomy = contents('appointment.booked', { appointment: { manageLink } }).sms;
    expect(roomy.text.endsWith(manageLink)).toBe(true);
    const full = contents('appointment.booked', {
      appointment: { manageLink, joinLink: LONGEST_LINK, place: 'x'.repeat(200) },
    }).sms;
    expect(full.text.endsWith(LONGEST_LINK)).toBe(true);
    expect(full.text).not.toContain('Change or cancel');
    expect(full.segments).toBe(3);
  });
});

const EVERYDAY = [
  { locale: 'en-US', timeZone: 'America/New_York', country: 'US', shop: 'Lakeside Dental', place: '12 Lake St, Troy' },
  { locale: 'de-DE', timeZone: 'Europe/Berlin', country: 'DE', shop: 'Praxis Königsallee', place: 'Hauptstraße 5' },
  { locale: 'fr-FR', timeZone: 'Europe/Paris', country: 'FR', shop: 'Cabinet Forêt', place: '8 rue des Érables' },
  { locale: 'it-IT', timeZone: 'Europe/Rome', country: 'IT', shop: 'Studio Città', place: 'Via Garibaldi 7' },
  { locale: 'pt-BR', timeZone: 'America/Sao_Paulo', country: 'BR', shop: 'Clínica São João', place: 'Rua da Paz 1' },
];

const FEEDBACK = 'https://track.example.com/a/77/feedback';

const anyName = (longest: number) =>
  fc
    .oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc
        .array(
          fc.constantFrom(
            'https://',
            'www.',
            'evil',
            '.',
            '。',
            'com',
            '@',
            ' ',
            '\r\n',
            '<img onerror=x>',
            '{{shop}}',
            '店',
          ),
          { maxLength: 12 },
        )
        .map((parts) => parts.join('')),
    )
    .map((text) => `N${text.toWellFormed()}`.slice(0, longest).toWellFormed());

const anyLink = fc
  .string({ unit: fc.constantFrom('a', '7', '-', '/', '~'), minLength: 1, maxLength: 102 })
  .map((path) => LINK + path);

const anyAppointment = fc.record({
  number: fc.constantFrom('77', '2026/77', '注 #7'),
  service: anyName(100),
  staff: anyName(60),
  place: anyName(200),
  shop: anyName(100),
  customer: anyName(200),
  joinLink: fc.option(anyLink, { nil: undefined }),
  manageLink: fc.option(anyLink, { nil: undefined }),
});

describe('news of an appointment that begins when it did', () => {
  it.each(LANGUAGES)('speaks of a change, and of no other time (%s)', (language) => {
    const start = '2026-11-24T14:30:00+01:00';
    const customer = { locale: language };
    const at = (previousStart: string) =>
      contents('appointment.rescheduled', { customer, appointment: { start }, data: { previousStart } });
    const [moved, changed] = [at('2026-11-25T09:00:00+01:00'), at('2026-11-24T13:30:00Z')];
    const timesIn = (text: string) => text.match(/\b\d{1,2}:\d\d\b/g)?.length;
    expect([timesIn(moved.sms.text), timesIn(changed.sms.text)]).toEqual([2, 1]);
    expect(changed.email.subject).not.toBe(moved.email.subject);
    expect([changed.sms, changed.email.subject, changed.email.text]).toMatchSnapshot();
  });
});
