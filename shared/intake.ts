import type {
  Deliveries,
  EventRecord,
  Hours,
  ParkedEvent,
  Queues,
  Random,
  Reason,
  RejectedEvents,
  Subjects,
} from './ports.ts';
import type { Channel, Plan } from './delivery.ts';
import { fullJitter } from './back-off.ts';
import { wakeFor } from './calendar.ts';
import { hourOf } from './delivery-id.ts';
import { type DomainEvent, type ParsedEvent, parseEvent } from './events.ts';
import type { Limits } from './limits.ts';
import { logPlanned, secondsBetween } from './log-fields.ts';
import { type PlaceDependencies, placePlans } from './place.ts';
import { planEvent } from './plan.ts';
import { spanOfEvent } from './spans.ts';
import { judge, withHeld } from './verdicts.ts';
import { startWaiting, storeVersions, versionIn, type WaitDependencies, type Waits, waitsOf } from './waits.ts';

/** One message of an intake subscription or of `retried-events`. */
export type IncomingEvent = {
  body: Uint8Array;
  /** When the first copy of it reached the broker. */
  arrived: Date;
  /** How often it has been parked because our own storage was away. */
  parked: number;
  /** How often it has been put back from a dead-letter queue. */
  resubmitted: number;
};

export type IntakeDependencies = PlaceDependencies &
  WaitDependencies & {
    hours: Hours;
    subjects: Subjects;
    deliveries: Deliveries;
    rejectedEvents: RejectedEvents;
    queues: Queues;
    random: Random;
    linkHosts: readonly string[];
    /** More for one recipient on one day are taken for a loop upstream. */
    deliveriesPerSubjectAndDay: number;
  };

/** Deliveries of one event that still have to be stored, and those whose copy 0 may only have to be sent. */
export type Work = { fresh: readonly Plan[]; stored: readonly Plan[] };

type Unfinished = { incoming: IncomingEvent; error: unknown };

/**
 * Takes a batch of events: parse, record, plan, store, schedule. A fault of an event is recorded and done with. A fault
 * of ours parks the events that it hit; only when parking fails too does this reject, so that the broker keeps them.
 * Every step may be run again.
 */
export async function takeEvents(batch: readonly IncomingEvent[], dependencies: IntakeDependencies): Promise<void> {
  const parsed = batch.map((incoming) => ({
    incoming,
    event: parseEvent(incoming.body, incoming.arrived, dependencies.linkHosts),
  }));
  const bySubject = Map.groupBy(parsed, ({ incoming, event }) =>
    event.ok ? JSON.stringify([event.event.source, event.event.subject]) : incoming,
  );

  const { clock, limits } = dependencies;
  const started = clock.monotonic();
  const inTime = (): void => {
    if (clock.monotonic() - started > limits.lock / 2) throw new Error('our services are too slow');
  };
  const unfinished: Unfinished[] = [];
  const works: { incoming: IncomingEvent; work: Work & Waits }[] = [];
  await Promise.all(
    [...bySubject.values()].map(async (events) => {
      for (const [index, { incoming, event }] of events.entries())
        try {
          inTime();
          works.push({ incoming, work: await takeEvent(incoming, event, dependencies) });
        } catch (error) {
          // The next one of this subject would meet the same fault, and the lock of the batch is not renewed.
          unfinished.push(...events.slice(index).map((later) => ({ incoming: later.incoming, error })));
          return;
        }
    }),
  );

  try {
    inTime();
    const placing = works.map(({ work }) => work);
    const waits = await storeVersions(placing, dependencies);
    await placeAndSchedule(placing, dependencies);
    await startWaiting(waits, dependencies);
  } catch (error) {
    const open = works.filter(({ work }) => work.fresh.length + work.stored.length > 0 || work.version);
    unfinished.push(...open.map(({ incoming }) => ({ incoming, error })));
  }
  if (unfinished.length > 0) await park(unfinished, dependencies);
}

