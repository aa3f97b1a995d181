/** What planning takes from the state of a subject. It is kept with the event, so that planning again says the same. */
import type { Plan } from './delivery.ts';
import type { DomainEvent } from './events.ts';
import { countDeliveries } from './loops.ts';
import type { Current, Held } from './ports.ts';
import { isOldNews, newestAfter } from './subject.ts';

/** `loopBegins`: this event is the first of its subject and day with more deliveries than are allowed. */
export type Verdicts = { held: Held; loopBegins: boolean };

/**
 * Which deliveries of a new event are not sent because of what is known of its subject, and what is known from then on.
 * Only what would be sent is counted.
 * @param most deliveries for one recipient on one UTC day
 */
export function judge(
  event: DomainEvent,
  plans: readonly Plan[],
  current: Current,
  { arrived, most, hashesOf }: { arrived: Date; most: number; hashesOf: (plan: Plan) => readonly string[] },
): { verdicts: Verdicts; next: Current } {
  const newest = newestAfter(current.newest, event);
  const sendable = plans.filter(({ unsendable }) => !unsendable);
  const old = sendable.filter((plan) => isOldNews(plan, newest));
  const fresh = sendable.filter((plan) => !old.includes(plan));
  const { counts, surplus, begins } = countDeliveries(current.counts, {
    day: arrived.toISOString().slice(0, 10),
    recipients: fresh.map(hashesOf),
    most,
  });
  const held: Held = Object.fromEntries([
    ...old.map(({ id }) => [id, 'superseded']),
    ...fresh.filter((_, index) => surplus[index]).map(({ id }) => [id, 'loop-suspected']),
  ]);
  return { verdicts: { held, loopBegins: begins }, next: { ...current, newest, counts } };
}

export const withHeld = (plans: readonly Plan[], held: Held): Plan[] =>
  plans.map((plan) => {
    const cause = held[plan.id];
    return cause ? { ...plan, unsendable: cause } : plan;
  });
