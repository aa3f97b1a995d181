/** Fields that order and appointment events share: the same words, the same strictness. */
import { z } from 'zod';
import { oneLine, plainName, shorten } from './plain-text.ts';
import { remembered } from './remembered.ts';

/** Longest number of an order or appointment in UTF-8 bytes: with its source it has to fit a table key. */
const NUMBER_BYTES = 64;
/** Longest link: with the longest number and the fixed words it has to fit five UCS-2 SMS segments. */
const LINK_CHARACTERS = 128;

const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u;

const wellFormed = z
  .string()
  .refine((value) => value.isWellFormed(), 'well-formed Unicode')
  .refine((value) => value.trim() !== '', 'text that is not empty');

/** A name that is too long is cut, not refused: it must not cost the customer the news. */
export const text = (longest: number) => wellFormed.transform((value) => shorten(value, longest));

/** A name that still says something once it is one line of plain text. */
export const visible = (longest: number) =>
  wellFormed
    .refine((value) => plainName(shorten(value, longest)) !== '', 'text that a reader can see')
    .transform((value) => shorten(value, longest));

/** An empty name says the same as none. */
export const optionalName = (longest: number) =>
  z
    .string()
    .nullish()
    .transform((value) => {
      const name = shorten(value ?? '', longest);
      return plainName(name) === '' ? undefined : name;
    });

export const optional = <Schema extends z.ZodType>(schema: Schema) =>
  schema.nullish().transform((value) => value ?? undefined);

export const anyInstant = z.iso.datetime({
  offset: true,
  error: 'an instant such as 2026-11-24T18:00:00+01:00',
  abort: true,
});

/** What customers are told is of this century: the first and last years that dates can name stand for "none" elsewhere. */
export const instant = anyInstant.refine(isOfThisCentury, {
  error: 'an instant of the years 2000 to 2099',
  abort: true,
});

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

export const timeZone = z.string().refine(isTimeZone, 'an IANA time zone such as Europe/Vienna');

/** Kept as it came, whatever it is: planning judges it. Anything but text becomes empty, which no address is. */
const address = optional(z.string().catch(''));

/** @param what `order` */
export const subjectNumber = (what: string) =>
  z
    .string()
    .refine((value) => value.trim() !== '' && !UNPRINTABLE.test(value), `a printable ${what} number`)
    .refine((value) => Buffer.byteLength(value) <= NUMBER_BYTES, `at most ${NUMBER_BYTES} bytes of UTF-8`)
    .describe('Any printable text, at most 64 bytes of UTF-8, such as `2026/1042`.');

export const link = z
  .string()
  .refine(isHttpsLink, 'an https link without user name')
  .refine((value) => value.length <= LINK_CHARACTERS, `at most ${LINK_CHARACTERS} characters`);

export const shop = z.object({
  name: visible(100).describe('Who writes, as customers know it: a shop, a practice, a workshop.'),
  language: locale.describe('Language of the shop, for customers whose own we do not have.'),
  replyTo: z.email('a mail address').describe('Where answers to a mail go.'),
  supportAddress: z.email('a mail address').describe('Named in every mail for questions.'),
});

export const customer = z.object({
  name: text(200).describe('For the greeting; links and line breaks in it are made harmless.'),
  phone: address.describe('E.164, or as dialled in `country`.'),
  email: address.describe('Mail address.'),
  locale: locale.describe('BCP 47. Without a text in it: its language, the language of the shop, English.'),
  timeZone: timeZone.describe('IANA name.'),
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
