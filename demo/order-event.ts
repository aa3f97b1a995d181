import type { OrderEventType } from '../shared/order-events.ts';
import { type PublishedEvent, publishedEvent } from './published-event.ts';
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

export type News = {
  type: OrderEventType;
  id: string;
  time: Date;
  expiresAt?: Date;
};

export function orderEvent(order: Order, { expiresAt, ...news }: News): PublishedEvent {
  const { shop, number, total, items } = order;
  return publishedEvent(
    order,
    { ...news, subject: `order:${number}` },
    {
      order: { number, total, items, trackingLink: `https://${shop.trackingHost}/o/${encodeURIComponent(number)}` },
      ...(expiresAt ? { expiresAt: expiresAt.toISOString() } : {}),
      ...whatHappened(news.type, order),
    },
  );
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
