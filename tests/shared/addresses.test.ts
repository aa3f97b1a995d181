import { describe, expect, it } from 'vitest';
import { addressHashes, maskAddress, parseMail, parsePhone } from '../../shared/addresses.ts';

describe('a phone number', () => {
  it.each([
    ['+43 664 1234567', 'DE', '+436641234567', 'AT'],
    ['0664 1234567', 'AT', '+436641234567', 'AT'],
    ['0043 664 1234567', 'AT', '+436641234567', 'AT'],
    ['(011) 91234-5678', 'BR', '+5511912345678', 'BR'],
    ['+1 202 456 1414', 'DE', '+12024561414', 'US'],
    ['+44 7400 123456', 'XX', '+447400123456', 'GB'],
    ['+43 664 1234567', 'AT', '+436641234567', 'AT'],
    ['\u202a+43 664 1234567\u202c', 'DE', '+436641234567', 'AT'],
  ])('%s dialled in %s is %s in %s', (text, dialledIn, e164, country) => {
    expect(parsePhone(text, dialledIn)).toEqual({ e164, country });
  });

  it.each([
    ['', 'AT'],
    ['call me', 'AT'],
    ['call +43 664 1234567', 'AT'],
    ['12', 'AT'],
    ['0664 1234567', 'XX'],
    ['+43 664 1234567 ext. 9', 'AT'],
    ['+999 1234567', 'AT'],
    ['+436641234567890123', 'AT'],
    ['0900 123456', 'AT'],
    ['0810 123456', 'AT'],
    ['+49 180 5 123456', 'AT'],
    ['0892 70 12 34', 'FR'],
    ['+1 900 555 1234', 'US'],
    ['+979 123 456 789', 'AT'],
  ])('%j dialled in %s is none that we text', (text, dialledIn) => {
    expect(parsePhone(text, dialledIn)).toBeUndefined();
  });
});

describe('a mail address', () => {
  it.each([
    ['Anna.Berg@Mail.Example', 'Anna.Berg@mail.example', 'mail.example'],
    [' anna+shop@mail.example ', 'anna+shop@mail.example', 'mail.example'],
    ['anna@Bücher.example', 'anna@xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['\u200banna@mail.example\u200e', 'anna@mail.example', 'mail.example'],
    ["o'neil@mail.example", "o'neil@mail.example", 'mail.example'],
  ])('%s is sent to %s', (text, address, host) => {
    expect(parseMail(text)).toEqual({ address, host });
  });

  it.each([
    '',
    'anna',
    'anna@',
    '@mail.example',
    'anna@localhost',
    'anna@[127.0.0.1]',
    'anna@127.0.0.1',
    'anna..berg@mail.example',
    '.anna@mail.example',
    'anna berg@mail.example',
    'anna@mail..example',
    'a@b@mail.example',
    'anna@mail.example\r\nBcc: x@y.example',
    'Anna <anna@mail.example>',
    'ännä@mail.example',
    `${'a'.repeat(65)}@mail.example`,
    `anna@${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}.example`,
  ])('%j cannot be one', (text) => {
    expect(parseMail(text)).toBeUndefined();
  });
});

describe('a masked address', () => {
  it.each([
    ['sms', '+436641234567', '+43********67'],
    ['sms', 'call me at home', '***'],
    ['sms', '', ''],
    ['email', 'anna@mail.example', 'a***@mail.example'],
    ['email', 'anna', '***'],
  ] as const)('of %s %j is %j', (channel, address, masked) => {
    expect(maskAddress(channel, address)).toBe(masked);
  });
});

const [k1, k2] = [
  { name: 'k1', key: Buffer.from('one') },
  { name: 'k2', key: Buffer.from('two') },
];
const hash = (channel: 'sms' | 'email', address: string) => addressHashes([k1], channel, address)[0];

describe('the hashes of an address', () => {
  it('are one per key, the writing key first', () => {
    const hashes = addressHashes([k2, k1], 'sms', '+436641234567');
    expect(hashes.map((hash) => hash.slice(0, 3))).toEqual(['k2:', 'k1:']);
    expect(hashes[1]).toMatch(/^k1:[0-9a-f]{64}$/);
    expect(hashes[1]).toBe(addressHashes([k1], 'sms', '+436641234567')[0]);
  });

  it('do not tell upper from lower case in a mail, but channels and addresses apart', () => {
    expect(hash('email', 'Anna@mail.example')).toBe(hash('email', 'anna@mail.example'));
    expect(hash('email', 'anna@mail.example')).not.toBe(hash('email', 'hanna@mail.example'));
    expect(hash('sms', '+436641234567')).not.toBe(hash('email', '+436641234567'));
  });
});
