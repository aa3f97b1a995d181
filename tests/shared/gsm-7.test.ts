import fc from 'fast-check';
import { SegmentedMessage } from 'sms-segments-calculator';
import { describe, expect, it } from 'vitest';
import { fitsOneSegment, outsideGsm7, withoutForeignAccents } from '../../shared/gsm-7.ts';
import { composeSms, name, sms, whole } from '../../shared/sms-text.ts';

it('the alphabet is that of the segment calculator, for every character up to U+FFFF', () => {
  const differing: string[] = [];
  for (let code = 0; code < 0xd800; code++) {
    const character = String.fromCharCode(code);
    const isGsm7 = new SegmentedMessage(character, 'auto').getEncodingName() === 'GSM-7';
    if (isGsm7 !== (outsideGsm7(character).length === 0)) differing.push(code.toString(16));
  }
  expect(differing).toEqual([]);
});

it('a text fits one segment when the calculator says so', () => {
  const characters = fc.constantFrom(...Array.from('aZ9 @Δ\n\r\f^{}\\[~]|€çé店'));
  fc.assert(
    fc.property(fc.array(characters, { minLength: 1, maxLength: 170 }), (parts) => {
      const text = parts.join('');
      const calculated = new SegmentedMessage(text, 'auto');
      return fitsOneSegment(text) === (calculated.getEncodingName() === 'GSM-7' && calculated.segmentsCount === 1);
    }),
    { numRuns: 500 },
  );
  for (const [text, fits] of [
    ['a'.repeat(160), true],
    ['a'.repeat(161), false],
    [`${'a'.repeat(158)}€`, true],
    [`${'a'.repeat(159)}€`, false],
  ] as const)
    expect(fitsOneSegment(text)).toBe(fits);
});

describe('accents', () => {
  it.each([
    ['sáb., 15 de março às 22:22', 'sab., 15 de marco às 22:22'],
    ['Söhne, señor, città, boîte, œuf', 'Söhne, señor, città, boite, oeuf'],
    ['Łódź', 'Lodz'],
    ['Вера', 'Вера'],
  ])('of %s', (text, plain) => {
    expect(withoutForeignAccents(text)).toBe(plain);
  });

  it('go when that makes the SMS cheaper', () => {
    const text = composeSms(sms`${name('São João')}: chega sáb., 15 de ago. ${whole('https://track.example.com/1')}`);
    expect(text.text).toBe('Sao Joao: chega sab., 15 de ago. https://track.example.com/1');
  });

  it('stay when something else is outside the alphabet anyway, and in what has to stay whole', () => {
    expect(composeSms(sms`${name('São João 店')}: sáb.`).text).toBe('São João 店: sáb.');
    expect(composeSms(sms`São ${whole('Ç-ç')}`).text).toBe('São Ç-ç');
  });
});
