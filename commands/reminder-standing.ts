/** How each reminder of an appointment stands, as the tables say it. Pure. */
import type { AppointmentVersion } from '../shared/ports.ts';
import type { Reminder, ReminderSettings } from '../shared/reminder-offsets.ts';
import { occasionOf, reminderRecordId } from '../shared/reminder-rounds.ts';
import { startOf } from '../shared/reminders.ts';

/**
 * `waiting` · `late`: due, and nobody has planned it yet · `planned`: its deliveries are stored · `missed`: the
 * appointment has begun without it · `over`: its time had passed when the event came · `void`: newer news of the
 * appointment moved or ended it.
 */
export type Standing = 'waiting' | 'late' | 'planned' | 'missed' | 'over' | 'void';

export type StandingReminder = Reminder & { standing: Standing };

type Known = {
  /** Whether this version says how the appointment stands now. */
  isNewest: boolean;
  /** Event ids among the events of its subject. */
  recorded: ReadonlySet<string>;
  now: Date;
};

export function standingsOf(version: AppointmentVersion, { isNewest, recorded, now }: Known): StandingReminder[] {
  const start = startOf(version);
  const recordIdOf = (offset: string): string =>
    reminderRecordId(occasionOf({ start: start.toISOString(), offset }, 0));
  const standingOf = ({ offset, due }: Reminder): Standing => {
    if (recorded.has(recordIdOf(offset))) return 'planned';
    if (!isNewest) return 'void';
    if (due <= version.arrived) return 'over';
    if (due > now) return 'waiting';
    return now < start ? 'late' : 'missed';
  };
  return version.reminders.map((reminder) => ({ ...reminder, standing: standingOf(reminder) }));
}

/** `at 17:00 1 day before`, `2 h before`: what follows is the start. */
export function offsetInWords(offset: string): string {
  const [, days, time] = /^(\d+)d@(.+)$/.exec(offset) ?? [];
  if (days === '0') return `at ${time} on the day of`;
  if (days) return `at ${time} ${days === '1' ? '1 day' : `${days} days`} before`;
  return `${offset.slice(0, -1)} ${UNITS[offset.at(-1) ?? ''] ?? ''} before`;
}

const UNITS: Record<string, string> = { h: 'h', m: 'min', s: 's' };

/** Which rule asks for the reminders of a version. */
export function ruleOf({ event: { data } }: AppointmentVersion, { byType }: ReminderSettings): string {
  if (data.reminders) return 'named by its event';
  const { type } = data.appointment;
  return type !== undefined && byType[type] ? `usual for ${type}` : 'usual';
}
