import { instantOf } from '../../shared/delivery-id.ts';
import type { Current, EventRecord, Subjects } from '../../shared/ports.ts';
import { type OnCall, callsOf } from './calls.ts';
import { copied } from './copied.ts';

const keyOf = (source: string, subject: string) => JSON.stringify([source, subject]);

/** `taken` holds every event, in the order in which they were taken. */
export function fakeSubjects(onCall: OnCall): Subjects & { taken: EventRecord[] } {
  const { call } = callsOf('subjects', onCall);
  const taken: EventRecord[] = [];
  const currents = new Map<string, Current>();
  const forgotten = new Set<EventRecord>();
  const find = (source: string, subject: string, id: string) =>
    taken.find((event) => event.source === source && event.subject === subject && event.id === id);

  return {
    taken,
    event: (source, subject, id) =>
      call('event', () => {
        const event = find(source, subject, id);
        return event && forgotten.has(event) ? 'forgotten' : event;
      }),
    current: (source, subject) => call('current', () => currents.get(keyOf(source, subject)) ?? { newest: {} }),
    take: (event, { etag, ...current }) =>
      call('take', () => {
        if (find(event.source, event.subject, event.id)) return 'known';
        const key = keyOf(event.source, event.subject);
        if (currents.get(key)?.etag !== etag) return 'changed';
        taken.push(copied(event));
        currents.set(key, { ...copied(current), etag: `W/"${taken.length}"` });
        return 'taken';
      }),
    find: (subject) =>
      call('find', () => {
        const events = taken.filter((event) => event.subject === subject && !forgotten.has(event));
        return { events, deliveries: events.flatMap(({ deliveries }) => deliveries) };
      }),
    forget: (source, subject, since) =>
      call('forget', () => {
        const events = taken.filter((event) => event.source === source && event.subject === subject);
        const remembered = events.filter((event) => !forgotten.has(event));
        const instants = remembered.flatMap(({ arrived, until = arrived, deliveries }) => [
          arrived,
          until,
          ...deliveries.map(instantOf),
        ]);
        if (instants.some((instant) => instant >= since)) return 0;
        for (const event of remembered) forgotten.add(event);
        const index = remembered.flatMap(({ deliveries }) => deliveries).length;
        return remembered.length + index + (currents.delete(keyOf(source, subject)) ? 1 : 0);
      }),
  };
}
