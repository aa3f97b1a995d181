/** What events of appointments make necessary for their reminders: a version to wait for, and one that is over. */
import { isStanding } from './appointment-events.ts';
import type { DomainEvent } from './events.ts';
import type { Log } from './log.ts';
import type { Appointments, AppointmentVersion, Clock, Current, Reminders } from './ports.ts';
import type { ReminderSettings } from './reminder-offsets.ts';
import { instanceOf, remindersAskedBy, startOf, waitingFor } from './reminders.ts';
import { versionOf } from './subject.ts';

/** `over`: the instance that waits for an earlier version. */
export type Waits<Version = Pick<AppointmentVersion, 'event' | 'arrived'>> = { version?: Version; over?: string };

export type WaitDependencies = {
  appointments: Pick<Appointments, 'keep'>;
  reminders: Pick<Reminders, 'start' | 'end'>;
  reminderSettings: ReminderSettings;
  clock: Pick<Clock, 'now'>;
  log: Log;
};

export const versionIn = (event: DomainEvent, arrived: Date): Pick<Waits, 'version'> =>
  isStanding(event) ? { version: { event, arrived } } : {};

/** An earlier version is over when this event has become the newest, and moves the appointment or ends it. */
export function waitsOf(event: DomainEvent, arrived: Date, { newest: before }: Current, { newest }: Current): Waits {
  const previous = versionOf(before);
  const now = versionOf(newest);
  const isOver = previous?.start !== undefined && now?.id === event.id && now.start !== previous.start;
  return {
    ...versionIn(event, arrived),
    ...(isOver && { over: instanceOf(event.source, event.subject, previous.id) }),
  };
}

/** A version that comes again asks for what it asked for first, whatever the settings have become. */
export const storeVersions = (
  all: readonly Waits[],
  { appointments, reminderSettings }: WaitDependencies,
): Promise<Waits<AppointmentVersion>[]> =>
  Promise.all(
    all.map(async ({ version, over }) => {
      const reminders = version && remindersAskedBy(version.event, reminderSettings);
      return {
        ...(reminders && { version: await appointments.keep({ ...version, reminders }) }),
        ...(over !== undefined && { over }),
      };
    }),
  );

/** Ending what is over is best effort: it would find out by itself at its next reminder. */
export async function startWaiting(
  all: readonly Waits<AppointmentVersion>[],
  { reminders, clock, log }: WaitDependencies,
): Promise<void> {
  const now = clock.now();
  await Promise.all(
    all.map(async ({ version, over }) => {
      const waiting = version && waitingFor(version);
      // A visit that began before we could take its event: what was due meanwhile is planned, and is seen to expire.
      if (waiting && (startOf(version) > now || waiting.due.length > 0))
        await reminders.start(instanceOf(waiting.source, waiting.subject, waiting.event), waiting);
      if (over)
        await reminders.end(over).catch((error: unknown) => {
          log('info', 'reminders-not-ended', { error: error instanceof Error ? error.message : 'unknown' });
        });
    }),
  );
}