async function takeEvent(
  incoming: IncomingEvent,
  event: ParsedEvent,
  dependencies: IntakeDependencies,
): Promise<Work & Waits> {
  if (event.ok) return recordEvent(incoming, event, dependencies);
  await reject(incoming, event, event.reasons, dependencies);
  return NOTHING;
}

const NOTHING: Work = { fresh: [], stored: [] };

async function recordEvent(
  incoming: IncomingEvent,
  parsed: { event: DomainEvent; contentHash: string },
  dependencies: IntakeDependencies,
): Promise<Work & Waits> {
  const { subjects, addressHashes, deliveriesPerSubjectAndDay, clock, log } = dependencies;
  const { event, contentHash } = parsed;
  const { arrived } = incoming;
  const plans = planned(event, arrived);
  if (!plans) {
    log('error', 'event-not-planned', { trace: event.trace, type: event.type });
    await reject(incoming, event, [NOT_PLANNED], dependencies);
    return NOTHING;
  }
  const record: EventRecord = {
    source: event.source,
    subject: event.subject,
    id: event.id,
    type: event.type,
    arrived,
    time: event.time,
    contentHash,
    deliveries: plans.map(({ id }) => id),
    ...('appointment' in event.data && { until: new Date(event.data.appointment.start) }),
  };
  for (;;) {
    const current = await subjects.current(event.source, event.subject);
    const { verdicts, next } = judge(event, plans, current, {
      arrived,
      most: deliveriesPerSubjectAndDay,
      hashesOf: ({ channel, address }) => addressHashes(channel, address),
    });
    const result = await subjects.take({ ...record, ...verdicts }, next);
    if (result === 'taken') {
      log('info', 'event-taken', {
        trace: event.trace,
        type: event.type,
        deliveries: plans.length,
        span: spanOfEvent(event),
        ...(event.parent && { parent: event.parent }),
        arrivedAfter: secondsBetween(event.time, arrived),
        took: secondsBetween(arrived, clock.now()),
      });
      logPlanned(plans, log);
      if (verdicts.loopBegins) alarmOfLoop(event, dependencies);
      return { fresh: withHeld(plans, verdicts.held), stored: [], ...waitsOf(event, arrived, current, next) };
    }
    if (result === 'known') break;
  }
  const stored = await subjects.event(event.source, event.subject, event.id);
  if (!stored) throw new Error('an event that was known a moment ago cannot be read');
  if (stored === 'forgotten') {
    log('info', 'event-known', { trace: event.trace, type: event.type, forgotten: true });
    return NOTHING;
  }
  if (stored.contentHash !== contentHash) {
    const reasons = [
      { path: 'id', expected: 'the same content as the earlier event with this source, subject and id' },
    ];
    await reject(incoming, { ...event }, reasons, dependencies);
    return NOTHING;
  }
  log('info', 'event-known', { trace: event.trace, type: event.type });
  const first = { ...event, time: stored.time };
  const again = planEvent(first, stored.arrived);
  const work = await unfinishedWork(withHeld(again, stored.held ?? {}), dependencies);
  // An earlier run that died before it stored the rows may have died before its alarm.
  if (stored.loopBegins && work.fresh.length > 0) alarmOfLoop(event, dependencies);
  return { ...work, ...versionIn(first, stored.arrived) };
}

