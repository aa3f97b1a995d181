/** SMS texts: at most five segments; what counts stays whole, names give way. */
import { SegmentedMessage } from 'sms-segments-calculator';
import type { SmsContent } from './delivery.ts';
import { fitsOneSegment, outsideGsm7, withoutForeignAccents } from './gsm-7.ts';
import { cut, lengthOf, plainName } from './plain-text.ts';

export const MOST_SEGMENTS = 5;

/** Up to so many segments there is room for what an SMS can do without. */
const ROOMY_SEGMENTS = 3;

/** `name` may be cut, `whole` stays as it is to the last character; plain strings are our own words. */
type Part = string | { name: string } | { whole: string } | { ifRoom: SmsText };
export type SmsText = readonly Part[];

/** A text with marked parts: ``sms`${name(shop)}: order ${whole(number)} …` ``. An abbreviation's dot ends a sentence, too. */
export function sms(words: TemplateStringsArray, ...values: (Part | SmsText)[]): SmsText {
  return words.flatMap((word, index) => {
    const before = values[index - 1];
    const isDotTwice = typeof before === 'string' && before.endsWith('.') && word.startsWith('.');
    return [isDotTwice ? word.slice(1) : word, ...[values[index] ?? ''].flat()];
  });
}

export const name = (text: string): Part => ({ name: plainName(text) });
export const whole = (text: string): Part => ({ whole: text });
/** Left out where the text would become long by it. */
export const ifRoom = (text: SmsText): Part => ({ ifRoom: text });

/** Cuts names, as little as needed, until the text fits. */
export function composeSms(text: SmsText): SmsContent {
  const full = withNamesOf(partsOf(text, true), Infinity);
  if (full.segments <= ROOMY_SEGMENTS) return full;
  const parts = partsOf(text, false);
  const uncut = withNamesOf(parts, Infinity);
  if (uncut.segments <= MOST_SEGMENTS) return uncut;
  let [fits, tooLong] = [0, Math.max(1, ...parts.map((part) => (isName(part) ? lengthOf(part.name) : 0)))];
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2);
    if (withNamesOf(parts, middle).segments <= MOST_SEGMENTS) fits = middle;
    else tooLong = middle;
  }
  return withNamesOf(parts, fits);
}

type PlainPart = Exclude<Part, { ifRoom: SmsText }>;

const partsOf = (text: SmsText, isRoom: boolean): PlainPart[] =>
  text.flatMap((part): PlainPart[] => {
    if (typeof part === 'string' || !('ifRoom' in part)) return [part];
    return isRoom ? partsOf(part.ifRoom, isRoom) : [];
  });

function withNamesOf(parts: readonly PlainPart[], longest: number): SmsContent {
  const text = cheapest(parts, longest);
  return { channel: 'sms', text, segments: segmentsOf(text) };
}

/** The calculator takes most of the time that planning an SMS takes. */
const segmentsOf = (text: string): number =>
  fitsOneSegment(text) ? 1 : new SegmentedMessage(text, 'auto').segmentsCount;

/** Without the accents that alone would make it UCS-2, and cost two or three segments more; else as it is spelled. */
function cheapest(parts: readonly PlainPart[], longest: number): string {
  const words = parts.map((part) => wordsOf(part, longest));
  const text = words.join('');
  if (outsideGsm7(text).length === 0) return text;
  const plain = words.map((word, index) => (isWhole(parts[index]) ? word : withoutForeignAccents(word))).join('');
  return outsideGsm7(plain).length === 0 ? plain : text;
}

const isWhole = (part: PlainPart | undefined): boolean => typeof part === 'object' && 'whole' in part;

const isName = (part: PlainPart): part is { name: string } => typeof part === 'object' && 'name' in part;

function wordsOf(part: PlainPart, longest: number): string {
  if (isName(part)) return gsmPunctuation(cut(part.name, longest));
  return typeof part === 'string' ? gsmPunctuation(part) : part.whole;
}

/** Typographic punctuation as GSM-7 has it: one curly quote would turn the whole text into UCS-2. */
function gsmPunctuation(text: string): string {
  return text
    .replace(/[\u{2018}\u{2019}\u{201a}\u{2032}\u{b4}\u{60}]/gu, "'")
    .replace(/[\u{201c}\u{201d}\u{201e}\u{2033}\u{ab}\u{bb}]/gu, '"')
    .replace(/[\u{2010}-\u{2015}\u{2212}]/gu, '-')
    .replace(/\u{2026}/gu, '...');
}
