/** `QUIET_HOURS`: the local hours in which nobody is texted, by country. */
import type { QuietHours } from './quiet-hours.ts';

type HoursOrNone = QuietHours | 'none';

export type QuietHoursByCountry = {
  everywhere: HoursOrNone;
  /** By ISO 3166 country. */
  except: Readonly<Record<string, HoursOrNone>>;
};

/** Whoever is held must have some time of the day in which it may go. */
const LEAST_AWAKE = 60;
const DAY = 1_440;

/** The faults are worded for people and never hold the value. */
export function parseQuietHours(text: string): QuietHoursByCountry | { faults: readonly string[] } {
  const faults: string[] = [];
  const found = new Map<string, HoursOrNone>();
  for (const [index, entry] of text.split(',').entries()) {
    const [, country = '', words = ''] = /^\s*(?:([A-Z]{2})\s*=\s*)?([^\s=]+)\s*$/.exec(entry) ?? [];
    const hours = hoursOf(words);
    if ('fault' in hours) faults.push(`entry ${index + 1}: ${hours.fault}`);
    else if (found.has(country))
      faults.push(`entry ${index + 1}: expected once for each country, and once for all others`);
    else found.set(country, hours.hours);
  }
  const everywhere = found.get('');
  found.delete('');
  if (faults.length === 0 && everywhere) return { everywhere, except: Object.fromEntries(found) };
  return { faults: faults.length > 0 ? faults : ['expected hours without a country, for all others'] };
}

function hoursOf(text: string): { hours: HoursOrNone } | { fault: string } {
  if (text === 'none') return { hours: text };
  const [, from, until] = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(text) ?? [];
  const [start, end] = [minuteOf(from), minuteOf(until)];
  if (start === undefined || end === undefined)
    return { fault: 'expected 21:00-08:00 or none, for one country FR=22:00-08:00' };
  return (start - end + DAY) % DAY < LEAST_AWAKE
    ? { fault: 'expected at least one hour of the day that is not quiet' }
    : { hours: { start, end } };
}

function minuteOf(text = ''): number | undefined {
  const [hour, minute] = text.split(':').map(Number);
  return hour !== undefined && minute !== undefined && hour < 24 && minute < 60 ? hour * 60 + minute : undefined;
}

/** Undefined when none are kept there. */
export function quietHoursIn({ everywhere, except }: QuietHoursByCountry, country: string): QuietHours | undefined {
  const hours = except[country] ?? everywhere;
  return hours === 'none' ? undefined : hours;
}
