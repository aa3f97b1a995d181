import { describe, expect, it } from 'vitest';
import { formatsFor, type Language } from '../../shared/formats.ts';

const today = new Date('2026-11-20T12:00:00Z');

const promised = (language: Language, locale: string, timeZone: string) =>
  formatsFor(language, locale, { timeZone, lastMinuteIsDay: true, today });

describe('a moment', () => {
  const instant = '2026-11-24T18:00:00+01:00';

  it.each([
    ['en', 'en-GB', 'Europe/Vienna', 'Tuesday 24 November, 18:00', 'Tue 24 Nov, 18:00'],
    ['en', 'en-US', 'America/New_York', 'Tuesday, November 24, 12:00 PM', 'Tue, Nov 24, 12:00 PM'],
    ['de', 'de-AT', 'Europe/Vienna', 'Dienstag, 24. November, 18:00 Uhr', 'Di., 24. Nov., 18:00 Uhr'],
    ['en', 'en-NZ', 'Pacific/Auckland', 'Wednesday, 25 November, 6:00 am', 'Wed, 25 Nov, 6:00 am'],
    ['en', 'en-TH-u-ca-buddhist-nu-thai', 'Asia/Bangkok', 'Wednesday, November 25, 12:00 AM', 'Wed, Nov 25, 12:00 AM'],
  ] as const)('in %s, %s, %s', (language, locale, zone, long, short) => {
    const formats = promised(language, locale, zone);
    expect(formats.long.at(instant)).toBe(long);
    expect(formats.short.at(instant)).toBe(short);
  });

  it('at the last minute of the recipient’s day is the day alone', () => {
    expect(promised('de', 'de-DE', 'Europe/Berlin').long.at('2026-11-24T23:59:59+01:00')).toBe(
      'Dienstag, 24. November',
    );
    expect(promised('de', 'de-DE', 'Europe/Lisbon').long.at('2026-11-24T23:59:59+01:00')).toBe(
      'Dienstag, 24. November, 22:59 Uhr',
    );
  });

  it('keeps to the clock on the days when it changes', () => {
    const formats = promised('en', 'en-GB', 'Europe/Vienna');
    expect(formats.long.at('2026-10-25T00:30:00Z')).toBe('Sunday 25 October, 02:30');
    expect(formats.long.at('2026-10-25T01:30:00Z')).toBe('Sunday 25 October, 02:30');
    expect(formats.long.at('2027-03-28T01:00:00Z')).toBe('Sunday 28 March, 03:00');
  });
});

describe('a time window', () => {
  const formats = promised('de', 'de-DE', 'Europe/Berlin');

  it('within a day names the day once', () => {
    expect(formats.short.between('2026-11-24T14:00:00+01:00', '2026-11-24T16:00:00+01:00')).toBe(
      'Di., 24. Nov., 14:00–16:00 Uhr',
    );
  });

  it('over midnight names both', () => {
    expect(formats.short.between('2026-11-24T22:00:00+01:00', '2026-11-25T01:00:00+01:00')).toBe(
      'Di., 24. Nov., 22:00 Uhr – Mi., 25. Nov., 01:00 Uhr',
    );
  });
});

describe('a day that is most of a year away', () => {
  it.each([
    ['en', 'en-GB', 'Tue, 23 Nov 2027, 18:00', 'Tuesday, 23 November 2027, 18:00'],
    ['de', 'de-AT', 'Di., 23. Nov. 2027, 18:00 Uhr', 'Dienstag, 23. November 2027, 18:00 Uhr'],
    ['fr', 'fr-FR', 'mar. 23 nov. 2027 à 18:00', 'mardi 23 novembre 2027 à 18:00'],
    ['it', 'it-IT', 'mar 23 nov 2027, ore 18:00', 'martedì 23 novembre 2027, ore 18:00'],
    ['pt-BR', 'pt-BR', 'ter., 23 de nov. de 2027 às 18:00', 'terça-feira, 23 de novembro de 2027 às 18:00'],
  ] as const)('is told with its year (%s)', (language, locale, short, long) => {
    const { short: brief, long: full } = promised(language, locale, 'Europe/Vienna');
    expect([brief.at('2027-11-23T17:00:00Z'), full.at('2027-11-23T17:00:00Z')]).toEqual([short, long]);
  });

  it('is not before that', () => {
    const { short } = promised('en', 'en-GB', 'Europe/Vienna');
    expect(short.at('2027-09-01T17:00:00Z')).toBe('Wed 1 Sept, 19:00');
    expect(short.at('2026-01-01T17:00:00Z')).toBe('Thu, 1 Jan 2026, 18:00');
  });
});

describe('what takes some time', () => {
  it('lasts from one moment to another, and is no window in which something comes', () => {
    const { long } = promised('fr', 'fr-FR', 'Europe/Paris');
    const hours = ['2026-11-24T14:30:00+01:00', '2026-11-24T15:15:00+01:00'] as const;
    expect(long.lasting(...hours)).toBe('mardi 24 novembre de 14:30 à 15:15');
    expect(long.between(...hours)).toBe('mardi 24 novembre entre 14:30 et 15:15');
  });
});

describe('money', () => {
  it.each([
    ['en-GB', 4999, 'EUR', '€49.99'],
    ['de-DE', 4999, 'EUR', '49,99 €'],
    ['de-AT', 123_456_789, 'EUR', '€ 1.234.567,89'],
    ['en-US', 5, 'USD', '$0.05'],
    ['en-US', 0, 'USD', '$0.00'],
    ['en-US', 4999, 'JPY', '¥4,999'],
    ['en-US', 4999, 'KWD', 'KWD 4.999'],
    ['de-DE', 1_234_500, 'HUF', '12.345 HUF'],
    ['de-DE', 1_234_550, 'HUF', '12.345,50 HUF'],
    ['de-DE', 1_500, 'IQD', '1,500 IQD'],
    ['en-US', Number.MAX_SAFE_INTEGER, 'USD', '$90,071,992,547,409.91'],
  ])('in %s: %d %s is %s', (locale, amount, currency, text) => {
    const language = locale.startsWith('de') ? 'de' : 'en';
    expect(promised(language, locale, 'UTC').money({ amount, currency })).toBe(text);
  });
});
