import { describe, expect, it } from 'vitest';
import { orderHistory } from '../../demo/order-history.ts';
import { parseEvent } from '../../shared/events.ts';

const HEAD = 'order_id,customer,status,purchased,approved,handed_to_carrier,delivered,promised';
const ROWS = [
  'o1,c1,delivered,2017-11-20T10:00,2017-11-20T10:05,2017-11-21T09:00,2017-11-24T12:00,2017-11-30',
  'o2,c2,delivered,2017-11-20T11:00,2017-11-20T11:05,2017-11-22T09:00,2017-11-26T08:00,2017-11-25',
  'o3,c1,canceled,2017-11-24T11:00,2017-11-24T11:05,,,2017-11-25',
  'o4,c3,shipped,2017-11-24T11:00,2017-11-24T11:05,2017-11-24T17:00,,2017-11-25',
];
const now = new Date('2026-11-21T12:00:00Z');
const history = (rows: readonly string[] = ROWS, at = now) => orderHistory([HEAD, ...rows].join('\n'), at);
const eventsOf = (stream: ReturnType<typeof history>) =>
  stream.publications.map(
    ({ body }) =>
      JSON.parse(new TextDecoder().decode(body)) as {
        id: string;
        time: string;
        data: { customer: object };
      },
  );

describe('order history', () => {
  it('tells of placing, hand-over, delivery, cancellation, and the end of a promised day without a delivery', () => {
    expect(eventsOf(history()).map(({ id }) => id)).toEqual([
      'o1:order.placed',
      'o2:order.placed',
      'o1:order.shipped',
      'o2:order.shipped',
      'o3:order.placed',
      'o4:order.placed',
      'o1:order.delivered',
      'o4:order.shipped',
      'o3:order.cancelled',
      'o2:order.delayed',
      'o4:order.delayed',
      'o2:order.delivered',
    ]);
  });

  it('moves all times by whole days, so that the last event is less than a day old', () => {
    const times = eventsOf(history()).map(({ time }) => time);
    expect(times.at(-1)).toBe('2026-11-21T11:00:00.000Z');
    expect(times[0]).toBe('2026-11-15T13:00:00.000Z');
  });

  it('expects what is too old to expire, and leaves open what falls due about now', () => {
    const ends = new Map(history().deliveries.map(({ event, ends: of }) => [event.id, of]));
    expect(ends.get('o1:order.placed')).toEqual(['expired/deadline-passed']);
    expect(ends.get('o4:order.delayed')).toEqual(['delivered/arrived']);
    const late = history(ROWS, new Date('2026-11-21T14:45:00Z')).deliveries.find(
      ({ event }) => event.id === 'o4:order.delayed',
    );
    expect(late?.ends).toEqual(['delivered/arrived', 'expired/deadline-passed']);
  });

  it('makes up the same recipient for the same customer', () => {
    const events = new Map(eventsOf(history()).map(({ id, data }) => [id, data.customer]));
    expect(events.get('o3:order.placed')).toEqual(events.get('o1:order.placed'));
    expect(events.get('o4:order.placed')).not.toEqual(events.get('o1:order.placed'));
  });

  it('makes events that keep to the contract', () => {
    for (const { body } of history().publications)
      expect(parseEvent(body, now, ['track.example.com'])).toMatchObject({ ok: true });
  });

  it.each([
    ['which cell is wrong', 'o9,c9,delivered,yesterday,,,,2017-11-30', /row 5, purchased: expected a time/],
    ['that there are too few cells', 'o9,c9', /^The order history is no CSV: /],
  ])('says %s', (_, row, message) => {
    expect(() => history([...ROWS, row])).toThrow(message);
  });

  it.each([
    ['one column', HEAD.replace('order_id', 'order'), /^The order history cannot be used: column order_id is missing/],
    ['several columns', 'order_id;customer;status', /: columns order_id, customer, status, purchased, .* are missing/],
  ])('says that the file lacks %s, before it looks at a row', (_, head, message) => {
    expect(() => orderHistory([head, ...ROWS].join('\n'), now)).toThrow(message);
  });

  it('says that a file without orders holds none', () => {
    expect(() => history([])).toThrow('The order history holds no orders.');
  });
});
