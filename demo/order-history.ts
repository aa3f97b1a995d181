import type { OrderEventType } from '../shared/order-events.ts';
import { type Happening, happeningsIn } from '../shared/order-history.ts';
import { endsBy, type ExpectedDelivery, type Publication, type Stream, withLater } from './expectation.ts';
import { orderEvent } from './order-event.ts';
import { identityOf, MESSAGE_OF, type PublishedEvent } from './published-event.ts';
import { personOf } from './people-of-files.ts';
import { diceFrom } from './random.ts';

const HOUR = 3_600_000;

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

const SHOP = {
  source: '/shops/casa-feliz',
  name: 'Casa Feliz',
  language: 'pt-BR',
  domain: 'casa-feliz.example',
  trackingHost: 'track.example.com',
  carrier: 'Correio Azul',
};

/**
 * A real order history as a stream that is published at once.
 * @throws CsvRowsError when the file is none
 */
export function orderHistory(csv: string, now: Date): Stream {
  const publications: Publication[] = [];
  const deliveries: ExpectedDelivery[] = [];
  for (const happening of happeningsIn(csv, now)) {
    const { type, time, later } = happening;
    const event = eventOf(happening);
    publications.push({
      at: 0,
      body: new TextEncoder().encode(JSON.stringify(event)),
      event: identityOf(event),
      verdict: 'taken',
    });
    const ends = withLater(endsBy(time.getTime() + WORTH_SENDING[type] - now.getTime()), type, later);
    for (const channel of ['sms', 'email'] as const)
      deliveries.push({ event: identityOf(event), message: MESSAGE_OF[type], channel, ends });
  }
  return { publications, deliveries, optedOut: [] };
}

function eventOf({ order: number, customer, type, time, promisedBy }: Happening): PublishedEvent {
  const dice = diceFrom('order', number);
  const order = {
    shop: SHOP,
    number,
    total: { amount: 1_990 + dice.roll(40_000), currency: 'BRL' },
    items: [{ name: 'Order item', quantity: 1 + dice.roll(2) }],
    customer: personOf(customer, ['pt-BR', 'pt-BR', 'en-US', 'de-DE']),
    promisedBy,
    deliveredAt: time,
  };
  return orderEvent(order, { type, id: `${number}:${type}`, time });
}
