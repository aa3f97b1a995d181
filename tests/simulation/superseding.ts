import type { Plan } from '../../shared/delivery.ts';
import { messageOf } from '../../shared/messages/catalogue.ts';
import type { Published } from './publications.ts';
import type { World } from './violations.ts';

type Known = Pick<World, 'published' | 'journal'>;

/** Newer news of the subject that makes it pointless to tell this. Of all but reminders. */
export function superseding(plan: Plan, { published }: Pick<World, 'published'>): Published[] {
  const types: readonly string[] = messageOf(plan)?.supersededBy ?? [];
  const isNewer = ({ time, version }: Published): boolean =>
    version ? version.revision > (plan.eventRevision ?? -1) : time > plan.eventTime.getTime();
  return published.flatMap(({ event }) =>
    event?.subject === plan.subject && types.includes(event.type) && isNewer(event) ? [event] : [],
  );
}

/** From when on such news was known to be taken. */
export const supersededAt = (plan: Plan, world: Known): number =>
  Math.min(Infinity, ...superseding(plan, world).map(({ id }) => world.journal.taken.get(id) ?? Infinity));

/** The versions of an appointment, by their revisions. */
export const versionsOf = (subject: string, { published }: Pick<World, 'published'>): Published[] =>
  published
    .flatMap(({ event, again }) => (event?.version && event.subject === subject && !again ? [event] : []))
    .sort((a, b) => a.version!.revision - b.version!.revision);

export const takesPlace = ({ type }: Published): boolean =>
  type === 'appointment.booked' || type === 'appointment.rescheduled';

/** Whether it says that the visit begins then. */
export const begins = (version: Published, start: number): boolean =>
  takesPlace(version) && version.version?.start === start;
