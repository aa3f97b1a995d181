/** The alphabet of the cheap SMS: GSM 03.38 with its extension table. One letter outside it, and a segment holds 70 characters, not 160. */

const ALPHABET = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà\f^{}\\[~]|€',
);

/** They take two places in a segment. */
const EXTENSION = /[\f^{}\\[~\]|€]/g;
const PLACES = 160;

/** Whether a text of this alphabet takes one segment: most do, and counting them needs no calculator. */
export const fitsOneSegment = (text: string): boolean =>
  text.length + (text.match(EXTENSION)?.length ?? 0) <= PLACES && outsideGsm7(text).length === 0;

/** Letters that no accent explains. */
const SPELLED_OUT: Record<string, string> = {
  œ: 'oe',
  Œ: 'OE',
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
  ı: 'i',
};

/** The characters of a text that are not in the alphabet, each once. */
export const outsideGsm7 = (text: string): string[] => [
  ...new Set(Array.from(text).filter((character) => !ALPHABET.has(character))),
];

/** The same text with accents left out where the alphabet has only the letter: `sáb.` becomes `sab.`, `Söhne` stays. */
export function withoutForeignAccents(text: string): string {
  return Array.from(text.normalize('NFC'), (character) =>
    ALPHABET.has(character) ? character : (SPELLED_OUT[character] ?? character.normalize('NFD').replace(/\p{M}/gu, '')),
  ).join('');
}
