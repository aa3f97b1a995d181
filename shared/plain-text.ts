/** Texts of others in our messages: made harmless, and cut where a reader would. */

/** Joiners are part of how Persian, Sinhala and emoji are written; anywhere else they only hide something. */
const INVISIBLE =
  /(?<![[\p{M}--\p{Script=Inherited}]\p{Script=Arabic}\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])[\u200c\u200d]|[\u200c\u200d](?![\p{L}\p{Extended_Pictographic}])|[[\p{Cf}--[\u200c\u200d]]\p{Co}\p{Cn}\p{Cs}\u{115f}\u{1160}\u{3164}\u{ffa0}]/gv;
const BREAK = /[\p{Cc}\p{Z}\s]+/gu;
/** All that a browser takes for the dot of a host name. */
const DOT = /[.\u{2024}\u{3002}\u{fe52}\u{ff0e}\u{ff61}]+(?=[^\s\d])/gu;
/** More marks on one letter than any script needs. */
const PILED_MARKS = /(\p{M}{4})\p{M}+/gu;

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** What is taken away may bring together what has to be taken away as well: repeats the step until it changes nothing. */
function untilItStays(text: string, step: (text: string) => string): string {
  const next = step(text);
  return next === text ? text : untilItStays(next, step);
}

/** One line of visible text: no control, bidi or zero-width characters, one space for any white space. */
export const oneLine = (text: string): string =>
  untilItStays(text.toWellFormed(), (line) =>
    line.normalize('NFC').replace(BREAK, ' ').replace(INVISIBLE, '').replace(PILED_MARKS, '$1').trim(),
  );

/**
 * A name as one line of visible text in which no reader's program finds a link or an address: a space behind each
 * dot, colon and @ that would make one.
 */
export const plainName = (name: string): string =>
  untilItStays(name, (text) =>
    oneLine(text)
      .replace(/[@\u{fe6b}\u{ff20}]+/gu, ' ')
      .replace(/[:\u{fe55}\u{ff1a}][/\u{2044}\u{2215}\u{ff0f}]*(?=\S)/gu, ' ')
      .replace(DOT, '. ')
      .replace(/ {2,}/g, ' ')
      .trim(),
  );

/** At most `longest` grapheme clusters, with three dots for what is left out. */
export function cut(text: string, longest: number): string {
  const clusters = Array.from(graphemes.segment(text), ({ segment }) => segment);
  return clusters.length <= longest ? text : `${clusters.slice(0, longest).join('').trimEnd()}...`;
}

/** At most `longest` UTF-16 units, ended between two grapheme clusters. A cluster that is longer is cut itself. */
export function shorten(text: string, longest: number): string {
  if (text.length <= longest) return text;
  let end = 0;
  for (const { index, segment } of graphemes.segment(text)) {
    if (index + segment.length > longest) break;
    end = index + segment.length;
  }
  return text.slice(0, end || longest).toWellFormed();
}

export const lengthOf = (text: string): number => Array.from(graphemes.segment(text)).length;
