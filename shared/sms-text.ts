/** SMS texts: at most five segments; what counts stays whole, names give way. */
import { SegmentedMessage } from 'sms-segments-calculator';
import type { SmsContent } from './delivery.ts';
import { cut, lengthOf, plainName } from './plain-text.ts';

export const MOST_SEGMENTS = 5;

/** `name` may be cut, `whole` stays as it is to the last character; plain strings are our own words. */
type Part = string | { name: string } | { whole: string };
export type SmsText = readonly Part[];

/** A text with marked parts: ``sms`${name(shop)}: order ${whole(number)} …` ``. */
export function sms(words: TemplateStringsArray, ...values: Part[]): SmsText {
  return words.flatMap((word, index) => [word, values[index] ?? '']);
}

export const name = (text: string): Part => ({ name: plainName(text) });
export const whole = (text: string): Part => ({ whole: text });

export function composeSms(parts: SmsText): SmsContent {
  const longest = Math.max(
    0,
    ...parts.map((part) => (typeof part === 'object' && 'name' in part ? lengthOf(part.name) : 0)),
  );
  for (let length = longest; ; length--) {
    const text = parts.map((part) => wordsOf(part, length)).join('');
    const segments = segmentsOf(text);
    if (segments <= MOST_SEGMENTS || length === 0) return { channel: 'sms', text, segments };
  }
}

function wordsOf(part: Part, longest: number): string {
  if (typeof part === 'string') return gsmPunctuation(part);
  return 'whole' in part ? part.whole : gsmPunctuation(cut(part.name, longest));
}

function segmentsOf(text: string): number {
  return new SegmentedMessage(text, 'auto').segmentsCount;
}

/** Typographic punctuation as GSM-7 has it: one curly quote would turn the whole text into UCS-2. */
function gsmPunctuation(text: string): string {
  return text
    .replace(/[\u{2018}\u{2019}\u{201a}\u{2032}\u{b4}\u{60}]/gu, "'")
    .replace(/[\u{201c}\u{201d}\u{201e}\u{2033}\u{ab}\u{bb}]/gu, '"')
    .replace(/[\u{2010}-\u{2015}\u{2212}]/gu, '-')
    .replace(/\u{2026}/gu, '...');
}
