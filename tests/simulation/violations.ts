import { parseAttemptId } from '../../shared/delivery-id.ts';
import type { Delivery } from '../../shared/delivery.ts';
import type { fakePorts } from '../fakes/ports.ts';
import type { Publication } from './publications.ts';
import type { Effect } from './provider.ts';
import type { Verdict } from './reporting.ts';

type World = {
  published: readonly Publication[];
  fakes: ReturnType<typeof fakePorts>;
  effects: readonly Effect[];
  verdicts: ReadonlyMap<string, Verdict>;
};

/** One line for everything that may never be, whatever went wrong on the way. */
export function violationsOf({ published, fakes, effects, verdicts }: World): string[] {
  const lines: string[] = [];
  const taken = new Map(fakes.subjects.taken.map((event) => [event.id, event]));
  const wanted = new Set(published.flatMap(({ event }) => (event ? [event.id] : [])));
  for (const id of wanted) {
    const event = taken.get(id);
    if (!event) lines.push(`event ${id} was lost`);
    else
      for (const delivery of event.deliveries)
        if (!fakes.deliveries.rows.has(delivery)) lines.push(`event ${id} was taken, its delivery never planned`);
  }
  const known = new Set([...taken.values()].flatMap(({ deliveries }) => deliveries));
  for (const id of fakes.deliveries.rows.keys()) if (!known.has(id)) lines.push(`${id} is a delivery of no event`);
  const bad = published.filter(({ event }) => !event).length;
  if (fakes.rejectedEvents.rows.size < bad) lines.push(`${bad} bad events, ${fakes.rejectedEvents.rows.size} kept`);

  const sends = new Map<string, number>();
  for (const { attempt } of effects) {
    const delivery = parseAttemptId(attempt)?.delivery ?? 'nothing of ours';
    sends.set(delivery, (sends.get(delivery) ?? 0) + 1);
  }
  for (const row of fakes.deliveries.rows.values())
    lines.push(...ofDelivery(row, sends.get(row.plan.id) ?? 0, verdicts.get(row.plan.id)));
  for (const delivery of sends.keys())
    if (![...fakes.deliveries.rows.keys()].some((id) => id === delivery))
      lines.push(`a message was sent for ${delivery}, which is no delivery`);

  for (const { plan, progress } of fakes.deliveries.rows.values()) {
    const failure = fakes.failures.rows.get(plan.id);
    const bad = ['failed', 'unknown', 'uncertain', 'expired'].includes(progress.status);
    const shown = failure !== undefined && failure.resolvedAt === undefined;
    if (bad !== shown || (bad && failure?.status !== progress.status))
      lines.push(
        `${plan.id} is ${progress.status}, its failure row says ${failure?.resolvedAt ? 'resolved' : failure?.status}`,
      );
  }
  return lines;
}

function ofDelivery(
  { plan, progress: { status, cause } }: Delivery,
  sends: number,
  verdict: Verdict | undefined,
): string[] {
  const name = `${plan.channel} ${plan.id} is ${status}/${cause}`;
  const lines: string[] = [];
  if (sends > 1) lines.push(`${name}: sent ${sends} times`);
  if (cause === 'waiting') lines.push(`${name}: has no cause`);
  if (sends === 0 && status !== 'uncertain') lines.push(`${name}: never sent`);
  if (status === 'uncertain' && plan.channel === 'email') lines.push(`${name}: the provider could have been asked`);
  if (sends === 1 && verdict !== 'unknown' && status !== verdict)
    lines.push(`${name}: its reports amount to ${verdict}`);
  if (sends === 1 && verdict === 'unknown' && status !== 'unknown' && status !== 'uncertain')
    lines.push(`${name}: no report ever came`);
  return lines;
}
