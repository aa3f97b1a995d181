/**
 * The order events, version 1: what publishers send as `data`. Unknown fields are ignored, `null` in an optional field
 * means absent. A customer's phone number and mail address are not judged here: a wrong one spoils only its channel.
 */
import { z } from 'zod';
import {
  anyInstant,
  customer,
  instant,
  link,
  subjectNumber,
  optional,
  optionalName,
  shop,
  text,
  visible,
} from './event-fields.ts';

/** Three of ISO 4217 are missing from `Intl`, which writes them with their code. */
const CURRENCIES = new Set([...Intl.supportedValuesOf('currency'), 'CLF', 'UYW', 'VED']);

const money = z.object({
  amount: z.int().min(0).describe('In minor units: 4999 is 49.99 EUR, 4999 JPY, 4.999 KWD.'),
  currency: z
    .string()
    .refine((code) => CURRENCIES.has(code), 'an ISO 4217 currency such as EUR')
    .describe('ISO 4217.'),
});

const order = z.object({
  number: subjectNumber('order'),
  total: money.describe('What the customer pays, in all.'),
  items: optional(
    z
      .array(
        z.object({
          name: text(200).describe('As the customer knows it.'),
          quantity: z.int().min(1).describe('How many.'),
        }),
      )
      .describe('What was ordered. A mail shows the first ten and how many more there are.'),
  ),
  trackingLink: link.describe(
    'Where the customer follows the order: https, a host that is allowed here, at most 128 ASCII characters.',
  ),
});

const common = {
  order,
  shop,
  customer,
  revision: optional(z.int().min(0)).describe(
    'Counts the states of the order; decides what is newer before `time` does.',
  ),
  expiresAt: optional(anyInstant).describe('From then on the news is not sent any more.'),
};

const expectedWindow = {
  expectedFrom: optional(instant).describe('Start of the time window, if there is one.'),
  expectedBy: instant.describe('End of the time window.'),
};

const startsBeforeItEnds = (data: { expectedFrom?: string | undefined; expectedBy: string }): boolean =>
  !data.expectedFrom || Date.parse(data.expectedFrom) <= Date.parse(data.expectedBy);
const STARTS_BEFORE_IT_ENDS = { path: ['expectedFrom'], error: 'not later than expectedBy' };

/** Where a parcel may have been left, and why an order may have been cancelled: every message has words for each. */
const PLACES = ['handed-over', 'mailbox', 'neighbour', 'safe-place', 'pickup-point'] as const;
const REASONS = ['customer-request', 'out-of-stock', 'payment-failed', 'undeliverable', 'other'] as const;
export type Place = (typeof PLACES)[number];
export type CancellationReason = (typeof REASONS)[number];

export const ORDER_EVENTS_DATA = {
  'order.placed': z.object({
    ...common,
    promisedBy: instant.describe('When the order is promised to arrive at the latest.'),
  }),
  'order.confirmed': z.object({
    ...common,
    promisedBy: instant.describe('When the order is promised to arrive at the latest.'),
  }),
  'order.delayed': z
    .object({
      ...common,
      promisedBy: instant.describe('What was promised until now.'),
      newPromisedBy: instant.describe('What is promised from now on; later than `promisedBy`.'),
    })
    .refine((data) => Date.parse(data.newPromisedBy) > Date.parse(data.promisedBy), {
      path: ['newPromisedBy'],
      error: 'later than promisedBy',
    }),
  'order.shipped': z
    .object({ ...common, carrier: visible(60).describe('As customers know it.'), ...expectedWindow })
    .refine(startsBeforeItEnds, STARTS_BEFORE_IT_ENDS),
  'order.out-for-delivery': z
    .object({ ...common, carrier: visible(60).describe('As customers know it.'), ...expectedWindow })
    .refine(startsBeforeItEnds, STARTS_BEFORE_IT_ENDS),
  'order.delivered': z.object({
    ...common,
    deliveredAt: instant.describe('When it was handed over or left.'),
    leftAt: optional(z.enum(PLACES, `one of ${PLACES.join(', ')}`)).describe('Where it was left, if you know.'),
    leftWith: optionalName(60).describe('Name of the neighbour or the pickup point, if the customer may read it.'),
  }),
  'order.cancelled': z.object({
    ...common,
    reason: z.enum(REASONS, `one of ${REASONS.join(', ')}`).describe('Why.'),
    refundFollows: z
      .boolean()
      .describe('Whether money goes back to the customer; `order.refunded` then says how much.'),
  }),
  'order.refunded': z.object({
    ...common,
    refund: money.describe('What goes back to the customer.'),
    refundedBy: instant.describe('When the money arrives at the latest.'),
  }),
} as const;

export type OrderEventType = keyof typeof ORDER_EVENTS_DATA;
export type OrderData<Type extends OrderEventType> = z.output<(typeof ORDER_EVENTS_DATA)[Type]>;
export type Order = z.output<typeof order>;
