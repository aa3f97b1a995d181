import { describe, expect, it } from 'vitest';
import { aligned, bar, clean, csvLine, cut, duration, shellWord, widthOf } from '../../commands/format.ts';

describe('duration', () => {
  it.each([
    [0, '0.00 s'],
    [420, '0.42 s'],
    [59_940, '59.9 s'],
    [59_990, '1 min 0 s'],
    [9_999, '10.0 s'],
    [142_000, '2 min 22 s'],
    [3_600_000, '1 h 0 min'],
    [97_200_000, '1 d 3 h'],
    [-1_500, '-1.50 s'],
  ])('of %i ms is %s', (milliseconds, text) => {
    expect(duration(milliseconds)).toBe(text);
  });
});

describe('aligned', () => {
  it('gives each column its width, figures to the right, and no blanks at the end', () => {
    const rows = [
      ['region', 'count', ''],
      ['Tirol', '7', ''],
      ['Wien', '12', 'x'],
    ];
    expect(aligned(rows, 80)).toEqual(['region  count', 'Tirol       7', 'Wien       12  x']);
  });

  it('lets the widest column give way until all fits', () => {
    const rows = [
      ['an order number that is long', 'sms', 'delivered'],
      ['order:1', 'email', 'failed'],
    ];
    expect(aligned(rows, 32)).toEqual(['an order numb…  sms    delivered', 'order:1         email  failed']);
  });

  it('leaves the first columns whole when told to', () => {
    const rows = [['2026-11-20/3f9a6c01d2e4', '/shops/nordlicht', 'order.placed']];
    expect(aligned(rows, 45, 1)).toEqual(['2026-11-20/3f9a6c01d2e4  /shops/n…  order.pl…']);
  });

  it('counts the cells of wide letters and of what is put together from several', () => {
    expect(widthOf('東京')).toBe(4);
    expect(widthOf('e\u0301')).toBe(1);
    expect(widthOf('👩‍👩‍👧')).toBe(2);
    const rows = [
      ['東京', 'x'],
      ['Wien', 'x'],
    ];
    expect(aligned(rows, 80)).toEqual(['東京  x', 'Wien  x']);
    expect(cut('東京都', 5)).toBe('東京…');
  });

  it('shows what a terminal would obey', () => {
    expect(clean('order:\u001b[31m1\u202e2\n3')).toBe('order:�[31m1�2�3');
    expect(aligned([['\u001b]0;x\u0007', 'b']], 80)).toEqual(['�]0;x�  b']);
  });

  it('takes nothing at all', () => {
    expect(aligned([], 80)).toEqual([]);
  });
});

describe('bar', () => {
  it.each([
    [1, '████'],
    [0.5, '██'],
    [0.28, '█▏'],
    [0.0001, '▏'],
    [0, ''],
  ])('of %d of the whole', (share, text) => {
    expect(bar(share, 4)).toBe(text);
  });
});

describe('csvLine', () => {
  it('quotes what has to be quoted', () => {
    expect(csvLine(['a', 'b,c', 'say "hi"', 'two\nlines'])).toBe('a,"b,c","say ""hi""","two\nlines"');
  });

  it('lets no cell become a formula, and leaves masked numbers alone', () => {
    expect(csvLine(['=1+1', '@x', '+49*****67', '-12', '+cmd|x'])).toBe("'=1+1,'@x,+49*****67,-12,'+cmd|x");
  });
});

describe('shellWord', () => {
  it('quotes what a shell would take apart', () => {
    expect(shellWord('order:2026/1042')).toBe('order:2026/1042');
    expect(shellWord("order:it's 7")).toBe("'order:it'\\''s 7'");
  });
});
