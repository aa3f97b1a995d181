/** When reminders of an appointment are due: offsets before its start, by preset or spelled out. Pure. */
import { Temporal } from 'temporal-polyfill';

export const PRESETS = ['day-before', 'same-day', 'hour-before'] as const;
export type Preset = (typeof PRESETS)[number];

/** So long before the start (`90m`, `2h`, `20s`), or so many days before it at a local time (`1d@17:00`). */
const OFFSET = /^(?:(?<count>[1-9]\d{0,3})(?<unit>[hms])|(?<days>\d{1,2})d@(?<hour>[01]\d|2[0-3]):(?<minute>[0-5]\d))$/;
const MILLISECONDS = { h: 3_600_000, m: 60_000, s: 1_000 };

/** Of one appointment. */
export const MOST_REMINDERS = 5;

export const isOffset = (text: string): boolean => OFFSET.test(text);
export const isPreset = (text: string): text is Preset => PRESETS.some((preset) => preset === text);

/** Which reminders there are: what the presets mean, which ones are sent when an event names none, by appointment type. */
export type ReminderSettings = {
  presets: Readonly<Record<Preset, string>>;
  usual: readonly string[];
  byType: Readonly<Record<string, readonly string[]>>;
};

/** A reminder of one appointment; `offset` is spelled out, never a preset. */
export type Reminder = { offset: string; due: Date };

/** What of an appointment decides when its reminders are due; `reminders` are those that its event names. */
export type Reminded = {
  start: Date;
  /** IANA name. */
  timeZone: string;
  type?: string | undefined;
  reminders?: readonly string[] | undefined;
};

/** All of them in the order of time, also those that are over; one for each instant, none at or past the start. */
export function remindersOf(appointment: Reminded, { presets, usual, byType }: ReminderSettings): Reminder[] {
  const { start, timeZone, type, reminders } = appointment;
  const named = reminders ?? byType[type ?? ''] ?? usual;
  const byInstant = new Map<number, Reminder>();
  for (const name of named) {
    const offset = isPreset(name) ? presets[name] : name;
    const due = dueAt(offset, start, timeZone);
    if (due < start && !byInstant.has(due.getTime())) byInstant.set(due.getTime(), { offset, due });
  }
  return [...byInstant.values()].sort((a, b) => a.due.getTime() - b.due.getTime());
}

/** A local time that clocks skip counts as the one after the gap, one that they show twice as the first. */
function dueAt(offset: string, start: Date, timeZone: string): Date {
  const { count, unit, days, hour, minute } = OFFSET.exec(offset)?.groups ?? {};
  if (count) return new Date(start.getTime() - Number(count) * MILLISECONDS[unit as keyof typeof MILLISECONDS]);
  if (!days) throw new RangeError(`${offset} is no offset of a reminder`);
  const day = Temporal.Instant.fromEpochMilliseconds(start.getTime()).toZonedDateTimeISO(timeZone).toPlainDate();
  const time = new Temporal.PlainTime(Number(hour), Number(minute));
  const due = day.subtract({ days: Number(days) }).toZonedDateTime({ timeZone, plainTime: time });
  return new Date(due.epochMilliseconds);
}