/** Undefined when planning itself fails: a fault of ours that coming again does not mend. */
function planned(event: DomainEvent, arrived: Date): Plan[] | undefined {
  try {
    return planEvent(event, arrived);
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

const NOT_PLANNED: Reason = {
  path: '$',
  expected: 'an event that we can plan; it is a fault of ours, retry it after a fix',
};

function alarmOfLoop({ trace, type }: DomainEvent, { log, deliveriesPerSubjectAndDay }: IntakeDependencies): void {
  log('error', 'loop-suspected', { trace, type, most: deliveriesPerSubjectAndDay });
}

/** What an earlier run may have left undone: rows that are absent, and rows that nobody has touched yet. */
export async function unfinishedWork(
  plans: readonly Plan[],
  { deliveries }: Pick<IntakeDependencies, 'deliveries'>,
): Promise<Work> {
  const rows = await Promise.all(plans.map(async (plan) => ({ plan, row: await deliveries.read(plan.id) })));
  return {
    fresh: rows.flatMap(({ plan, row }) => (row ? [] : [plan])),
    stored: rows.flatMap(({ row }) => (row?.progress.revision === 0 ? [row.plan] : [])),
  };
}

/** Slots first, then rows, then copy 0 of each; may be run again: slots that were booked and not stored pass unused. */
export async function placeAndSchedule(
  works: readonly Work[],
  dependencies: PlaceDependencies & Parameters<typeof storeAndSchedule>[1],
): Promise<void> {
  const fresh = await placePlans(
    works.flatMap((work) => work.fresh),
    dependencies,
  );
  await storeAndSchedule({ fresh, stored: works.flatMap((work) => work.stored) }, dependencies);
}

/** Whoever plans deliveries does it with this: rows first, then copy 0 of each for its slot; may be run again. */
export async function storeAndSchedule(
  { fresh, stored }: Work,
  dependencies: Pick<IntakeDependencies, 'deliveries' | 'queues' | 'hours' | 'clock'> & {
    limits: Pick<Limits, 'shortWait'>;
  },
): Promise<void> {
  const { deliveries, queues, clock, limits } = dependencies;
  if (fresh.length > 0) await deliveries.plan(fresh);
  const schedule = [...fresh, ...stored];
  await reopenPastHours(schedule, dependencies);
  const now = clock.now();
  const byChannel = Map.groupBy(schedule, ({ channel }): Channel => channel);
  await Promise.all(
    [...byChannel].map(([channel, plans]) =>
      queues.sendCopies(
        channel,
        plans.map(({ id, firstSlot, firstBooking }) => {
          const wake = wakeFor({ at: firstSlot, booking: firstBooking }, limits);
          return { copy: { delivery: id, copy: 0, slot: firstSlot.toISOString() }, ...(wake > now && { at: wake }) };
        }),
      ),
    ),
  );
}

/** Housekeeping may have closed an hour that a late delivery now belongs to. */
async function reopenPastHours(
  plans: readonly Plan[],
  { hours, clock }: Pick<IntakeDependencies, 'hours' | 'clock'>,
): Promise<void> {
  const thisHour = clock.now().toISOString().slice(0, 13);
  const past = new Set(plans.map(({ id }) => hourOf(id)).filter((hour) => hour < thisHour));
  await Promise.all([...past].map((hour) => hours.reopen(hour)));
}

/** Of one rejected event, in the log. */
const MOST_PATHS = 20;

async function reject(
  incoming: IncomingEvent,
  { source, subject, id, type }: { source: string; subject: string; id: string; type: string },
  reasons: readonly Reason[],
  { rejectedEvents, clock, log }: IntakeDependencies,
): Promise<void> {
  const { arrived, body } = incoming;
  await rejectedEvents.put({ at: clock.now(), arrived, source, subject, id, type, reasons, body });
  const paths = reasons.slice(0, MOST_PATHS).map(({ path }) => path);
  log('warn', 'event-rejected', { reasons: paths.join(', '), count: reasons.length });
}

async function park(unfinished: readonly Unfinished[], dependencies: IntakeDependencies): Promise<void> {
  const { queues, clock, random, limits, log } = dependencies;
  const now = clock.now();
  const parked = unfinished.map(({ incoming: { body, arrived, parked, resubmitted } }): ParkedEvent => {
    const pause = fullJitter(parked, { first: limits.parkFirst, longest: limits.parkLongest }, random);
    return { body, arrived, parked: parked + 1, resubmitted, at: new Date(now.getTime() + pause) };
  });
  const why = unfinished[0]!.error;
  log('error', 'events-parked', { count: parked.length, error: why instanceof Error ? why.message : 'unknown' });
  try {
    await queues.parkEvents(parked);
  } catch (error) {
    await clock.wait(limits.shortWait);
    throw error;
  }
}
