/**
 * The order events, version 1: what publishers send as `data`. Unknown fields are ignored, `null` in an optional field
 * means absent. A customer's phone number and mail address are not judged here: a wrong one spoils only its channel.
 */
import { z } from 'zod';
import { oneLine, plainName, shorten } from './plain-text.ts';
import { remembered } from './remembered.ts';

/** Longest order number in UTF-8 bytes: with its source it has to fit a table key. */
const ORDER_NUMBER_BYTES = 64;
/** Longest tracking link: with the longest order number and the fixed words it has to fit five UCS-2 SMS segments. */
const LINK_CHARACTERS = 128;

const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u;
/** Three of ISO 4217 are missing from `Intl`, which writes them with their code. */
const CURRENCIES = new Set([...Intl.supportedValuesOf('currency'), 'CLF', 'UYW', 'VED']);

const wellFormed = z
  .string()
  .refine((value) => value.isWellFormed(), 'well-formed Unicode')
  .refine((value) => value.trim() !== '', 'text that is not empty');

/** A name that is too long is cut, not refused: it must not cost the customer the news. */
const text = (longest: number) => wellFormed.transform((value) => shorten(value, longest));

/** A name that still says something once it is one line of plain text. */
const visible = (longest: number) =>
  wellFormed
    .refine((value) => plainName(shorten(value, longest)) !== '', 'text that a reader can see')
    .transform((value) => shorten(value, longest));

/** An empty name says the same as none. */
const optionalName = (longest: number) =>
  z
    .string()
    .nullish()
    .transform((value) => {
      const name = shorten(value ?? '', longest);
      return plainName(name) === '' ? undefined : name;
    });

const optional = <Schema extends z.ZodType>(schema: Schema) =>
  schema.nullish().transform((value) => value ?? undefined);

const anyInstant = z.iso.datetime({
  offset: true,
  error: 'an instant such as 2026-11-24T18:00:00+01:00',
  abort: true,
});

/** What customers are told is of this century: the first and last years that dates can name stand for "none" elsewhere. */
const instant = anyInstant.refine(isOfThisCentury, { error: 'an instant of the years 2000 to 2099', abort: true });

/** Asked of `Intl`, which takes offsets such as `+01:00` and names in any case, too. */
const knownTimeZone = remembered(1_000, (value: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
});

const isTimeZone = (value: string): boolean => value.length <= 64 && knownTimeZone(value);

const locale = z.string().refine(isLocale, 'a BCP 47 locale such as de-AT');

/** Kept as it came, whatever it is: planning judges it. Anything but text becomes empty, which no address is. */
const address = optional(z.string().catch(''));

const money = z.object({
  amount: z.int().min(0).describe('In minor units: 4999 is 49.99 EUR, 4999 JPY, 4.999 KWD.'),
  currency: z
    .string()
    .refine((code) => CURRENCIES.has(code), 'an ISO 4217 currency such as EUR')
    .describe('ISO 4217.'),
});

const order = z.object({
  number: z
    .string()
    .refine((value) => value.trim() !== '' && !UNPRINTABLE.test(value), 'a printable order number')
    .refine((value) => Buffer.byteLength(value) <= ORDER_NUMBER_BYTES, `at most ${ORDER_NUMBER_BYTES} bytes of UTF-8`)
    .describe('Any printable text, at most 64 bytes of UTF-8, such as `2026/1042`.'),
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
  trackingLink: z
    .string()
    .refine(isHttpsLink, 'an https link without user name')
    .refine((link) => link.length <= LINK_CHARACTERS, `at most ${LINK_CHARACTERS} characters`)
    .describe(
      'Where the customer follows the order: https, a host that is allowed here, at most 128 ASCII characters.',
    ),
});

const shop = z.object({
  name: visible(100).describe('As customers know it.'),
  language: locale.describe('Language of the shop, for customers whose own we do not have.'),
  replyTo: z.email('a mail address').describe('Where answers to a mail go.'),
  supportAddress: z.email('a mail address').describe('Named in every mail for questions.'),
});

const customer = z.object({
  name: text(200).describe('For the greeting; links and line breaks in it are made harmless.'),
  phone: address.describe('E.164, or as dialled in `country`.'),
  email: address.describe('Mail address.'),
  locale: locale.describe('BCP 47. Without a text in it: its language, the language of the shop, English.'),
  timeZone: z.string().refine(isTimeZone, 'an IANA time zone such as Europe/Vienna').describe('IANA name.'),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'an ISO 3166 country of two capital letters')
    .describe('ISO 3166, two letters.'),
  region: optional(z.string().transform((value) => oneLine(shorten(value, 100)))).describe(
    'As you name it; shown to support staff.',
  ),
  channels: z
    .array(z.enum(['sms', 'email'], 'sms or email'))
    .describe('What the customer allows, for this kind of news.'),
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

function isOfThisCentury(instant: string): boolean {
  const year = new Date(instant).getUTCFullYear();
  return year >= 2000 && year < 2100;
}

function isLocale(value: string): boolean {
  try {
    return Intl.getCanonicalLocales(value).length === 1;
  } catch {
    return false;
  }
}

/** Printable ASCII only, the host spelled out, so that it reads the same in an SMS, a mail and a browser. */
function isHttpsLink(value: string): boolean {
  const isSpelledOut = /^https:\/\/[\w-]+(?:\.[\w-]+)*(?::\d+)?(?:[/?#][!-~]*)?$/.test(value);
  return isSpelledOut && !/["'<>\\^`{|}]/.test(value) && URL.canParse(value);
}
