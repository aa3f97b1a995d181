import { readFileSync } from 'node:fs';
import { isValidPhoneNumber } from 'libphonenumber-js';
import { describe, expect, it } from 'vitest';
import { magicMailboxes, magicNumbers, magicOf } from '../../../local/communication-services/magic-recipients.ts';

const readme = readFileSync(new URL('../../../local/communication-services/README.md', import.meta.url), 'utf8');
/** United States, Germany, United Kingdom, France, Spain, Netherlands, Austria, Switzerland, Australia, Poland, Italy, Sweden. */
const prefixes = '+14252 +4915112 +447400 +33612 +34612 +31612 +436641 +41791 +61412 +48601 +393471 +46701'.split(' ');

describe('magic recipients', () => {
  it('have endings that make valid numbers in several countries', () => {
    const numbers = [...magicNumbers.keys()].flatMap((ending) => prefixes.map((prefix) => prefix + ending));
    const invalid = numbers.filter((number) => !isValidPhoneNumber(number));
    expect(invalid).toEqual([]);
  });

  it('stand all in the README, with what they do', () => {
    const rows = new Set(readme.split('\n').map((line) => line.replace(/\s*\|\s*/g, '|')));
    for (const [ending, { says }] of magicNumbers) expect(rows).toContain(`|\`${ending}\`|${says}|`);
    for (const [mailbox, { says }] of magicMailboxes) expect(rows).toContain(`|\`${mailbox}@\`|${says}|`);
  });

  it('are no ordinary ones', () => {
    expect(magicOf('sms', '+14255550106')).toBeUndefined();
    expect(magicOf('email', 'bouncer@mail.example')).toBeUndefined();
    expect(magicOf('email', 'ann+bounce@mail.example')).toBeUndefined();
    expect(magicOf('email', 'Bounce+1042@mail.example')).toBe(magicMailboxes.get('bounce'));
  });
});
