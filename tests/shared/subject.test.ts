import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CurrentEvents } from '../../shared/ports.ts';
import { newestAfter } from '../../shared/subject.ts';
import { eventOf } from './order-event.ts';

const event = (id: string, time: string, revision?: number) =>
  eventOf('order.delayed', { envelope: { id, time }, data: { revision } });

const all = (events: { id: string; time: string; revision: number | undefined }[]) =>
  events.reduce<CurrentEvents>((current, each) => newestAfter(current, event(each.id, each.time, each.revision)), {});

describe('the newest event of a subject', () => {
  const first = newestAfter({}, event('a', '2026-11-21T08:00:00Z'));

  it('is kept per type', () => {
    const both = newestAfter(first, eventOf('order.placed', { envelope: { id: 'b', time: '2026-11-20T08:00:00Z' } }));
    expect(Object.keys(both)).toEqual(['order.delayed', 'order.placed']);
  });

  it('is the later one', () => {
    expect(newestAfter(first, event('b', '2026-11-21T08:00:01Z'))['order.delayed']?.id).toBe('b');
    expect(newestAfter(first, event('b', '2026-11-21T07:59:59Z'))).toBe(first);
  });

  it('is the one of the higher revision, whatever the time', () => {
    const second = newestAfter(first, event('b', '2026-11-21T07:00:00Z', 2));
    expect(second['order.delayed']).toMatchObject({ id: 'b', revision: 2 });
    expect(newestAfter(second, event('c', '2026-11-21T08:30:00Z', 1))).toBe(second);
  });

  it('does not change when the same event comes again', () => {
    expect(newestAfter(first, event('a', '2026-11-21T08:00:00Z'))).toBe(first);
  });

  it('is the same in whatever order the events come', () => {
    const any = fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'd'),
      time: fc.constantFrom('2026-11-21T08:00:00Z', '2026-11-21T08:00:01Z', '2026-11-21T09:00:01+01:00'),
      revision: fc.option(fc.nat(2), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 5 }), (events) => {
        expect(all(events.toReversed())).toEqual(all(events));
      }),
    );
  });
});
