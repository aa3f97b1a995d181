import type { AppointmentEventType } from '../shared/appointment-events.ts';
import { type EventType, familyOf } from '../shared/events.ts';
import type { OrderEventType } from '../shared/order-events.ts';
import { type AppointmentFlags, exampleAppointment } from './example-appointment.ts';

/** What `publish-event` lets one say about an event; everything else is made up. */
export type ExampleFlags = AppointmentFlags & {
  id: string;
  order: string;
  source: string;
  shop: string;
  shopLanguage: string;
  name: string;
  phone?: string;
  email?: string;
  locale: string;
  timeZone: string;
  country: string;
  region?: string;
  total: number;
  currency: string;
  carrier: string;
  promisedBy?: string;
  newPromisedBy?: string;
  expectedBy?: string;
  revision?: number;
  expiresAt?: string;
};

/** Which flag a part of the event comes from. */
const FLAGS: Readonly<Record<string, string>> = {
  id: '--id',
  source: '--source',
  'data.appointment.number': '--appointment',
  'data.appointment.service': '--service',
  'data.appointment.staff': '--staff',
  'data.appointment.place': '--place',
  'data.appointment.start': '--start',
  'data.appointment.minutes': '--minutes',
  'data.appointment.timeZone': '--time-zone',
  'data.appointment.joinLink': '--appointment',
  'data.appointment.manageLink': '--appointment',
  'data.feedbackLink': '--appointment',
  'data.previousStart': '--previous-start',
  'data.order.number': '--order',
  'data.order.total.amount': '--total',
  'data.order.total.currency': '--currency',
  'data.order.trackingLink': '--order',
  'data.shop.name': '--shop',
  'data.shop.language': '--shop-language',
  'data.customer.name': '--name',
  'data.customer.locale': '--locale',
  'data.customer.timeZone': '--time-zone',
  'data.customer.country': '--country',
  'data.customer.region': '--region',
  'data.carrier': '--carrier',
  'data.promisedBy': '--promised-by',
  'data.newPromisedBy': '--new-promised-by',
  'data.expectedBy': '--expected-by',
  'data.revision': '--revision',
  'data.expiresAt': '--expires-at',
};

/** The flag that a part of the event comes from, or the part itself. */
export const flagOf = (path: string): string => FLAGS[path] ?? path;

const DAY = 86_400_000;

/** Reserved for fiction: no message to them reaches anybody. */
const NOBODY = { phone: '+12025550123', email: 'anna.berg@mail.example' };

/** An id that carries its instant, so that the same flags and id make the same event on any later day. */
export const exampleId = (type: EventType, now: Date): string => `${type}-${now.toISOString()}`;

/** @param linkHost host of the links */
export function exampleEvent(type: EventType, flags: ExampleFlags, linkHost: string, now: Date) {
  const { id, phone, email } = flags;
  const addresses = phone === undefined && email === undefined ? NOBODY : { phone, email };
  return {
    specversion: '1.0',
    id,
    source: flags.source,
    type,
    time: now.toISOString(),
    datacontenttype: 'application/json',
    data: {
      ...(familyOf(type) === 'order'
        ? exampleOrder(type as OrderEventType, flags, linkHost, instantOf(id) ?? now)
        : exampleAppointment(type as AppointmentEventType, flags, linkHost, instantOf(id) ?? now)),
      shop: {
        name: flags.shop,
        language: flags.shopLanguage,
        replyTo: 'answers@shop.example',
        supportAddress: 'help@shop.example',
      },
      customer: {
        name: flags.name,
        ...addresses,
        locale: flags.locale,
        timeZone: flags.timeZone,
        country: flags.country,
        region: flags.region,
        channels: [
          ...(addresses.phone === undefined ? [] : ['sms']),
          ...(addresses.email === undefined ? [] : ['email']),
        ],
      },
    },
  };
}

const exampleOrder = (type: OrderEventType, flags: ExampleFlags, linkHost: string, from: Date) => ({
  order: {
    number: flags.order,
    total: { amount: flags.total, currency: flags.currency },
    items: [
      { name: 'Wool blanket', quantity: 2 },
      { name: 'Beeswax candle', quantity: 1 },
    ],
    trackingLink: `https://${linkHost}/orders/${encodeURIComponent(flags.order)}`,
  },
  revision: flags.revision,
  expiresAt: flags.expiresAt,
  ...promise(type, flags, from),
});

function promise(type: OrderEventType, flags: ExampleFlags, from: Date): Record<string, unknown> {
  const inDays = (days: number) => `${new Date(from.getTime() + days * DAY).toISOString().slice(0, 10)}T18:00:00Z`;
  switch (type) {
    case 'order.placed':
    case 'order.confirmed':
      return { promisedBy: flags.promisedBy ?? inDays(3) };
    case 'order.delayed':
      return { promisedBy: flags.promisedBy ?? inDays(1), newPromisedBy: flags.newPromisedBy ?? inDays(4) };
    case 'order.shipped':
      return { carrier: flags.carrier, expectedBy: flags.expectedBy ?? inDays(2) };
    case 'order.out-for-delivery':
      return {
        carrier: flags.carrier,
        expectedBy: flags.expectedBy ?? new Date(from.getTime() + DAY / 6).toISOString(),
      };
    case 'order.delivered':
      return { deliveredAt: from.toISOString(), leftAt: 'mailbox' };
    case 'order.cancelled':
      return { reason: 'customer-request', refundFollows: true };
    case 'order.refunded':
      return { refund: { amount: flags.total, currency: flags.currency }, refundedBy: inDays(5) };
  }
}

function instantOf(id: string): Date | undefined {
  const instant = new Date(id.slice(-'2026-11-21T09:00:00.000Z'.length));
  return Number.isNaN(instant.getTime()) ? undefined : instant;
}
