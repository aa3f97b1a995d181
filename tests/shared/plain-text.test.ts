import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cut, lengthOf, plainName, shorten } from '../../shared/plain-text.ts';

describe('a plain name', () => {
  it.each([
    ['Anna Berg', 'Anna Berg'],
    ["Séamus O'Neill-Müller", "Séamus O'Neill-Müller"],
    ['J.R. Hartley', 'J. R. Hartley'],
    ['  Anna \r\n\t Berg ', 'Anna Berg'],
    ['Anna\u2028Berg', 'Anna Berg'],
    ['Anna \u202egreB\u2069', 'Anna greB'],
    ['An\u200bna', 'Anna'],
    ['http://evil.example/x', 'http evil. example/x'],
    ['www.evil.example', 'www. evil. example'],
    ['evil。example', 'evil. example'],
    ['anna@evil.example', 'anna evil. example'],
    ['javascript:alert(1)', 'javascript alert(1)'],
    ['Version 1.5', 'Version 1.5'],
    ['注文 太郎', '注文 太郎'],
    ['Zoë 🎉', 'Zoë 🎉'],
    [`Z${'\u0301'.repeat(50)}`, 'Ź\u0301\u0301\u0301\u0301'],
    ['\u200b', ''],
    ['علی\u200cرضا', 'علی\u200cرضا'],
    ['ශ්\u200dරී', 'ශ්\u200dරී'],
    ['👨‍👩‍👧 Huber', '👨‍👩‍👧 Huber'],
    ['An\u200dna\u200c', 'Anna'],
    ['علی\u200c.example', 'علی. example'],
  ])('of %j is %j', (name, plain) => {
    expect(plainName(name)).toBe(plain);
  });

  const anyName = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc
      .array(
        fc.constantFrom(
          'http://',
          'www.',
          'evil',
          '.',
          '。',
          'com',
          '@',
          ':',
          '/',
          ' ',
          '\n',
          '\u200b',
          '\u202e',
          '\u0301',
          '\u200d',
          'ی',
          '්',
          '🎉',
          'a',
        ),
      )
      .map((parts) => parts.join('')),
  );

  it('has no line break, no invisible character and nothing that reads as a link or an address', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        const plain = plainName(name);
        expect(plain).not.toMatch(/[\p{Cc}[\p{Cf}--[\u200c\u200d]]\p{Zl}\p{Zp}]| {2}|^ | $/v);
        expect(plain).not.toMatch(/[a-z\d.\s][\u200c\u200d]|[\u200c\u200d][.\s\d]/i);
        expect(plain).not.toMatch(/:\/|@|[.。．｡]\p{L}/u);
        expect(plain.isWellFormed()).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('stays as it is when it is made plain again', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        expect(plainName(plainName(name))).toBe(plainName(name));
      }),
      { numRuns: 500, examples: [['\u0301\u0dca\u200dhttp://']] },
    );
  });
});

describe('a cut', () => {
  it('leaves short texts alone', () => {
    expect(cut('Nordlicht', 9)).toBe('Nordlicht');
  });

  it('falls between what a reader sees as letters', () => {
    expect(cut('👩‍👩‍👧👍🏽é', 2)).toBe('👩‍👩‍👧👍🏽...');
    expect(lengthOf('👩‍👩‍👧👍🏽é')).toBe(3);
  });

  it('has no space before its dots', () => {
    expect(cut('Nord Licht', 5)).toBe('Nord...');
  });
});

describe('a text that is shortened', () => {
  it.each([
    ['Anna', 4, 'Anna'],
    ['Anna Berg', 4, 'Anna'],
    ['ab👨‍👩‍👧c', 9, 'ab'],
    ['ab👨‍👩‍👧c', 10, 'ab👨‍👩‍👧'],
    [`e${'\u0301'.repeat(9)}`, 4, `e${'\u0301'.repeat(3)}`],
    ['👨‍👩‍👧', 1, '\ufffd'],
  ])('%j to %i is %j', (text, longest, short) => {
    expect(shorten(text, longest)).toBe(short);
  });
});
