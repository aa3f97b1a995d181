import type { DomainEvent } from './events.ts';
import type { CurrentEvents } from './ports.ts';

/**
 * The newest event per type once this one is known, whatever order they came in: the higher revision (none counts less
 * than any), then the later time, then the greater id. Gives back `current` itself when the event is not newer.
 */
export function newestAfter(current: CurrentEvents, event: DomainEvent): CurrentEvents {
  const { revision } = event.data;
  const candidate = {
    ...(revision === undefined ? {} : { revision }),
    time: event.time.toISOString(),
    id: event.id,
  };
  const newest = current[event.type];
  return newest && !isNewer(candidate, newest) ? current : { ...current, [event.type]: candidate };
}

function isNewer(a: CurrentEvents[string], b: CurrentEvents[string]): boolean {
  const [revisionA, revisionB] = [a.revision ?? -1, b.revision ?? -1];
  if (revisionA !== revisionB) return revisionA > revisionB;
  const [timeA, timeB] = [Date.parse(a.time), Date.parse(b.time)];
  return timeA === timeB ? a.id > b.id : timeA > timeB;
}
