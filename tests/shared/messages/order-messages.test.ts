import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ORDER_EVENTS_DATA, type OrderEventType } from '../../../shared/order-events.ts';
import { LANGUAGES } from '../../../shared/formats.ts';
import { MESSAGES } from '../../../shared/messages/catalogue.ts';
import { planEvent } from '../../../shared/plan.ts';
import { plainName } from '../../../shared/plain-text.ts';
import { outsideGsm7 } from '../../../shared/gsm-7.ts';
import { ARRIVED, eventOf, rawEvent } from '../order-event.ts';
import { linesOf, visibleText } from './shown.ts';

function contents(...event: Parameters<typeof eventOf>) {
  const [sms, email] = planEvent(eventOf(...event), ARRIVED).map(({ content }) => content);
  if (sms?.channel !== 'sms' || email?.channel !== 'email') throw new Error('expected both channels');
  return { sms, email };
}

const TYPES = Object.keys(ORDER_EVENTS_DATA) as OrderEventType[];

describe.each(TYPES)('%s', (type) => {
  describe.each(['en-GB', 'de-AT', 'fr-FR', 'it-IT', 'pt-BR'])('in %s', (locale) => {
    const { sms, email } = contents(type, { customer: { locale } });
    const { html, ...shown } = email;

    it('as an SMS', () => {
      expect(sms).toMatchSnapshot();
    });

    it('as a mail', () => {
      expect(shown).toMatchSnapshot('plain text');
      expect(visibleText(html)).toMatchSnapshot('HTML as shown');
    });

    it('says the same in HTML and in plain text, and leaves nothing empty', () => {
      const link = /<a href="([^"]+)"/.exec(html)?.[1];
      expect(linesOf(`${visibleText(html)}\n${link}`)).toEqual(linesOf(`Nordlicht\n${email.text}`));
      expect(sms.text + email.text + email.subject).not.toMatch(/\b(undefined|null|NaN)\b|\[object|\{\{/);
    });
  });

  it.each(['CA', 'US', 'AT', 'BR', 'PT'])('fits five SMS at its very longest, dates as in %s', (country) => {
    const number = `注${'7'.repeat(61)}`;
    const trackingLink = LINK.padEnd(128, 'x');
    for (const language of LANGUAGES.map((each) => new Intl.Locale(each).language)) {
      const { sms } = contents(type, {
        data: LONGEST_TIMES[type],
        order: { number, trackingLink },
        shop: { name: '店'.repeat(100) },
        customer: { locale: `${language}-${country}`, timeZone: 'UTC' },
      });
      expect(sms.segments).toBeLessThan(6);
      expect(sms.text).toContain(number);
      expect(sms.text.endsWith(trackingLink)).toBe(true);
    }
  });

  it('has a version, a promise and a deadline after it', () => {
    const message = MESSAGES[type];
    expect(message.name).toBe(type.replace('.', '-'));
    expect(message.version).toBeGreaterThan(0);
    expect(message.promise).toBeLessThan(message.deadline);
  });

  it.each(EVERYDAY)('fits one or two SMS for $shop in $locale', ({ shop, carrier, ...customer }) => {
    const data = 'carrier' in rawEvent(type).data ? { carrier } : {};
    for (const day of ['02-28', '08-15', '11-21'])
      expect(
        contents(type, { data: { ...data, ...timesOn(type, day) }, shop: { name: shop }, customer }).sms,
      ).toMatchObject({
        segments: expect.toSatisfy((segments: number) => segments <= 2),
        text: expect.toSatisfy((text: string) => outsideGsm7(text).length === 0),
      });
  });

  it('keeps links, line breaks and length out of every name, and order number and link whole', () => {
    const lines = contents(type, { order: { items: null } }).email.text.split('\n').length;
    fc.assert(
      fc.property(anyEvent(type), ({ event, customer, shop, number, link }) => {
        const { sms, email } = contents(type, event);
        expect(sms.segments).toBeLessThan(6);
        expect(sms.text).toContain(number);
        expect(sms.text.endsWith(link)).toBe(true);
        expect(email.text).toContain(number);
        expect(email.text).toContain(link);
        expect(sms.text).not.toMatch(/[\r\n\u2028\u2029]/);
        expect(email.subject).not.toMatch(/[\r\n\u2028\u2029]/);
        expect(email.html).not.toMatch(/<script|<img/i);
        for (const text of [sms.text, email.text])
          expect(text.split(link).join('').split(number).join('').replaceAll('help@nordlicht.example', '')).not.toMatch(
            /:\/|@|\w\.\p{L}{2}/u,
          );
        expect(email.text.split('\n')).toHaveLength(lines);
        expect([plainName(customer), plainName(shop)].join('')).not.toContain('\n');
      }),
      { numRuns: 50 },
    );
  });
});

const EVERYDAY = [
  { locale: 'en-US', timeZone: 'America/New_York', country: 'US', shop: 'Lakeside Books', carrier: 'Blue Van' },
  { locale: 'de-DE', timeZone: 'Europe/Berlin', country: 'DE', shop: 'Nordlicht Ausrüstung', carrier: 'Gelbe Post' },
  { locale: 'fr-FR', timeZone: 'Europe/Paris', country: 'FR', shop: 'Maison Forêt', carrier: 'Colis Éclair' },
  { locale: 'it-IT', timeZone: 'Europe/Rome', country: 'IT', shop: 'Bottega Città', carrier: 'Corriere Rapido' },
  { locale: 'pt-BR', timeZone: 'America/Sao_Paulo', country: 'BR', shop: 'Livraria São João', carrier: 'Correio Azul' },
];

/** The moments of an event, moved to another day of the year: names of days and months differ in length and letters. */
function timesOn(type: OrderEventType, day: string): Record<string, unknown> {
  const moments = Object.entries(rawEvent(type).data).filter(([, value]) => String(value).startsWith('2026-'));
  const move = (field: string, at: unknown) =>
    field === 'newPromisedBy' ? `2027-${day}T22:22:00Z` : `2026-${day}${(at as string).slice('2026-11-21'.length)}`;
  return Object.fromEntries(moments.map(([field, at]) => [field, move(field, at)]));
}

const LONGEST_TIMES: Record<OrderEventType, Record<string, unknown>> = {
  'order.placed': { promisedBy: '2026-09-10T22:22:00Z' },
  'order.delayed': { promisedBy: '2026-09-10T22:22:00Z', newPromisedBy: '2026-09-17T22:22:00Z' },
  'order.out-for-delivery': {
    carrier: '店'.repeat(60),
    expectedFrom: '2026-09-10T22:22:00Z',
    expectedBy: '2026-09-12T22:22:00Z',
  },
  'order.confirmed': { promisedBy: '2026-09-10T22:22:00Z' },
  'order.shipped': {
    carrier: '店'.repeat(60),
    expectedFrom: '2026-09-10T22:22:00Z',
    expectedBy: '2026-09-12T22:22:00Z',
  },
  'order.delivered': { deliveredAt: '2026-09-10T22:22:00Z', leftAt: 'mailbox', leftWith: '店'.repeat(60) },
  'order.cancelled': { reason: 'out-of-stock', refundFollows: true },
  'order.refunded': {
    refund: { amount: Number.MAX_SAFE_INTEGER, currency: 'BRL' },
    refundedBy: '2026-09-10T22:22:00Z',
  },
};

const LINK = 'https://track.example.com/';

function anyEvent(type: OrderEventType) {
  const name = fc
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
            '👩‍👩‍👧',
          ),
          { maxLength: 12 },
        )
        .map((parts) => parts.join('')),
    )
    .map((text) => `N${text.toWellFormed()}`.slice(0, 100).toWellFormed());
  const number = fc
    .string({ unit: fc.constantFrom('7', '/', 'ö', '注', ' ', '€', '#'), minLength: 1, maxLength: 21 })
    .map((text) => `1${text}`);
  const link = fc.string({ unit: fc.constantFrom('a', '7', '-', '/', '~'), maxLength: 102 }).map((path) => LINK + path);
  return fc
    .record({
      customer: name,
      shop: name,
      carrier: name,
      number,
      link,
      locale: fc.constantFrom('en', 'de', 'fr', 'it', 'pt-PT', 'ja-JP'),
    })
    .filter(({ number }) => Buffer.byteLength(number) <= 64)
    .map(({ customer, shop, carrier, number, link, locale }) => ({
      customer,
      shop,
      number,
      link,
      event: {
        order: { number, trackingLink: link, items: null },
        shop: { name: shop },
        customer: { name: customer, locale },
        data: oddWords(type, carrier.slice(0, 60).toWellFormed()),
      },
    }));
}

/** The free texts that an event of this type has beside those of all events. */
function oddWords(type: OrderEventType, text: string): Record<string, unknown> {
  if (type === 'order.delivered') return { leftWith: text };
  return type === 'order.shipped' || type === 'order.out-for-delivery' ? { carrier: text } : {};
}
