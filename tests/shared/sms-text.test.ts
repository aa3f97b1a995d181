import { describe, expect, it } from 'vitest';
import { composeSms, MOST_SEGMENTS, name, sms, whole } from '../../shared/sms-text.ts';

const LINK = 'https://track.example.com/o/1042';

const segments = (text: string) => composeSms([{ whole: text }]).segments;

describe('an SMS text', () => {
  it('is GSM-7 in spite of typographic punctuation and umlauts', () => {
    const { text, segments } = composeSms(sms`${name('Böhm’s „Laden“')}: Grüße – ${whole(LINK)}`);
    expect(text).toBe(`Böhm's "Laden": Grüße - ${LINK}`);
    expect(segments).toBe(1);
  });

  it('counts 160 characters of GSM-7 and 70 of UCS-2 as one segment', () => {
    expect([160, 161, 306, 307].map((length) => segments('a'.repeat(length)))).toEqual([1, 2, 2, 3]);
    expect([70, 71, 134, 135].map((length) => segments('注'.repeat(length)))).toEqual([1, 2, 2, 3]);
    expect([80, 81].map((length) => segments('€'.repeat(length)))).toEqual([1, 2]);
  });

  it('cuts names and nothing else when it is too long', () => {
    const number = '注'.repeat(21);
    const { text, segments } = composeSms(sms`${name('店'.repeat(400))}: order ${whole(number)} ${whole(LINK)}`);
    expect(segments).toBe(MOST_SEGMENTS);
    expect(text).toMatch(/^店+\.\.\.: order 注{21} https/);
    expect(text.endsWith(LINK)).toBe(true);
  });

  it('never changes a character of what is whole', () => {
    expect(composeSms(sms`order ${whole('2026–1042 “a”')}`).text).toBe('order 2026–1042 “a”');
  });

  it('ends a sentence with the dot of an abbreviation', () => {
    expect(composeSms(sms`by ${'24. Nov.'}. Next ${'6 p.m.'}, ${'then'}.`).text).toBe('by 24. Nov. Next 6 p.m., then.');
  });
});
