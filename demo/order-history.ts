import type { OrderEventType } from '../shared/order-events.ts';
import { type Happening, happeningsIn, OrderHistoryError } from '../shared/order-history.ts';
import { StartError } from './child.ts';
import { type End, type ExpectedDelivery, type Publication, type Stream, withLater } from './expectation.ts';
import { orderEvent } from './order-event.ts';
import { identityOf, MESSAGE_OF, type PublishedEvent } from './published-event.ts';
import { diceFrom } from './random.ts';
import type { Recipient } from './recipients.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** How long our messages are worth sending, as `docs/events.md` promises it. */
const WORTH_SENDING: Record<OrderEventType, number> = {
  'order.placed': 24 * HOUR,
  'order.confirmed': 24 * HOUR,
  'order.delayed': 12 * HOUR,
  'order.shipped': 24 * HOUR,
  'order.out-for-delivery': 8 * HOUR,
  'order.delivered': 12 * HOUR,
  'order.cancelled': 48 * HOUR,
  'order.refunded': 72 * HOUR,
};
/** A deadline that passes so soon may be met or missed. */
const ABOUT_NOW = 30 * MINUTE;

const SHOP = {
  source: '/shops/casa-feliz',
  name: 'Casa Feliz',
  language: 'pt-BR',
  domain: 'casa-feliz.example',
  trackingHost: 'track.example.com',
  carrier: 'Correio Azul',
};
const NAMES = ['Ana Souza', 'Bruno Lima', 'Carla Nunes', 'Diego Araújo', 'Elisa Prado', 'Fábio Melo'] as const;

/**
 * A real order history as a stream that is published at once.
 * @throws StartError when the file is none
 */
export function orderHistory(csv: string, now: Date): Stream {
  const publications: Publication[] = [];
  const deliveries: ExpectedDelivery[] = [];
  for (const happening of read(csv, now)) {
    const { type, time, later } = happening;
    const event = eventOf(happening);
    publications.push({
      at: 0,
      body: new TextEncoder().encode(JSON.stringify(event)),
      event: identityOf(event),
      verdict: 'taken',
    });
    const ends = withLater(endsOf(time.getTime() + WORTH_SENDING[type] - now.getTime()), type, later);
    for (const channel of ['sms', 'email'] as const)
      deliveries.push({ event: identityOf(event), message: MESSAGE_OF[type], channel, ends });
  }
  return { publications, deliveries, optedOut: [] };
}

function read(csv: string, now: Date): Happening[] {
  try {
    return happeningsIn(csv, now);
  } catch (error) {
    if (error instanceof OrderHistoryError) throw new StartError(error.message);
    throw error;
  }
}

function eventOf({ order: number, customer, type, time, promisedBy }: Happening): PublishedEvent {
  const dice = diceFrom('order', number);
  const order = {
    shop: SHOP,
    number,
    total: { amount: 1_990 + dice.roll(40_000), currency: 'BRL' },
    items: [{ name: 'Order item', quantity: 1 + dice.roll(2) }],
    customer: recipientOf(customer),
    promisedBy,
    deliveredAt: time,
  };
  return orderEvent(order, { type, id: `${number}:${type}`, time });
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
