import type { Draw } from '../fuzz/draw.ts';

const PHONE = '+4915112345667';
const MAIL = 'anna.muster@example.com';

/** What may stand where something else is expected. */
const WRONG: readonly unknown[] = [
  undefined,
  null,
  '',
  0,
  -1,
  202,
  1e308,
  true,
  [],
  {},
  [PHONE],
  { [MAIL]: MAIL },
  PHONE,
  MAIL,
  4915112345667,
  '__proto__',
  'x'.repeat(9_000),
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
  '{"tag":1}',
  '\u0000\ud800',
];

/** A copy of JSON with about one value in six wrong, some under a name in capitals, and lists made longer or shorter. */
export function withWrongValues(draw: Draw, value: unknown): unknown {
  if (draw.once(6)) return draw.of(WRONG);
  if (Array.isArray(value)) {
    const items = value.map((item) => withWrongValues(draw, item));
    return draw.once(4) ? [...items, ...items] : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      draw.once(12) ? name.toUpperCase() : name,
      withWrongValues(draw, inner),
    ]),
  );
}
