/** One reminder that is due: reads the newest version of its appointment and plans ordinary deliveries from that. */
import { createHash } from 'node:crypto';
import type { Channel, Plan } from './delivery.ts';
import { type IntakeDependencies, placeAndSchedule, unfinishedWork } from './intake.ts';
import { planReminder } from './plan.ts';
import type { Appointments, AppointmentVersion, Current, EventRecord } from './ports.ts';
import type { Reminder, ReminderSettings } from './reminder-offsets.ts';
import { type DueReminder, occasionOf, wantedReminder } from './reminders.ts';
import { isSettled } from './status.ts';
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

export const reminderRecordId = (occasion: string): string => `${REMINDER_RECORD}:${occasion}`;

/** What a record stands for; undefined for an event. */
export function reminderOfRecord({ type, id }: Pick<EventRecord, 'type' | 'id'>) {
  const [, start, offset] = /^reminder:([^/]+)\/([^/]+)/.exec(id) ?? [];
  return type === REMINDER_RECORD && start && offset ? { start: new Date(start), offset } : undefined;
}

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
  for (;;) {
    const current = await dependencies.subjects.current(due.source, due.subject);
    const version = await newestOf(due, current, dependencies);
    if (!version) return 'superseded';
    const reminder = wantedReminder(version, due, dependencies.reminderSettings);
    if (!reminder) return 'dropped';
    const roundOf = (round: number): Round => {
      const occasion = occasionOf(due, round);
      return { record: recordOf(due, reminder, occasion), plans: planReminder(version, reminder, occasion) };
    };
    if (due.late) return refresh(roundOf(0), dependencies);
    if ((await planRounds(roundOf, current, dependencies)) === 'planned') return 'planned';
  }
}

type Round = { record: Omit<EventRecord, 'deliveries'>; plans: readonly Plan[] };

/** One round plans all channels; a later one those that the round before has skipped for a state that is over. */
async function planRounds(
  roundOf: (round: number) => Round,
  current: Current,
  dependencies: RemindDependencies,
): Promise<'planned' | 'changed'> {
  let channels: ReadonlySet<Channel> | undefined;
  for (let round = 0; ; round += 1) {
    const { record, plans: all } = roundOf(round);
    const plans = all.filter(({ channel }) => channels?.has(channel) ?? true);
    const taken = await dependencies.subjects.take({ ...record, deliveries: plans.map(({ id }) => id) }, current);
    if (taken === 'changed') return 'changed';
    const work = taken === 'taken' ? { fresh: plans, stored: [] } : await unfinishedWork(plans, dependencies);
    await placeAndSchedule([work], dependencies);
    channels = taken === 'taken' ? new Set() : await skippedOf(plans, dependencies);
    if (channels.size === 0) return 'planned';
  }
}

/** Channels of deliveries that were skipped because the appointment was moved or over, which it is no longer. */
async function skippedOf(
  plans: readonly Plan[],
  { deliveries }: Pick<RemindDependencies, 'deliveries'>,
): Promise<ReadonlySet<Channel>> {
  const read = () => Promise.all(plans.map(({ id }) => deliveries.read(id)));
  const begun = (await read()).filter((row) => row && row.progress.revision > 0 && !isSettled(row.progress));
  // Whoever is about to skip one has looked before the newest version: after this write he has to look again.
  if (begun.length > 0) await deliveries.plan(begun.map((row) => row!.plan));
  return new Set(
    (await read()).flatMap((row) => {
      const { status, cause } = row?.progress ?? {};
      return row && status === 'skipped' && cause === 'superseded' ? [row.plan.channel] : [];
    }),
  );
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

function recordOf({ source, subject }: DueReminder, { due }: Reminder, occasion: string): Round['record'] {
  const id = reminderRecordId(occasion);
  const contentHash = createHash('sha256').update(id).digest('hex');
  return { source, subject, id, type: REMINDER_RECORD, arrived: due, time: due, contentHash };
}

/** What an earlier version planned and nobody has touched is told as the newest one has it; its slot stays. */
async function refresh(
  { record: { source, subject, id }, plans }: Round,
  { subjects, deliveries }: RemindDependencies,
): Promise<Verdict> {
  const record = await subjects.event(source, subject, id);
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
