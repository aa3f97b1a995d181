import { describe, expect, it } from 'vitest';
import { type QuietHours, quietFrom, quietUntil } from '../../shared/quiet-hours.ts';

const MINUTE = 60_000;
const DAY = 1_440;
const [FROM, TO] = [Date.UTC(2026, 0, 1) / MINUTE, Date.UTC(2028, 0, 1) / MINUTE];

/** In minutes, as `Intl` formats it: another source than the library that the code asks. */
function offsetsOf(zone: string): (minute: number) => number {
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset', year: 'numeric' });
  return (minute) => {
    const [, sign, hours, minutes] = /GMT(?:([+-])(\d\d):(\d\d))?$/.exec(format.format(minute * MINUTE)) ?? [];
    return sign ? (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) : 0;
  };
}

type Change = { zone: string; at: number; before: number; after: number };

function changesOf(zone: string): Change[] {
  const offset = offsetsOf(zone);
  const changes: Change[] = [];
  const STEP = 3 * DAY;
  for (let from = FROM; from < TO; from += STEP) {
    const [before, after] = [offset(from), offset(from + STEP)];
    if (before === after) continue;
    let [low, high] = [from, from + STEP];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (offset(middle) === before) low = middle;
      else high = middle;
    }
    changes.push({ zone, at: high, before, after });
  }
  return changes;
}

const ofDay = (minute: number): number => ((minute % DAY) + DAY) % DAY;

/** The usual night, and nights that begin or end before, within, at and behind the change of the clock. */
function nightsAround({ at, before, after }: Change): QuietHours[] {
  const [old, now] = [ofDay(at + before), ofDay(at + after)];
  const within = ofDay(at + Math.round((before + after) / 2));
  const long = 9 * 60;
  return [
    { start: 21 * 60, end: 8 * 60 },
    ...[old, now, within].flatMap((time) => [
      { start: ofDay(time - long), end: time },
      { start: time, end: ofDay(time + long) },
    ]),
    { start: ofDay(within - 5), end: ofDay(within + 5) },
  ];
}

/** Minute by minute, from the last one to the first: where the next minute that is outside or inside lies. */
function everyMinute({ at, before, after }: Change, { start, end }: QuietHours) {
  const [first, last] = [at - 26 * 60, at + 52 * 60];
  const until = new Int32Array(last - first + 1);
  const from = new Int32Array(last - first + 1);
  for (let minute = last; minute >= first; minute -= 1) {
    const time = ofDay(minute + (minute < at ? before : after));
    const isQuiet = start < end ? time >= start && time < end : time >= start || time < end;
    const here = minute - first;
    until[here] = isQuiet ? (until[here + 1] ?? 0) : minute;
    from[here] = isQuiet ? minute : (from[here + 1] ?? 0);
  }
  return { first, until, from };
}

/** Minutes from the change: a day and more on both sides, closer where it is near. */
const LOOKS = Array.from({ length: 52 * 60 }, (_, index) => index - 26 * 60).filter(
  (distance) => distance % (Math.abs(distance) <= 75 ? 11 : 131) === 0 || Math.abs(distance) <= 1,
);

const zones = Intl.supportedValuesOf('timeZone');
const changes = zones.flatMap(changesOf);

describe('quiet hours at every change of a clock in 2026 and 2027', () => {
  it('are looked at in every zone', () => {
    expect(zones.length).toBeGreaterThan(400);
    expect(changes.length).toBeGreaterThan(400);
    expect(new Set(changes.map(({ before, after }) => Math.abs(after - before)))).toEqual(new Set([30, 60, 120]));
  });

  it('end at eight on a day without one', () => {
    const at = new Date('2026-12-15T00:00:00.000Z');
    const ends = zones.map((zone) => {
      const end = quietUntil({ start: 8 * 60 + 1, end: 8 * 60 }, zone, at);
      return new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeStyle: 'medium' }).format(end);
    });
    expect(new Set(ends)).toEqual(new Set(['08:00:00']));
  });

  it('end and begin where counting minute by minute says', () => {
    const wrong: string[] = [];
    let looked = 0;
    for (const change of changes)
      for (const night of nightsAround(change)) {
        const { first, until, from } = everyMinute(change, night);
        for (const distance of LOOKS) {
          const minute = change.at + distance;
          const at = new Date(minute * MINUTE);
          const found = [quietUntil(night, change.zone, at), quietFrom(night, change.zone, at)];
          const [end, start] = found.map((instant) => instant.getTime() / MINUTE);
          looked += 1;
          if (end !== until[minute - first] || start !== from[minute - first])
            wrong.push(`${change.zone} ${at.toISOString()} ${JSON.stringify(night)}`);
        }
      }
    expect(wrong).toEqual([]);
    expect(looked).toBeGreaterThan(100_000);
  });
});
