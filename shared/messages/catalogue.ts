import type { Plan } from '../delivery.ts';
import { EVENT_TYPES, type EventType } from '../events.ts';
import { appointmentBooked } from './appointment-booked.ts';
import { appointmentCancelled } from './appointment-cancelled.ts';
import { appointmentCompleted } from './appointment-completed.ts';
import { appointmentMissed } from './appointment-missed.ts';
import { appointmentReminder } from './appointment-reminder.ts';
import { appointmentRescheduled } from './appointment-rescheduled.ts';
import type { Message } from './message.ts';
import { orderCancelled } from './order-cancelled.ts';
import { orderConfirmed } from './order-confirmed.ts';
import { orderDelayed } from './order-delayed.ts';
import { orderDelivered } from './order-delivered.ts';
import { orderOutForDelivery } from './order-out-for-delivery.ts';
import { orderPlaced } from './order-placed.ts';
import { orderRefunded } from './order-refunded.ts';
import { orderShipped } from './order-shipped.ts';

/** Every message that tells of an event, by its type. */
export const MESSAGES: { readonly [Type in EventType]: Message<Type> } = {
  'order.placed': orderPlaced,
  'order.confirmed': orderConfirmed,
  'order.shipped': orderShipped,
  'order.out-for-delivery': orderOutForDelivery,
  'order.delayed': orderDelayed,
  'order.delivered': orderDelivered,
  'order.cancelled': orderCancelled,
  'order.refunded': orderRefunded,
  'appointment.booked': appointmentBooked,
  'appointment.rescheduled': appointmentRescheduled,
  'appointment.cancelled': appointmentCancelled,
  'appointment.completed': appointmentCompleted,
  'appointment.missed': appointmentMissed,
};

/** The one message that tells of no event when it happens, but of what is to come. */
export const REMINDER = appointmentReminder;

type AnyMessage = (typeof MESSAGES)[EventType] | typeof REMINDER;

const BY_NAME: ReadonlyMap<string, AnyMessage> = new Map(
  [...Object.values(MESSAGES), REMINDER].map((message) => [message.name, message]),
);

/** @param name `order-delayed` */
export const messageNamed = (name: string): AnyMessage | undefined => BY_NAME.get(name);

/** By its name, else the one that tells of its event today; undefined when we know neither any more. */
export function messageOf({ message, eventType }: Pick<Plan, 'message' | 'eventType'>): AnyMessage | undefined {
  const type = EVENT_TYPES.find((known) => known === eventType);
  return messageNamed(message) ?? (type && MESSAGES[type]);
}
