import type { Draw } from './draw.ts';

const NAMES: readonly string[] = [
  'Anna Berg',
  'Séamus O’Neill-Müller',
  'Zoë 🎉🎊',
  '👨‍👩‍👧‍👦 Familie Huber',
  'Владимир Ильич Ульянов',
  '山田 太郎',
  '김철수',
  'محمد بن سلمان',
  'علی‌رضا',
  'דוד בן-גוריון',
  'ศรีสุดา ใจดี',
  'श्री हरि',
  'Nguyễn Thị Minh Khai',
  'ශ්‍රී ලංකා',
  'Łukasz Żółć',
  'İpek Iğdır',
  'J.R.R. Tolkien',
  '\u202eanhoJ\u202c',
  '\u2066Eve\u2069',
  'An\u200bna\u200d\ufeff',
  'Robert\r\n\r\nBcc: all@evil.example',
  'Line\u2028separator\u2029here',
  'Tab\tand\u0000null\u001b[31m',
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '"><a href="https://evil.example">click</a>',
  "' OR 1=1; --",
  '{{greeting}} ${process.exit(1)} $& $1 %s %n',
  'https://evil.example/win',
  'www.evil.example',
  'evil。example ｅｖｉｌ．example',
  'anna@evil.example',
  'javascript:alert(1)',
  'data:text/html,<b>',
  'tel:+1900555',
  '=HYPERLINK("https://evil.example")',
  '__proto__',
  'constructor',
  'null',
  'undefined',
  'true',
  '0',
  '-',
  '.',
  '…',
  '𝕬𝖓𝖓𝖆',
  '\u{1f1e6}\u{1f1f9}\u{1f1e6}',
  `Z${'\u0301'.repeat(60)}algo`,
  '\u{e0041}tag',
  '\ufffd\ufffd',
];

const UNITS: readonly string[] = [
  'x',
  'Ж',
  '漢',
  '🎉',
  '👩‍👩‍👧‍👧',
  'e\u0301',
  'Anna ',
  '<b>',
  '&amp;',
  '…',
  '€',
  '\u202e',
  '@',
  'a.b ',
];

/** A name as somebody may have typed it; one in twenty is of any length up to 5,000 units. */
export function oddName(draw: Draw): string {
  if (!draw.once(20)) return draw.of(NAMES);
  return draw.of(UNITS).repeat(draw.of([1, 20, 70, 200, 201, 1_000, 5_000]));
}

/** An odd name in which something can be seen. */
export const visibleName = (draw: Draw): string => `${draw.of(['A', 'Ö', '北', 'Щ'])}${oddName(draw)}`;

/** A few characters from anywhere in Unicode, surrogates left out. */
export function anyText(draw: Draw, longest: number): string {
  const characters = Array.from({ length: draw.number(1, longest) }, () => {
    const code = draw.once(3) ? draw.number(0x20, 0x2fff) : draw.number(0x21, 0x7e);
    return String.fromCodePoint(code);
  });
  return characters.join('');
}
