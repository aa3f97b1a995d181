import { CAUSES, type CauseText } from '../../shared/causes.ts';
import { parseAttemptId } from '../../shared/delivery-id.ts';
import type { Delivery } from '../../shared/delivery.ts';
import type { Status } from '../../shared/status.ts';
import { waitsForPerson } from './given-up.ts';
import { begins, superseding, versionsOf } from './superseding.ts';
import type { World } from './violations.ts';

const BAD: ReadonlySet<Status> = new Set(['failed', 'unknown', 'uncertain', 'expired']);

/** Nothing lost, nothing doubled, and every end the one that what happened amounts to, with its cause. */
export function outcomeViolations(world: World): string[] {
  const { fakes, effects, reporting } = world;
  const sends = new Map<string, number>();
  for (const { attempt } of effects) {
    const delivery = parseAttemptId(attempt)?.delivery ?? 'nothing of ours';
    sends.set(delivery, (sends.get(delivery) ?? 0) + 1);
  }
  const rows = new Map<string, Delivery>(fakes.deliveries.rows);
  const lines = [...ofEvents(world), ...ofFailures(world)];
  for (const row of rows.values()) lines.push(...ofDelivery(row, sends.get(row.plan.id) ?? 0, world));
  for (const delivery of sends.keys())
    if (!rows.has(delivery)) lines.push(`a message was sent for ${delivery}, which is no delivery`);
  const { rows: unmatched } = fakes.unmatchedReports;
  for (const id of reporting.foreign) if (!unmatched.has(id)) lines.push(`foreign report ${id} is not kept`);
  for (const id of unmatched.keys()) if (!reporting.foreign.has(id)) lines.push(`report ${id} found no delivery`);
  return lines;
}

function ofEvents(world: World): string[] {
  const { published, fakes } = world;
  const lines: string[] = [];
  const taken = new Map(fakes.subjects.taken.map((event) => [`${event.subject} ${event.id}`, event]));
  const wanted = new Map(published.flatMap(({ event }) => (event ? [[`${event.subject} ${event.id}`, event]] : [])));
  for (const [id, one] of wanted) {
    if (waitsForPerson(world, one)) continue;
    const event = taken.get(id);
    if (!event) lines.push(`event ${id} was lost`);
    else
      for (const delivery of event.deliveries)
        if (!fakes.deliveries.rows.has(delivery)) lines.push(`event ${id} was taken, its delivery never planned`);
  }
  if (fakes.subjects.taken.length > taken.size) lines.push('an event was taken twice');
  const known = new Set([...taken.values()].flatMap(({ deliveries }) => deliveries));
  for (const id of fakes.deliveries.rows.keys()) if (!known.has(id)) lines.push(`${id} is a delivery of no event`);
  // Bad ones that are empty are all the same; the first of two contents is taken, whichever it is.
  const rejected = published.filter(({ event, again, body }) => (!event || again === 'changed') && body.length > 0);
  if (fakes.rejectedEvents.rows.size < rejected.length)
    lines.push(`${rejected.length} bad events, ${fakes.rejectedEvents.rows.size} kept`);
  return lines;
}

function ofFailures({ fakes }: World): string[] {
  const lines: string[] = [];
  for (const { plan, progress } of fakes.deliveries.rows.values()) {
    const failure = fakes.failures.rows.get(plan.id);
    const bad = BAD.has(progress.status);
    const shown = failure !== undefined && failure.resolvedAt === undefined;
    if (bad !== shown || (bad && failure?.status !== progress.status))
      lines.push(
        `${plan.id} is ${progress.status}, its failure row says ${failure?.resolvedAt ? 'resolved' : failure?.status}`,
      );
  }
  return lines;
}

function ofDelivery(row: Delivery, sends: number, world: World): string[] {
  const { plan, progress } = row;
  const { status, cause, history } = progress;
  const verdict = world.reporting.verdicts.get(plan.id);
  const lines: string[] = [];
  const add = (what: string): void => void lines.push(`${plan.channel} ${plan.id} is ${status}/${cause}: ${what}`);
  if (sends > 1) add(`sent ${sends} times`);
  const { with: fitting }: CauseText = CAUSES[cause];
  if (!fitting.includes(status)) add('has no cause');
  if (!history.some((step) => step.status === status && step.cause === cause)) add('its timeline does not say so');
  if (sends === 0) {
    const reason = reasonNotSent(row, world);
    if (reason) add(reason);
  }
  // Its own early end may come before the answer to that question.
  if (status === 'uncertain' && plan.channel === 'email' && !plan.expiresAt && !isSuperseded(row, world))
    add('the provider could have been asked');
  if (sends === 1 && verdict !== 'unknown' && status !== verdict) add(`its reports amount to ${verdict}`);
  if (sends === 1 && verdict === 'unknown' && status !== 'unknown' && status !== 'uncertain')
    add('no report ever came');
  return lines;
}

/** Undefined when there is a good reason why nothing was sent. */
function reasonNotSent(row: Delivery, world: World): string | undefined {
  const { plan, progress } = row;
  switch (progress.status) {
    case 'uncertain':
      return progress.history.some(({ note = '' }) => note === 'called') ? undefined : 'nobody ever called';
    case 'skipped':
      return isSuperseded(row, world) ? undefined : 'skipped without newer news';
    case 'failed':
      return world.calls.some(({ delivery, refusedForGood }) => delivery === plan.id && refusedForGood)
        ? undefined
        : 'never refused for good';
    case 'expired': {
      if (!plan.expiresAt) return 'its news had no early end';
      const wasOff = world.heldBack.some(({ channel, from }) => channel === plan.channel && from < +plan.deadline);
      return progress.cause === 'channel-off' && !wasOff ? 'its channel was on' : undefined;
    }
    default:
      return 'never sent';
  }
}

/** Something newer came that makes it pointless. */
function isSuperseded({ plan }: Delivery, world: World): boolean {
  if (!plan.reminder) return superseding(plan, world).length > 0;
  const start = plan.reminder.start.getTime();
  return versionsOf(plan.subject, world).some((version) => !begins(version, start));
}
