/** Names of the broker's entities; Bicep, local configuration and code agree by test. */
import type { Channel } from './delivery.ts';
import type { Family } from './events.ts';

export const ORDER_EVENTS = 'order-events';
export const APPOINTMENT_EVENTS = 'appointment-events';
/** Where publishers send. */
export const EVENT_TOPICS: Record<Family, string> = { order: ORDER_EVENTS, appointment: APPOINTMENT_EVENTS };
export const NOTIFICATIONS = 'notifications';
export const RETRIED_EVENTS = 'retried-events';
export const SEND_QUEUES: Record<Channel, string> = { sms: 'sms', email: 'email' };
