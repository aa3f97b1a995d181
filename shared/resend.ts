/** Sending a delivery again because a person wants it: the same text to the same address, as a new occasion. */
import { createHash } from 'node:crypto';
import { CAUSES } from './causes.ts';
import { type DeliveryId, deliveryId } from './delivery-id.ts';
import type { Channel, Delivery, Plan, Resend } from './delivery.ts';
import { type IntakeDependencies, storeAndSchedule } from './intake.ts';
import { messageOf } from './messages/catalogue.ts';
import type { EventRecord, Subjects, Suppressions } from './ports.ts';
import { laterRoundsOf } from './reminder-rounds.ts';
import { canBecomeOld, isOldNews } from './subject.ts';
import { isInForce } from './suppression.ts';

export type ResendDependencies = Pick<
  IntakeDependencies,
  'deliveries' | 'subjects' | 'hours' | 'queues' | 'clock' | 'limits'
> & {
  suppressions: Pick<Suppressions, 'find'>;
  addressHashes: (channel: Channel, address: string) => readonly string[];
};

/** The type of the record that a resend leaves among the events of its subject. */
export const RESEND = 'resend';

/**
 * What stands against sending this delivery again; undefined when nothing does. What has to hold at the moment of sending
 * (suppression, newer news) the send function looks at once more.
 */
export async function reasonAgainst(
  delivery: Delivery,
  evenIfArrived: boolean,
  dependencies: ResendDependencies,
): Promise<string | undefined> {
  const { plan, progress } = delivery;
  const { deliveries, subjects, suppressions, addressHashes, clock } = dependencies;
  if (progress.status === 'planned' || progress.status === 'sending') return 'It is still under way.';
  if (!plan.content || plan.address === '') return `There is nothing to send. ${CAUSES[progress.cause].meaning}`;
  if (plan.expiresAt && plan.expiresAt <= clock.now())
    return `It has been pointless since ${plan.expiresAt.toISOString()}.`;
  if (MAY_HAVE_ARRIVED.has(progress.status) && !evenIfArrived)
    return progress.status === 'delivered' ? 'It has arrived.' : `It may have arrived: it is ${progress.status}.`;
  if (canBecomeOld(plan) && isOldNews(plan, (await subjects.current(plan.source, plan.subject)).newest))
    return CAUSES.superseded.meaning;
  const rounds = await Promise.all(laterRoundsOf(plan).map((id) => deliveries.read(id)));
  const anew = rounds.find((row) => row !== undefined);
  if (anew) return `It is told anew, by delivery ${anew.plan.id}.`;
  const standing = await suppressions.find(plan.channel, addressHashes(plan.channel, plan.address));
  const suppression = standing.find((one) => isInForce(one, clock.now()));
  return suppression && CAUSES[suppression.cause].meaning;
}

const MAY_HAVE_ARRIVED: ReadonlySet<string> = new Set(['accepted', 'delivered', 'unknown', 'uncertain']);

/**
 * The same message as a delivery of its own. Its id follows from the first delivery's id and from when the resend was
 * recorded, so that it is one delivery however often it is planned.
 */
export function resendPlan({ plan }: Delivery, { by, why }: Pick<Resend, 'by' | 'why'>, arrived: Date): Plan {
  const { unsendable: _unsendable, resend: _resend, firstCause: _firstCause, ...same } = plan;
  return {
    ...same,
    id: resendId(plan, arrived),
    arrived,
    deadline: deadlineAnew(plan, arrived),
    firstSlot: arrived,
    firstBooking: 'none',
    resend: { of: plan.id, by, why },
  };
}

/** Also the occasion: a delivery is sent again once; when that fails too, the second delivery is what is sent again. */
export const resendRecordId = (id: DeliveryId): string => `${RESEND}:${id}`;

const resendId = ({ id, source, subject, role, message, channel }: Plan, instant: Date): DeliveryId =>
  deliveryId({ instant, source, subject, occasion: resendRecordId(id), role, message, channel });

/** Counted from the resend; the end that it has stands. */
function deadlineAnew(plan: Plan, arrived: Date): Date {
  const { eventTime, deadline, expiresAt } = plan;
  const allowed = messageOf(plan)?.deadline ?? deadline.getTime() - eventTime.getTime();
  return new Date(Math.min(arrived.getTime() + allowed, expiresAt?.getTime() ?? Infinity));
}

/** What this delivery was last sent again as; itself when it never was, or when a resend of it was never finished. */
export async function lastOf(
  delivery: Delivery,
  { deliveries, subjects }: Pick<ResendDependencies, 'deliveries' | 'subjects'>,
): Promise<Delivery> {
  for (let last = delivery; ;) {
    const record = await recordOf(last, subjects);
    const next = record && (await deliveries.read(resendId(last.plan, record.arrived)));
    if (!next) return last;
    last = next;
  }
}

/** The record of the resend of a delivery, once somebody has begun it. */
async function recordOf({ plan }: Delivery, subjects: Pick<Subjects, 'event'>): Promise<EventRecord | undefined> {
  const record = await subjects.event(plan.source, plan.subject, resendRecordId(plan.id));
  return record === 'forgotten' || record?.type !== RESEND ? undefined : record;
}

/**
 * Records the resend, stores its plan and sends its copy 0 to the send queue. Every step may be run again, by anybody:
 * the record says which delivery it is, and a delivery that somebody has begun to send is left alone.
 * @returns the plan as it is stored, with the words of whoever came first
 */
export async function resend(
  delivery: Delivery,
  words: Pick<Resend, 'by' | 'why'>,
  dependencies: ResendDependencies,
): Promise<Plan> {
  const { deliveries } = dependencies;
  const { arrived } = await takeRecord(delivery, dependencies);
  const planned = resendPlan(delivery, words, arrived);
  const row = await deliveries.read(planned.id);
  if (row && row.progress.revision > 0) return row.plan;
  const plan = row?.plan ?? planned;
  await storeAndSchedule({ fresh: row ? [] : [plan], stored: row ? [plan] : [] }, dependencies);
  return plan;
}

async function takeRecord(delivery: Delivery, { subjects, clock }: ResendDependencies): Promise<EventRecord> {
  const { plan } = delivery;
  const { source, subject } = plan;
  const arrived = clock.now();
  const id = resendRecordId(plan.id);
  const record: EventRecord = {
    source,
    subject,
    id,
    type: RESEND,
    arrived,
    time: arrived,
    contentHash: createHash('sha256').update(id).digest('hex'),
    deliveries: [resendId(plan, arrived)],
  };
  for (;;) {
    const verdict = await subjects.take(record, await subjects.current(source, subject));
    if (verdict === 'taken') return record;
    const standing = await recordOf(delivery, subjects);
    if (standing) return standing;
    if (verdict === 'known') throw new Error(`an event of this subject has the id ${id} already`);
  }
}
