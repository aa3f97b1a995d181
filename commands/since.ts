/** From when on a command looks, and the partitions that it reads for it. */
import { CommandError, MISUSED } from './command.ts';

const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const DAY = UNITS.d;

export const SINCE_HELP = 'from when on: 90m, 2h, 7d, 10:00 (UTC), 2026-11-20 or 2026-11-20T13:00Z';

/** Each day is a partition to read. */
const LONGEST = 400 * DAY;

/** @throws CommandError */
export function sinceOf(text: string, now: Date): Date {
  const at = read(text, now);
  if (at && at <= now && now.getTime() - at.getTime() <= LONGEST) return at;
  const expected = SINCE_HELP.slice('from when on: '.length);
  throw new CommandError(`--since ${text}: expected ${expected}, in the past and at most 400 days ago.`, MISUSED);
}

function read(text: string, now: Date): Date | undefined {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (count && unit) return new Date(now.getTime() - Number(count) * UNITS[unit as keyof typeof UNITS]);
  if (/^([01]\d|2[0-3]):[0-5]\d$/.test(text)) {
    const today = new Date(`${now.toISOString().slice(0, 10)}T${text}Z`);
    return today <= now ? today : new Date(today.getTime() - DAY);
  }
  const at = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text) ? new Date(text) : undefined;
  return at && !Number.isNaN(at.getTime()) ? at : undefined;
}

/** Clocks differ: what came just now may stand in the partition that begins next. */
const AHEAD = 5 * UNITS.m;

/** UTC days such as `2026-11-20`, the latest first. */
export function daysFrom(since: Date, now: Date): string[] {
  const days: string[] = [];
  const first = since.toISOString().slice(0, 10);
  for (let at = now.getTime() + AHEAD; ; at -= DAY) {
    const day = new Date(at).toISOString().slice(0, 10);
    if (day < first) return [...new Set(days)];
    days.push(day);
  }
}

/** UTC hours such as `2026-11-20T13`, the earliest first. */
export function hoursFrom(since: Date, now: Date): string[] {
  const hours: string[] = [];
  for (let at = Math.floor(since.getTime() / UNITS.h) * UNITS.h; at <= now.getTime() + AHEAD; at += UNITS.h)
    hours.push(new Date(at).toISOString().slice(0, 13));
  return hours;
}
