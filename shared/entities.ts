/** Names of the broker's entities; Bicep, local configuration and code agree by test. */
import type { Channel } from './delivery.ts';

export const ORDER_EVENTS = 'order-events';
export const NOTIFICATIONS = 'notifications';
export const RETRIED_EVENTS = 'retried-events';
export const SEND_QUEUES: Record<Channel, string> = { sms: 'sms', email: 'email' };
