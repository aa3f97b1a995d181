import { CsvError, parse } from 'csv-parse/sync';
import { z } from 'zod';
import type { OrderEventType } from '../shared/order-events.ts';
import { StartError } from './child.ts';
import { type End, type ExpectedDelivery, type Publication, type Stream, withLater } from './expectation.ts';
import { identityOf, MESSAGE_OF, orderEvent, type OrderEvent } from './order-event.ts';
import { diceFrom } from './random.ts';
import type { Recipient } from './recipients.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

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
type Happening = { row: Row; type: OrderEventType; time: number };

/** How long our messages are worth sending, as `docs/events.md` promises it. */
const WORTH_SENDING: Record<OrderEventType, number> = {
  'order.placed': 24 * HOUR,
  'order.delayed': 12 * HOUR,
  'order.out-for-delivery': 8 * HOUR,
};
/** A deadline that passes so soon may be met or missed. */
const ABOUT_NOW = 30 * MINUTE;

const SHOP = {
  source: '/shops/casa-feliz',
  name: 'Casa Feliz',
  language: 'en',
  domain: 'casa-feliz.example',
  trackingHost: 'track.example.com',
  carrier: 'Correio Azul',
};
const NAMES = ['Ana Souza', 'Bruno Lima', 'Carla Nunes', 'Diego Araújo', 'Elisa Prado', 'Fábio Melo'] as const;

/**
 * A real order history as a stream that is published at once. All times move by whole days, so that the last event
 * happened within the last day.
 * @throws StartError when the file is none
 */
export function orderHistory(csv: string, now: Date): Stream {
  const happenings = readRows(csv).flatMap(happeningsOf);
  if (happenings.length === 0) throw new StartError('The order history holds no orders.');
  const ofOrder = Map.groupBy(happenings, ({ row }) => row);
  const last = Math.max(...happenings.map(({ time }) => time));
  const shift = Math.floor((now.getTime() - last) / DAY) * DAY;

  const publications: Publication[] = [];
  const deliveries: ExpectedDelivery[] = [];
  for (const { row, type, time } of happenings.toSorted((a, b) => a.time - b.time)) {
    const event = eventOf(row, type, time + shift, shift);
    publications.push({
      at: 0,
      body: new TextEncoder().encode(JSON.stringify(event)),
      event: identityOf(event),
      verdict: 'taken',
    });
    const later = (ofOrder.get(row) ?? []).filter((other) => other.time > time).map((other) => other.type);
    const ends = withLater(endsOf(time + shift + WORTH_SENDING[type] - now.getTime()), type, later);
    for (const channel of ['sms', 'email'] as const)
      deliveries.push({ event: identityOf(event), message: MESSAGE_OF[type], channel, ends });
  }
  return { publications, deliveries, optedOut: [] };
}

function readRows(csv: string): Row[] {
  try {
    const rows = z.array(rowSchema).safeParse(parse(csv, { columns: true, bom: true, skip_empty_lines: true }));
    if (rows.success) return rows.data;
    const { path, message } = rows.error.issues[0]!;
    throw new StartError(
      `The order history cannot be used: row ${Number(path[0]) + 1}, ${String(path[1])}: ${message}`,
    );
  } catch (error) {
    if (error instanceof CsvError) throw new StartError(`The order history is no CSV: ${error.message}`);
    throw error;
  }
}

function happeningsOf(row: Row): Happening[] {
  const { purchased, handed_to_carrier: handed, delivered, promised, status } = row;
  const isDropped = status === 'canceled' || status === 'unavailable';
  const isLate = !isDropped && (delivered === undefined || delivered >= promised);
  return [
    { row, type: 'order.placed', time: purchased },
    ...(handed === undefined ? [] : [{ row, type: 'order.out-for-delivery' as const, time: handed }]),
    ...(isLate ? [{ row, type: 'order.delayed' as const, time: promised }] : []),
  ];
}

function eventOf(row: Row, type: OrderEventType, time: number, shift: number): OrderEvent {
  const dice = diceFrom('order', row.order_id);
  const order = {
    shop: SHOP,
    number: row.order_id,
    total: { amount: 1_990 + dice.roll(40_000), currency: 'BRL' },
    items: [{ name: 'Order item', quantity: 1 + dice.roll(2) }],
    customer: recipientOf(row.customer),
    promisedBy: new Date(row.promised + shift),
  };
  return orderEvent(order, { type, id: `${row.order_id}:${type}`, time: new Date(time) });
}

/** Always the same for the same customer. */
function recipientOf(customer: string): Recipient {
  const dice = diceFrom('customer', customer);
  return {
    name: dice.pick(NAMES),
    phone: `+55119${6 + dice.roll(4)}${String(dice.roll(10_000_000)).padStart(7, '0')}`,
    email: `customer.${customer.replaceAll(/[^A-Za-z0-9]/g, '').slice(0, 32)}@mail.example.net`,
    locale: dice.pick(['pt-BR', 'pt-BR', 'en-US', 'de-DE']),
    timeZone: 'America/Sao_Paulo',
    country: 'BR',
    region: 'São Paulo',
    channels: ['sms', 'email'],
  };
}

/** @param left milliseconds until the deadline */
function endsOf(left: number): readonly [End, ...End[]] {
  if (left <= 0) return ['expired/deadline-passed'];
  return left < ABOUT_NOW ? ['delivered/arrived', 'expired/deadline-passed'] : ['delivered/arrived'];
}
