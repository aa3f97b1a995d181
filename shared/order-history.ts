/** A real order history as what happened to its orders, moved to now: columns as in `orders.csv` of the README. */
import { z } from 'zod';
import { CsvRowsError, rowsIn } from './csv-rows.ts';
import type { OrderEventType } from './order-events.ts';

export type Happening = {
  order: string;
  customer: string;
  type: OrderEventType;
  time: Date;
  /** Until when the order was promised, from its first day on. */
  promisedBy: Date;
  /** What happened to the same order afterwards. */
  later: readonly OrderEventType[];
};

const DAY = 86_400_000;

/** Local to São Paulo, which has kept to UTC-3 since 2019. */
const ZONE = '-03:00';
const moment = z
  .string()
  .regex(/^$|^\d{4}-\d\d-\d\dT\d\d:\d\d$/, 'expected a time such as 2017-11-24T18:05')
  .transform((text) => (text === '' ? undefined : Date.parse(`${text}${ZONE}`)));

const rowSchema = z.object({
  order_id: z.string().min(1),
  customer: z.string().min(1),
  status: z.string(),
  purchased: moment.refine((value) => value !== undefined, 'expected a time').transform((value) => value ?? 0),
  handed_to_carrier: moment,
  delivered: moment,
  /** A day, over at its midnight. */
  promised: z
    .string()
    .regex(/^\d{4}-\d\d-\d\d$/, 'expected a day such as 2017-12-05')
    .transform((text) => Date.parse(`${text}T00:00${ZONE}`) + DAY),
});

type Row = z.output<typeof rowSchema>;

/**
 * In the order of time. All times move by whole days, so that the last event happened within the last day.
 * @throws CsvRowsError when the file is none
 */
export function happeningsIn(csv: string, now: Date): Happening[] {
  const orders = rowsIn(csv, rowSchema, 'The order history').map((row) => ({ row, events: eventsOf(row) }));
  if (orders.length === 0) throw new CsvRowsError('The order history holds no orders.');
  const last = orders.reduce((latest, { events }) => Math.max(latest, ...events.map(({ time }) => time)), 0);
  const shift = Math.floor((now.getTime() - last) / DAY) * DAY;
  return orders
    .flatMap(({ row, events }) =>
      events.map(({ type, time }) => ({
        order: row.order_id,
        customer: row.customer,
        type,
        time: new Date(time + shift),
        promisedBy: new Date(row.promised + shift),
        later: events.filter((other) => other.time > time).map((other) => other.type),
      })),
    )
    .sort((a, b) => a.time.getTime() - b.time.getTime());
}

/** The file does not say when an order was dropped: a day after the last that we know of it. */
function eventsOf(row: Row): { type: OrderEventType; time: number }[] {
  const { purchased, handed_to_carrier: handed, delivered, promised, status } = row;
  const isDropped = status === 'canceled' || status === 'unavailable';
  const isLate = !isDropped && (delivered === undefined || delivered >= promised);
  return [
    { type: 'order.placed', time: purchased },
    ...(handed === undefined ? [] : [{ type: 'order.shipped' as const, time: handed }]),
    ...(delivered === undefined ? [] : [{ type: 'order.delivered' as const, time: delivered }]),
    ...(isDropped ? [{ type: 'order.cancelled' as const, time: (handed ?? purchased) + DAY }] : []),
    ...(isLate ? [{ type: 'order.delayed' as const, time: promised }] : []),
  ];
}
