import type { OrderEventType } from '../shared/order-events.ts';
import type { EventIdentity } from './expectation.ts';
import type { Recipient } from './recipients.ts';
import type { Shop } from './shops.ts';

const DAY = 86_400_000;

export type Order = {
  shop: Pick<Shop, 'source' | 'name' | 'language' | 'domain' | 'trackingHost' | 'carrier'>;
  number: string;
  total: { amount: number; currency: string };
  items: readonly { name: string; quantity: number }[];
  customer: Recipient;
  promisedBy: Date;
  deliveredAt: Date;
};

/** An event as its publisher writes it: a CloudEvents 1.0 envelope around the data of `docs/events.md`. */
export type OrderEvent = {
  specversion: '1.0';
  id: string;
  source: string;
  type: OrderEventType;
  time: string;
  subject: string;
  datacontenttype: 'application/json';
  data: Record<string, unknown>;
};

export type News = {
  type: OrderEventType;
  id: string;
  time: Date;
  expiresAt?: Date;
};

export function orderEvent(order: Order, { type, id, time, expiresAt }: News): OrderEvent {
  const { shop, number, total, items, customer } = order;
  return {
    specversion: '1.0',
    id,
    source: shop.source,
    type,
    time: time.toISOString(),
    subject: `order:${number}`,
    datacontenttype: 'application/json',
    data: {
      order: { number, total, items, trackingLink: `https://${shop.trackingHost}/o/${encodeURIComponent(number)}` },
      shop: {
        name: shop.name,
        language: shop.language,
        replyTo: `service@${shop.domain}`,
        supportAddress: `help@${shop.domain}`,
      },
      customer,
      ...(expiresAt ? { expiresAt: expiresAt.toISOString() } : {}),
      ...whatHappened(type, order),
    },
  };
}

function whatHappened(type: OrderEventType, { total, promisedBy, deliveredAt, shop }: Order): Record<string, unknown> {
  const at = promisedBy.toISOString();
  const later = (days: number) => new Date(promisedBy.getTime() + days * DAY).toISOString();
  const carried = { carrier: shop.carrier, expectedBy: at };
  return {
    'order.placed': { promisedBy: at },
    'order.confirmed': { promisedBy: at },
    'order.delayed': { promisedBy: at, newPromisedBy: later(2) },
    'order.shipped': carried,
    'order.out-for-delivery': carried,
    'order.delivered': { deliveredAt: deliveredAt.toISOString(), leftAt: 'neighbour' },
    'order.cancelled': { reason: 'out-of-stock', refundFollows: true },
    'order.refunded': { refund: total, refundedBy: later(5) },
  }[type];
}

export const identityOf = ({ source, subject, id }: OrderEvent): EventIdentity => ({ source, subject, id });

/** Our message about each event. */
export const MESSAGE_OF: Record<OrderEventType, string> = {
  'order.placed': 'order-placed',
  'order.confirmed': 'order-confirmed',
  'order.delayed': 'order-delayed',
  'order.shipped': 'order-shipped',
  'order.out-for-delivery': 'order-out-for-delivery',
  'order.delivered': 'order-delivered',
  'order.cancelled': 'order-cancelled',
  'order.refunded': 'order-refunded',
};
