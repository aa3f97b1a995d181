import type { EventType } from '../events.ts';
import type { Message } from './message.ts';
import { orderDelayed } from './order-delayed.ts';
import { orderOutForDelivery } from './order-out-for-delivery.ts';
import { orderPlaced } from './order-placed.ts';

/** Every message, by the event that it tells of. */
export const MESSAGES: { readonly [Type in EventType]: Message<Type> } = {
  'order.placed': orderPlaced,
  'order.delayed': orderDelayed,
  'order.out-for-delivery': orderOutForDelivery,
};
