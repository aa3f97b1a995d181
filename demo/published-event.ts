import type { EventType } from '../shared/events.ts';
import type { EventIdentity } from './expectation.ts';
import type { Recipient } from './recipients.ts';
import type { Shop } from './shops.ts';

/** An event as its publisher writes it: a CloudEvents 1.0 envelope around the data of `docs/events.md`. */
export type PublishedEvent = {
  specversion: '1.0';
  id: string;
  source: string;
  type: EventType;
  time: string;
  subject: string;
  datacontenttype: 'application/json';
  data: Record<string, unknown>;
};

export type Publisher = Pick<Shop, 'source' | 'name' | 'language' | 'domain'>;

export const publishedEvent = (
  { shop, customer }: { shop: Publisher; customer: Recipient },
  { type, id, time, subject }: { type: EventType; id: string; time: Date; subject: string },
  data: Record<string, unknown>,
): PublishedEvent => ({
  specversion: '1.0',
  id,
  source: shop.source,
  type,
  time: time.toISOString(),
  subject,
  datacontenttype: 'application/json',
  data: {
    ...data,
    shop: {
      name: shop.name,
      language: shop.language,
      replyTo: `service@${shop.domain}`,
      supportAddress: `help@${shop.domain}`,
    },
    customer,
  },
});

export const identityOf = ({ source, subject, id }: PublishedEvent): EventIdentity => ({ source, subject, id });

/** Our message before a visit. */
export const REMINDER = 'appointment-reminder';

/** Our message about each event. */
export const MESSAGE_OF: Record<EventType, string> = {
  'order.placed': 'order-placed',
  'order.confirmed': 'order-confirmed',
  'order.delayed': 'order-delayed',
  'order.shipped': 'order-shipped',
  'order.out-for-delivery': 'order-out-for-delivery',
  'order.delivered': 'order-delivered',
  'order.cancelled': 'order-cancelled',
  'order.refunded': 'order-refunded',
  'appointment.booked': 'appointment-booked',
  'appointment.rescheduled': 'appointment-rescheduled',
  'appointment.cancelled': 'appointment-cancelled',
  'appointment.completed': 'appointment-completed',
  'appointment.missed': 'appointment-missed',
};
