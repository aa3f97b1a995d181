/** Reading an answer's body: what is kept of it, and the few things anybody asks of it. */

/** JSON without its free texts. */
export type Json = string | number | boolean | null | undefined | readonly Json[] | { readonly [name: string]: Json };

/** What a refusal is about, as far as it says. */
export type Subject = 'recipient' | 'sender' | 'repeatability';

const SUBJECTS: readonly { word: Subject; text: RegExp; field: RegExp }[] = [
  { word: 'repeatability', text: /repeatability/i, field: /repeatability/i },
  { word: 'recipient', text: /\bto phone number\b|\brecipients?\b/i, field: /(^|[.\]])to$|recipient/i },
  { word: 'sender', text: /\bfrom phone number\b|\bsender/i, field: /(^|[.\]])from$|sender/i },
];

const CODES = new Set(['code', 'status', 'id', 'messageid', 'repeatabilityresult']);
const MOST = 100;
const DEEPEST = 8;
/** HTTP statuses and counts are smaller, phone numbers larger. */
const LARGEST_NUMBER = 100_000;

/**
 * Leaves codes, ids, numbers and field names, and turns every free text into the word for what it is about, because
 * error texts of the provider can hold addresses.
 */
export function withoutTexts(body: unknown, name = '', depth = 0): Json {
  if (typeof body === 'string')
    return CODES.has(name.toLowerCase()) && isCode(body) ? body : SUBJECTS.find(({ text }) => text.test(body))?.word;
  if (typeof body === 'number') return Math.abs(body) < LARGEST_NUMBER ? body : undefined;
  if (typeof body === 'boolean' || body === null) return body;
  if (typeof body !== 'object' || depth > DEEPEST) return undefined;
  if (Array.isArray(body)) return body.slice(0, MOST).map((item) => withoutTexts(item, name, depth + 1));
  return Object.fromEntries(
    Object.entries(body)
      .filter(([field]) => /^(?!.*\d{5})[A-Za-z][\w.[\]$-]{0,63}$/.test(field))
      .slice(0, MOST)
      .map(([field, value]) => [field, withoutTexts(value, field, depth + 1)]),
  );
}

/** A phone number is digits only, a mail address has an @: neither is a code. */
export const isCode = (text: string): boolean => /^(?=.*[A-Za-z])[\w.-]{1,100}$/.test(text);

const isRecord = (value: Json): value is { readonly [name: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function textOf(body: Json, name: string): string {
  const value = isRecord(body) ? body[name] : undefined;
  return typeof value === 'string' ? value : '';
}

export function itemsOf(body: Json, name: string): { readonly [name: string]: Json }[] {
  const items = isRecord(body) ? body[name] : undefined;
  return Array.isArray(items) ? items.filter(isRecord) : [];
}

/** The code of an error, from its body or from the header that repeats it; empty when there is none. */
export function codeOf(body: Json, headers: Record<string, string>): string {
  const error = isRecord(body) ? body['error'] : undefined;
  return textOf(error, 'code') || textOf(body, 'code') || (headers['x-ms-error-code'] ?? '');
}

/** What a 400 is about: `{"From":[…]}`, ProblemDetails `{errors:{To:[…]}}`, `{error:{message}}` or `{errorMessage}`. */
export function fieldsOf(body: Json): Subject | undefined {
  if (!isRecord(body)) return undefined;
  const { error, errors } = body;
  const fields = 'httpStatusCode' in body ? [] : Object.keys(isRecord(errors) ? errors : body);
  const texts = [body['errorMessage'], isRecord(error) ? error['message'] : undefined];
  return SUBJECTS.find(({ word, field }) => texts.includes(word) || fields.some((name) => field.test(name)))?.word;
}
