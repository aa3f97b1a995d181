import type { EventType } from '../events.ts';
import type { Message } from './message.ts';
import { orderCancelled } from './order-cancelled.ts';
import { orderConfirmed } from './order-confirmed.ts';
import { orderDelayed } from './order-delayed.ts';
import { orderDelivered } from './order-delivered.ts';
import { orderOutForDelivery } from './order-out-for-delivery.ts';
import { orderPlaced } from './order-placed.ts';
import { orderRefunded } from './order-refunded.ts';
import { orderShipped } from './order-shipped.ts';

/** Every message, by the event that it tells of. */
export const MESSAGES: { readonly [Type in EventType]: Message<Type> } = {
  'order.placed': orderPlaced,
  'order.confirmed': orderConfirmed,
  'order.shipped': orderShipped,
  'order.out-for-delivery': orderOutForDelivery,
  'order.delayed': orderDelayed,
  'order.delivered': orderDelivered,
  'order.cancelled': orderCancelled,
  'order.refunded': orderRefunded,
};
