import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DailyCaps, scopeOf, scopesOf, unitsOf } from '../../shared/scopes.ts';
import { QUOTAS, type QuotaWindow, type Sender, type SenderKind } from '../../shared/senders.ts';

const DAY = 86_400;

const senderOf = (sender: string, kind: SenderKind, quota: readonly QuotaWindow[] = QUOTAS[kind]): Sender => ({
  channel: kind.endsWith('domain') ? 'email' : 'sms',
  sender,
  kind,
  countries: ['*'],
  quota,
});

const SENDERS = [
  senderOf('+18005550100', 'toll-free'),
  senderOf('+18005550101', 'toll-free'),
  senderOf('24680', 'short-code'),
  senderOf('Shop A', 'alphanumeric'),
  senderOf('Shop B', 'alphanumeric'),
  senderOf('news@shop.example', 'custom-domain'),
  senderOf('help@shop.example', 'custom-domain'),
  senderOf('x@y.azurecomm.net', 'azure-managed-domain'),
];

const namesOf = (senders: readonly Sender[], caps: DailyCaps = {}) =>
  scopesOf(senders, caps).map(({ kind, name }) => `${kind} ${name}`);

const dayOf = ({ windows }: { windows: readonly QuotaWindow[] }): number =>
  windows.find(({ seconds }) => seconds === DAY)!.limit;

describe('scopes', () => {
  it('are a number each, all names of the resource, and all mail of the subscription by kind of domain', () => {
    expect(namesOf(SENDERS)).toEqual([
      'toll-free +18005550100',
      'toll-free +18005550101',
      'short-code 24680',
      'alphanumeric resource',
      'custom-domain subscription',
      'azure-managed-domain subscription',
    ]);
  });

  it('have the windows of their senders', () => {
    for (const { kind, windows } of scopesOf(SENDERS, {})) expect(windows).toEqual(QUOTAS[kind]);
  });

  it('are found again by their senders, as the same object', () => {
    const scopes = scopesOf(SENDERS, { sms: 1_000 });
    for (const { channel, sender } of SENDERS) expect(scopes).toContain(scopeOf(scopes, SENDERS, channel, sender));
    for (const { channel, sender, kind } of SENDERS)
      expect(scopeOf(scopes, SENDERS, channel, sender)).toMatchObject({ kind });
    expect(scopeOf(scopes, SENDERS, 'sms', 'Shop A')).toBe(scopeOf(scopes, SENDERS, 'sms', 'Shop B'));
  });

  it('of a sender that has left the settings have the lowest quota of its channel', () => {
    const scopes = scopesOf(SENDERS, {});
    expect(scopeOf(scopes, SENDERS, 'sms', '+15550100')).toEqual({
      channel: 'sms',
      kind: 'long-code',
      name: '+15550100',
      windows: QUOTAS['long-code'],
    });
    expect(scopeOf(scopes, SENDERS, 'email', 'old@shop.example')).toMatchObject({ kind: 'azure-managed-domain' });
  });
});

describe('a daily cap', () => {
  it('is divided among the scopes of its channel by their quota, and leaves the other channel alone', () => {
    const scopes = scopesOf(SENDERS, { sms: 7_000 });
    const shares = scopes.filter(({ channel }) => channel === 'sms').map(dayOf);
    for (const [index, share] of [200, 200, 6_000, 600].entries())
      expect(Math.abs(shares[index]! - share)).toBeLessThanOrEqual(2 + share / 1_000 + 6);
    const mail = scopes.filter(({ channel }) => channel === 'email').flatMap(({ windows }) => windows);
    expect(mail.filter(({ seconds }) => seconds === DAY)).toEqual([]);
  });

  it('is never more in sum, and no scope has nothing of it', () => {
    const kinds = fc.constantFrom<SenderKind>('toll-free', 'short-code', 'long-code');
    fc.assert(
      fc.property(fc.array(kinds, { minLength: 1, maxLength: 8 }), fc.integer({ min: 8, max: 5_000 }), (all, cap) => {
        const senders = all.map((kind, index) => senderOf(`+1800555${index}`, kind));
        const shares = scopesOf(senders, { sms: cap }).map(dayOf);
        expect(shares.reduce((sum, share) => sum + share)).toBeLessThanOrEqual(cap);
        expect(Math.min(...shares)).toBeGreaterThanOrEqual(1);
      }),
    );
  });

  it('never lifts a quota of a day that is stricter', () => {
    const [scope] = scopesOf([senderOf('+15550100', 'long-code')], { sms: 1_000_000 });
    expect(scope!.windows).toEqual(QUOTAS['long-code']);
    const [capped] = scopesOf([senderOf('+15550100', 'long-code')], { sms: 100 });
    expect(capped!.windows).toEqual([{ limit: 100, seconds: DAY }]);
  });
});

describe('what a delivery uses up', () => {
  const sms = { content: { channel: 'sms', text: 'x', segments: 3 } } as const;
  const mail = { content: { channel: 'email', subject: '', html: '', text: '' } } as const;

  it('is one, or the segments of an SMS where they count', () => {
    expect([unitsOf(sms, false), unitsOf(sms, true)]).toEqual([1, 3]);
    expect([unitsOf(mail, true), unitsOf({}, true)]).toEqual([1, 1]);
    expect(unitsOf({ content: { ...sms.content, segments: 0 } }, true)).toBe(1);
  });
});
