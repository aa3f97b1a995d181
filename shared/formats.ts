/** Dates, times and money as the recipient writes them. */
import { remembered } from './remembered.ts';

/** A language that every message has texts in, as BCP 47 names the way it is written. */
export type Language = 'en' | 'de' | 'fr' | 'it' | 'pt-BR';
export const LANGUAGES: readonly Language[] = ['en', 'de', 'fr', 'it', 'pt-BR'];

/** Moments with long or short names of days and months; with their year where they are farther away than most of one. */
export type Moments = {
  /** `Tuesday, 24 November, 18:00`; the day alone where the last minute of a day stands for all of it. */
  at: (instant: string) => string;
  /** `Tuesday, 24 November, 14:00–16:00`; from one moment to the other where the days differ. */
  between: (from: string, until: string) => string;
  /** The same of something that takes all of this time. */
  lasting: (from: string, until: string) => string;
};

export type Formats = {
  long: Moments;
  /** `Tue, 24 Nov, 18:00` */
  short: Moments;
  money: (total: { amount: number; currency: string }) => string;
  /** What the time zone is called at that moment: `CET`, `GMT-3`. */
  zone: (instant: string) => string;
};

/** Where and when clocks are read, and whether the last minute of a day stands for the whole day, as in a promise. */
export type Clocks = { /** IANA name. */ timeZone: string; lastMinuteIsDay: boolean; today: Date };

/** From there on a day without its year could be taken for one of another year. */
const FAR = 300 * 86_400_000;

/** How a day and its hours are put together. */
const TIMES: Record<
  Language,
  {
    at: (day: string, time: string) => string;
    between: (day: string, from: string, until: string) => string;
    lasting?: (day: string, from: string, until: string) => string;
  }
> = {
  en: { at: (day, time) => `${day}, ${time}`, between: (day, from, until) => `${day}, ${from}–${until}` },
  de: { at: (day, time) => `${day}, ${time} Uhr`, between: (day, from, until) => `${day}, ${from}–${until} Uhr` },
  fr: {
    at: (day, time) => `${day} à ${time}`,
    between: (day, from, until) => `${day} entre ${from} et ${until}`,
    lasting: (day, from, until) => `${day} de ${from} à ${until}`,
  },
  it: { at: (day, time) => `${day}, ore ${time}`, between: (day, from, until) => `${day}, ore ${from}–${until}` },
  'pt-BR': { at: (day, time) => `${day} às ${time}`, between: (day, from, until) => `${day}, das ${from} às ${until}` },
};

/** ISO 4217. Not asked of Intl: it gives what is customary (HUF 0), not what a minor unit is (HUF 2). */
const NO_MINOR_UNIT = new Set('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' '));
const THREE_DIGITS = new Set('BHD IQD JOD KWD LYD OMR TND'.split(' '));
const FOUR_DIGITS = new Set(['CLF', 'UYW']);

/** @param locale BCP 47, of that language */
export function formatsFor(language: Language, locale: string, { timeZone, lastMinuteIsDay, today }: Clocks): Formats {
  const { long, short, clock, sortable, zone } = clocksFor(locale, timeZone);

  const words = TIMES[language];
  const time = (at: Date) => spaced(clock.format(at));
  const isEndOfDay = (at: Date) => lastMinuteIsDay && sortable.format(at).endsWith('23:59');
  const isSameDay = (a: Date, b: Date) => sortable.format(a).slice(0, 10) === sortable.format(b).slice(0, 10);

  const isFar = (at: Date) => Math.abs(at.getTime() - today.getTime()) > FAR;

  const moments = (days: Record<'near' | 'far', Intl.DateTimeFormat>): Moments => {
    const day = (at: Date) => spaced(days[isFar(at) ? 'far' : 'near'].format(at));
    const moment = (at: Date) => (isEndOfDay(at) ? day(at) : words.at(day(at), time(at)));
    const span =
      (within: typeof words.between) =>
      (start: string, end: string): string => {
        const [from, until] = [new Date(start), new Date(end)];
        return isSameDay(from, until)
          ? within(day(from), time(from), time(until))
          : `${moment(from)} – ${moment(until)}`;
      };
    return {
      at: (instant) => moment(new Date(instant)),
      between: span(words.between),
      lasting: span(words.lasting ?? words.between),
    };
  };
  return {
    long: moments(long),
    short: moments(short),
    money: (total) => money(locale, total),
    zone: (instant) =>
      spaced(zone.formatToParts(new Date(instant)).find(({ type }) => type === 'timeZoneName')?.value ?? timeZone),
  };
}

const MOST_FORMATTERS = 200;

const clocksFor = remembered(MOST_FORMATTERS, (locale: string, timeZone: string) => {
  const common = { timeZone, calendar: 'gregory', numberingSystem: 'latn' } as const;
  const days = (words: 'long' | 'short') => {
    const near = { ...common, weekday: words, day: 'numeric', month: words } as const;
    return {
      near: new Intl.DateTimeFormat(locale, near),
      far: new Intl.DateTimeFormat(locale, { ...near, year: 'numeric' }),
    };
  };
  return {
    long: days('long'),
    short: days('short'),
    clock: new Intl.DateTimeFormat(locale, { ...common, timeStyle: 'short' }),
    zone: new Intl.DateTimeFormat(locale, { ...common, hour: 'numeric', timeZoneName: 'short' }),
    sortable: new Intl.DateTimeFormat('sv', { ...common, dateStyle: 'short', timeStyle: 'short' }),
  };
});

function money(locale: string, { amount, currency }: { amount: number; currency: string }): string {
  const minor = minorDigits(currency);
  const digits = amount.toString().padStart(minor + 1, '0');
  const [whole, fraction] = [digits.slice(0, digits.length - minor), digits.slice(digits.length - minor)];
  const { withMinor, withoutMinor, isWholeCustomary } = moneyFormatsFor(locale, currency);
  const format = isWholeCustomary && /^0*$/.test(fraction) ? withoutMinor : withMinor;
  return spaced(format.format(`${whole}.${fraction || '0'}` as `${number}`));
}

const moneyFormatsFor = remembered(MOST_FORMATTERS, (locale: string, currency: string) => {
  const common = { style: 'currency', currency, numberingSystem: 'latn' } as const;
  const withDigits = (digits: number) =>
    new Intl.NumberFormat(locale, { ...common, minimumFractionDigits: digits, maximumFractionDigits: digits });
  const customary = new Intl.NumberFormat(locale, common).resolvedOptions();
  return {
    withMinor: withDigits(minorDigits(currency)),
    withoutMinor: withDigits(0),
    isWholeCustomary: customary.maximumFractionDigits === 0,
  };
});

function minorDigits(currency: string): number {
  if (NO_MINOR_UNIT.has(currency)) return 0;
  if (THREE_DIGITS.has(currency)) return 3;
  return FOUR_DIGITS.has(currency) ? 4 : 2;
}

/** Intl's no-break and narrow spaces as plain ones: in an SMS one of them would halve what fits. */
const spaced = (text: string): string => text.replace(/[\u{a0}\u{2009}\u{202f}]/gu, ' ');
