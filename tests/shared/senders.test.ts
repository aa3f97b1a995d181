import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QUOTAS, type Sender, type SenderKind, senderFor } from '../../shared/senders.ts';

const sms = (sender: string, countries: readonly string[], kind: SenderKind = 'long-code'): Sender => ({
  channel: 'sms',
  sender,
  kind,
  countries,
  quota: QUOTAS[kind],
});

const to = (country: string, address = '+4915112345678') => ({ channel: 'sms', country, address }) as const;

const PHONES = Array.from({ length: 4_000 }, (_, index) => `+4915${String(index).padStart(9, '1')}`);
const numbers = (count: number) => Array.from({ length: count }, (_, index) => sms(`+4930000000${index}`, ['DE']));

/** Who gets another sender. */
const moved = (before: readonly Sender[], after: readonly Sender[]) =>
  PHONES.filter((phone) => senderFor(before, to('DE', phone)) !== senderFor(after, to('DE', phone)));

describe('the sender of a recipient', () => {
  it('is one that names the country, before one that reaches the rest', () => {
    const senders = [sms('ANYWHERE', ['*']), sms('+493000', ['DE', 'AT']), sms('+18005550100', ['US'])];
    expect(senderFor(senders, to('AT'))).toBe('+493000');
    expect(senderFor(senders, to('US'))).toBe('+18005550100');
    expect(senderFor(senders, to('BR'))).toBe('ANYWHERE');
  });

  it('is nobody where none reaches the country, and never one of the other channel', () => {
    const senders = [sms('+18005550100', ['US']), { ...sms('news@shop.example', ['*']), channel: 'email' as const }];
    expect(senderFor(senders, to('DE'))).toBeUndefined();
    expect(senderFor(senders, { ...to('DE'), channel: 'email' })).toBe('news@shop.example');
    expect(senderFor([], to('DE'))).toBeUndefined();
  });

  it('does not depend on the order of the list, nor on upper and lower case in a mail address', () => {
    const domains = [1, 2, 3, 4].map((n) => ({ ...sms(`n${n}@shop.example`, ['*']), channel: 'email' as const }));
    fc.assert(
      fc.property(fc.emailAddress(), fc.shuffledSubarray(domains, { minLength: 4 }), (address, shuffled) => {
        const mail = { channel: 'email', country: 'DE' } as const;
        const one = senderFor(domains, { ...mail, address });
        expect(senderFor(shuffled, { ...mail, address })).toBe(one);
        expect(senderFor(domains, { ...mail, address: address.toUpperCase() })).toBe(one);
      }),
    );
  });

  it('changes only to a sender that is added, and for its share of the recipients', () => {
    for (const count of [1, 2, 4, 9]) {
      const before = numbers(count);
      const after = [...before, sms('+49309999999', ['DE'])];
      const movers = moved(before, after);
      expect(new Set(movers.map((phone) => senderFor(after, to('DE', phone))))).toEqual(new Set(['+49309999999']));
      const share = movers.length / PHONES.length;
      expect(share).toBeGreaterThan(0.8 / (count + 1));
      expect(share).toBeLessThan(1.2 / (count + 1));
    }
  });

  it('changes only for the recipients of a sender that is taken away', () => {
    const [gone, ...others] = numbers(4);
    const movers = moved([gone!, ...others], others);
    expect(new Set(movers.map((phone) => senderFor([gone!, ...others], to('DE', phone))))).toEqual(
      new Set([gone!.sender]),
    );
  });

  it('is drawn in proportion to the quotas', () => {
    const senders = [sms('12345', ['US'], 'short-code'), sms('+18005550100', ['US'], 'toll-free')];
    const short = PHONES.filter((phone) => senderFor(senders, to('US', phone)) === '12345').length / PHONES.length;
    expect(short).toBeGreaterThan(0.95);
    expect(short).toBeLessThan(0.98);
  });
});
