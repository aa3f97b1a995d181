/** What is newest about an order or appointment, and what that makes of older news. */
import { APPOINTMENT_EVENT_TYPES, isStanding } from './appointment-events.ts';
import type { Plan } from './delivery.ts';
import type { DomainEvent, EventType } from './events.ts';
import { messageOf } from './messages/catalogue.ts';
import type { CurrentEvents } from './ports.ts';

type Version = CurrentEvents[string];

/**
 * The newest event per type once this one is known, whatever order they came in: the higher revision (none counts less
 * than any), then the later time, then the greater id. Gives back `current` itself when the event is not newer.
 */
export function newestAfter(current: CurrentEvents, event: DomainEvent): CurrentEvents {
  const { data } = event;
  const candidate: Version = {
    ...(data.revision === undefined ? {} : { revision: data.revision }),
    time: event.time.toISOString(),
    id: event.id,
    ...('appointment' in data ? { start: new Date(data.appointment.start).toISOString() } : {}),
  };
  const newest = current[event.type];
  return newest && !isNewer(candidate, newest) ? current : { ...current, [event.type]: candidate };
}

function isNewer(a: Version, b: Version): boolean {
  const [revisionA, revisionB] = [a.revision ?? -1, b.revision ?? -1];
  if (revisionA !== revisionB) return revisionA > revisionB;
  const [timeA, timeB] = [Date.parse(a.time), Date.parse(b.time)];
  return timeA === timeB ? a.id > b.id : timeA > timeB;
}

/** The newest event about an appointment, of whatever type; `start` only while it is to take place. */
export function versionOf(current: CurrentEvents): { id: string; start?: string } | undefined {
  const versions = APPOINTMENT_EVENT_TYPES.flatMap((type) => (current[type] ? [{ type, ...current[type] }] : []));
  const newest = versions.reduce<(typeof versions)[number] | undefined>(
    (best, version) => (best && isNewer(best, version) ? best : version),
    undefined,
  );
  if (!newest) return undefined;
  const { id, start } = newest;
  return isStanding(newest) && start !== undefined ? { id, start } : { id };
}

/** Can anything that happens later make this delivery pointless? */
export const canBecomeOld = (plan: Pick<Plan, 'message' | 'eventType'>): boolean => supersededBy(plan).length > 0;

/** Is there newer news of the subject that, as its message says, makes this delivery pointless? A reminder of a start that still holds is none. */
export function isOldNews(
  plan: Pick<Plan, 'message' | 'eventType' | 'eventId' | 'eventTime' | 'eventRevision' | 'reminder'>,
  current: CurrentEvents,
): boolean {
  if (plan.reminder) return versionOf(current)?.start !== plan.reminder.start.toISOString();
  const { eventType, eventId, eventTime, eventRevision } = plan;
  const version: Version = {
    ...(eventRevision === undefined ? {} : { revision: eventRevision }),
    time: eventTime.toISOString(),
    id: eventId,
  };
  return supersededBy(plan).some((type) => {
    const newest = current[type];
    if (!newest) return false;
    return type === eventType ? isNewer(newest, version) : isLater(newest, version);
  });
}

/** Of a message that we no longer know: none. */
const supersededBy = (plan: Pick<Plan, 'message' | 'eventType'>): readonly EventType[] =>
  messageOf(plan)?.supersededBy ?? [];

/**
 * Between two types revisions decide only where both have one, else the time; on a tie neither is later, so that two
 * pieces of news never silence each other.
 */
function isLater(a: Version, b: Version): boolean {
  if (a.revision !== undefined && b.revision !== undefined && a.revision !== b.revision) return a.revision > b.revision;
  return Date.parse(a.time) > Date.parse(b.time);
}
