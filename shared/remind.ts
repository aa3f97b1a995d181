/** One reminder that is due: reads the newest version of its appointment and plans ordinary deliveries from that. */
import { createHash } from 'node:crypto';
import type { Channel, Delivery, Plan } from './delivery.ts';
import type { DeliveryId } from './delivery-id.ts';
import { type IntakeDependencies, placeAndSchedule, type Work } from './intake.ts';
import { logPlanned } from './log-fields.ts';
import { planReminder } from './plan.ts';
import type { Appointments, AppointmentVersion, Current, EventRecord } from './ports.ts';
import type { Reminder } from './reminder-offsets.ts';
import { occasionOf, REMINDER_RECORD, reminderRecordId } from './reminder-rounds.ts';
import type { DueReminder } from './reminders.ts';
import { resendRecordId } from './resend.ts';
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
> & { appointments: Pick<Appointments, 'read'> };

/**
 * `planned`: its deliveries are stored and scheduled, now or by an earlier run · `superseded`: the appointment is moved
 * or over, nothing of this version is to be told any more · `dropped`: the newest version does not ask for it.
 */
export type Verdict = 'planned' | 'superseded' | 'dropped';

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
    const reminder = version.reminders.find(({ offset }) => offset === due.offset);
    if (!reminder) return 'dropped';
    const roundOf = (round: number): Round => {
      const occasion = occasionOf(due, round);
      return { record: recordOf(due, reminder, occasion), plans: planReminder(version, reminder, occasion) };
    };
    if (due.late) return rewriteRounds(roundOf, dependencies);
    if ((await planRounds(roundOf, current, dependencies)) === 'planned') return 'planned';
  }
}

/** What is planned at one time; the record keeps which deliveries these are. */
type Round = { record: Omit<EventRecord, 'deliveries'>; plans: readonly Plan[] };

/**
 * The first round plans all channels. Later ones plan those of which the rounds before have no delivery, because the
 * version that planned them had no such channel, or one that was skipped for a state that is over.
 */
async function planRounds(
  roundOf: (round: number) => Round,
  current: Current,
  dependencies: RemindDependencies,
): Promise<'planned' | 'changed'> {
  const { subjects } = dependencies;
  let channels: ReadonlySet<Channel> | undefined;
  for (let round = 0; ; round += 1) {
    const { record, plans: all } = roundOf(round);
    const plans = all.filter(({ channel }) => channels?.has(channel) ?? true);
    const taken = await subjects.take({ ...record, deliveries: plans.map(({ id }) => id) }, current);
    if (taken === 'changed') return 'changed';
    if (taken === 'taken') {
      logPlanned(plans, dependencies.log);
      await placeAndSchedule([{ fresh: plans, stored: [] }], dependencies);
      return 'planned';
    }
    const recorded = await recordedOf(record, plans, dependencies);
    if (!recorded) return 'planned';
    const rows = await rowsOf(recorded, dependencies);
    await placeAndSchedule([await takeUp(rows, dependencies)], dependencies);
    const skipped = await skippedOf(rows, dependencies);
    channels = new Set(
      plans.filter((plan) => !recorded.includes(plan) || skipped.has(plan.id)).map(({ channel }) => channel),
    );
    if (channels.size === 0) return 'planned';
  }
}

/** What earlier versions planned is told as the newest one has it; its slots and copies stay. */
async function rewriteRounds(roundOf: (round: number) => Round, dependencies: RemindDependencies): Promise<Verdict> {
  for (let round = 0; ; round += 1) {
    const { record, plans } = roundOf(round);
    const recorded = await recordedOf(record, plans, dependencies);
    if (!recorded) return round === 0 ? 'dropped' : 'planned';
    await takeUp(await rowsOf(recorded, dependencies), dependencies);
  }
}

/** Undefined when there is no record of this round, or none any more. */
async function recordedOf(
  { source, subject, id }: Round['record'],
  plans: readonly Plan[],
  { subjects }: RemindDependencies,
): Promise<readonly Plan[] | undefined> {
  const stored = await subjects.event(source, subject, id);
  return typeof stored === 'object' ? plans.filter((plan) => stored.deliveries.includes(plan.id)) : undefined;
}

/** A delivery of a round as it is wanted now, and its row if there is one. */
type PlannedRow = { plan: Plan; row: Delivery | undefined };

const rowsOf = (plans: readonly Plan[], { deliveries }: RemindDependencies): Promise<PlannedRow[]> =>
  Promise.all(plans.map(async (plan) => ({ plan, row: await deliveries.read(plan.id) })));

/** What is absent, and what nobody has touched yet, with the words of the newest version. */
async function takeUp(
  rows: readonly PlannedRow[],
  { deliveries, senderFor, unitsOf }: RemindDependencies,
): Promise<Work> {
  const stored = rows.map(async ({ plan, row }): Promise<Plan[]> => {
    if (row?.progress.revision !== 0) return [];
    const { firstSlot, firstBooking, firstCause } = row.plan;
    const fits = senderFor(plan) === senderFor(row.plan) && unitsOf(plan) === unitsOf(row.plan);
    // A slot of another sender, or of fewer units, is none: the send function books when the copy comes.
    const slot = { firstSlot, firstBooking: fits ? firstBooking : ('none' as const) };
    const anew: Plan = { ...plan, ...slot, ...(firstCause && { firstCause }) };
    // Whoever has begun meanwhile goes on with the words that he read.
    return (await deliveries.rewrite(row, anew)) ? [anew] : [];
  });
  return {
    fresh: rows.flatMap(({ plan, row }) => (row ? [] : [plan])),
    stored: (await Promise.all(stored)).flat(),
  };
}

/** Deliveries that were skipped because the appointment was moved or over, which it is no longer. */
async function skippedOf(
  rows: readonly PlannedRow[],
  { deliveries, subjects }: RemindDependencies,
): Promise<ReadonlySet<DeliveryId>> {
  const begun = rows.flatMap(({ row }) => (row && row.progress.revision > 0 && !isSettled(row.progress) ? [row] : []));
  // Whoever is about to skip one has looked before the newest version: after this write he has to look again.
  if (begun.length > 0) await deliveries.plan(begun.map(({ plan }) => plan));
  const read = await Promise.all(begun.map(({ plan }) => deliveries.read(plan.id)));
  const skipped = [...rows.map(({ row }) => row), ...read].flatMap((row) =>
    row?.progress.status === 'skipped' && row.progress.cause === 'superseded' ? [row.plan] : [],
  );
  // Staff may have been quicker.
  const resends = await Promise.all(
    skipped.map(({ source, subject, id }) => subjects.event(source, subject, resendRecordId(id))),
  );
  return new Set(skipped.filter((_, index) => !resends[index]).map(({ id }) => id));
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
