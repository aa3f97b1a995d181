/** One reminder that is due: reads the newest version of its appointment and plans ordinary deliveries from that. */
import { createHash } from 'node:crypto';
import type { Plan } from './delivery.ts';
import { type IntakeDependencies, placeAndSchedule, unfinishedWork } from './intake.ts';
import { logPlanned } from './log-fields.ts';
import { planReminder } from './plan.ts';
import type { Appointments, AppointmentVersion, Current, EventRecord } from './ports.ts';
import type { Reminder, ReminderSettings } from './reminder-offsets.ts';
import { type DueReminder, wantedReminder } from './reminders.ts';
import { versionOf } from './subject.ts';

export type RemindDependencies = Pick<
  IntakeDependencies,
  | 'subjects'
  | 'deliveries'
  | 'hours'
  | 'queues'
  | 'log'
  | Exclude<keyof Parameters<typeof placeAndSchedule>[1], 'deliveries' | 'hours' | 'queues' | 'log'>
> & { appointments: Pick<Appointments, 'read'>; reminderSettings: ReminderSettings };

/**
 * `planned`: its deliveries are stored and scheduled, now or by an earlier run · `superseded`: the appointment is moved
 * or over, nothing of this version is to be told any more · `dropped`: the newest version does not ask for it.
 */
export type Verdict = 'planned' | 'superseded' | 'dropped';

/** The type of the record that a reminder leaves among the events of its subject. */
export const REMINDER_RECORD = 'reminder';

export const reminderRecordId = (start: string, offset: string): string => `${REMINDER_RECORD}:${start}/${offset}`;

/**
 * May be run again, by anybody, at any time; past the start the deliveries expire, so that it is seen that nobody was
 * reminded. Rejects while our storage is away; whoever waits calls again.
 */
export async function remind(due: DueReminder, dependencies: RemindDependencies): Promise<Verdict> {
  const verdict = await verdictOn(due, dependencies);
  const { trace, start, offset, late } = due;
  dependencies.log('info', 'reminder-due', { trace, start, offset, late, verdict });
  return verdict;
}

async function verdictOn(due: DueReminder, dependencies: RemindDependencies): Promise<Verdict> {
  const { subjects } = dependencies;
  const { source, subject } = due;
  for (;;) {
    const current = await subjects.current(source, subject);
    const version = await newestOf(due, current, dependencies);
    if (!version) return 'superseded';
    const reminder = wantedReminder(version, due, dependencies.reminderSettings);
    if (!reminder) return 'dropped';
    const plans = planReminder(version, reminder);
    if (due.late) return refresh(due, plans, dependencies);
    const record = recordOf(due, reminder, plans);
    const result = await subjects.take(record, current);
    if (result === 'changed') continue;
    if (result === 'taken') logPlanned(plans, dependencies.log);
    const work = result === 'taken' ? { fresh: plans, stored: [] } : await unfinishedWork(plans, dependencies);
    await placeAndSchedule([work], dependencies);
    return 'planned';
  }
}

/** The appointment's newest version when it still begins at that time; undefined when it is moved or over. */
async function newestOf(
  { source, subject, start }: DueReminder,
  current: Current,
  { appointments }: RemindDependencies,
): Promise<AppointmentVersion | undefined> {
  const newest = versionOf(current.newest);
  if (newest?.start !== start) return undefined;
  const version = await appointments.read({ start: new Date(start), source, subject, id: newest.id });
  if (!version) throw new Error('the newest version of an appointment is not stored yet');
  return version;
}

const recordOf = (
  { source, subject, start, offset }: DueReminder,
  { due }: Reminder,
  plans: readonly Plan[],
): EventRecord => {
  const id = reminderRecordId(start, offset);
  return {
    source,
    subject,
    id,
    type: REMINDER_RECORD,
    arrived: due,
    time: due,
    contentHash: createHash('sha256').update(id).digest('hex'),
    deliveries: plans.map((plan) => plan.id),
  };
};

/** What an earlier version planned and nobody has touched is told as the newest one has it; its slot stays. */
async function refresh(
  { source, subject, start, offset }: DueReminder,
  plans: readonly Plan[],
  { subjects, deliveries }: RemindDependencies,
): Promise<Verdict> {
  const record = await subjects.event(source, subject, reminderRecordId(start, offset));
  if (!record || record === 'forgotten') return 'dropped';
  const rows = await Promise.all(plans.map(({ id }) => deliveries.read(id)));
  const anew = plans.flatMap((plan, index): Plan[] => {
    const row = rows[index];
    if (row?.progress.revision !== 0) return [];
    const { firstSlot, firstBooking, firstCause } = row.plan;
    return [{ ...plan, firstSlot, firstBooking, ...(firstCause && { firstCause }) }];
  });
  if (anew.length > 0) await deliveries.plan(anew);
  return 'planned';
}
