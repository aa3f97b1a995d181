import { describe, expect, it } from 'vitest';
import { readSettings, SettingsError } from '../../shared/config.ts';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { QUOTAS } from '../../shared/senders.ts';

const read = (senders: unknown) =>
  readSettings({ ...sample.Values, SENDERS: typeof senders === 'string' ? senders : JSON.stringify(senders) }).senders;

function faultsOf(senders: unknown): readonly string[] {
  try {
    read(senders);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
}

describe('the list of senders', () => {
  it('takes reach and quota of a kind from what the provider grants', () => {
    expect(
      read({
        sms: [
          { sender: '+18005550100', kind: 'toll-free' },
          { sender: '24680', kind: 'short-code', countries: ['US'], quota: [{ limit: 9_000, seconds: 60 }] },
          { sender: 'Shop 24', kind: 'alphanumeric', countries: ['*'] },
        ],
        email: [{ sender: 'DoNotReply@x.azurecomm.net', kind: 'azure-managed-domain' }],
      }),
    ).toEqual([
      {
        channel: 'sms',
        sender: '+18005550100',
        kind: 'toll-free',
        countries: ['US', 'CA', 'PR'],
        quota: QUOTAS['toll-free'],
      },
      {
        channel: 'sms',
        sender: '24680',
        kind: 'short-code',
        countries: ['US'],
        quota: [{ limit: 9_000, seconds: 60 }],
      },
      { channel: 'sms', sender: 'Shop 24', kind: 'alphanumeric', countries: ['*'], quota: QUOTAS.alphanumeric },
      {
        channel: 'email',
        sender: 'DoNotReply@x.azurecomm.net',
        kind: 'azure-managed-domain',
        countries: ['*'],
        quota: QUOTAS['azure-managed-domain'],
      },
    ]);
  });

  it('reports every fault with its path, and no value', () => {
    const faults = faultsOf({
      sms: [
        { sender: '+4915199999999', kind: 'toll-free', countries: ['DE'] },
        { sender: 'secret', kind: 'secret', countries: ['de', 'DE'] },
        { sender: '12345', kind: 'short-code' },
        { sender: 'A name too long', kind: 'alphanumeric', countries: [] },
        { sender: 'Shop', kind: 'alphanumeric', countries: ['*'], quota: [{ limit: 0, seconds: 'secret' }] },
        { sender: 'Shop', kind: 'alphanumeric', countries: ['*'] },
        'secret',
      ],
      email: [{ sender: 'nobody', kind: 'custom-domain' }],
    });
    expect(faults.map((fault) => fault.split(':')[0])).toEqual([
      'SENDERS.sms[0].sender',
      'SENDERS.sms[0].countries',
      'SENDERS.sms[1].kind',
      'SENDERS.sms[1].countries[0]',
      'SENDERS.sms[2].countries',
      'SENDERS.sms[3].countries',
      'SENDERS.sms[3].sender',
      'SENDERS.sms[4].quota[0].limit',
      'SENDERS.sms[4].quota[0].seconds',
      'SENDERS.sms[6]',
      'SENDERS.email[0].sender',
    ]);
    expect(faults.join()).not.toMatch(/secret|nobody|Shop/);
    expect(faults).toContain('SENDERS.sms[1].kind: expected toll-free, short-code, long-code, alphanumeric');
  });

  it('names a sender once', () => {
    const twice = { sender: 'Shop', kind: 'alphanumeric', countries: ['*'] };
    expect(faultsOf({ sms: [twice, twice] })).toEqual(['SENDERS.sms[1].sender: stands there twice']);
  });

  it('has one quota for senders that share one', () => {
    const name = (sender: string, limit?: number) => ({
      sender,
      kind: 'alphanumeric',
      countries: ['*'],
      ...(limit && { quota: [{ limit, seconds: 60 }] }),
    });
    const fault = 'expected the same as [0].quota: all senders of kind alphanumeric share one';
    expect(faultsOf({ sms: [name('A', 300), name('B', 300), name('C')] })).toEqual([`SENDERS.sms[2].quota: ${fault}`]);
    expect(faultsOf({ sms: [name('A'), name('B', 601)] })).toEqual([`SENDERS.sms[1].quota: ${fault}`]);
    expect(faultsOf({ sms: [name('A', 600), name('B')] })).toEqual([]);
    const windows = [
      { limit: 10, seconds: 60 },
      { limit: 50, seconds: 3_600 },
    ];
    const mail = (sender: string, quota: typeof windows) => ({ sender, kind: 'custom-domain', quota });
    expect(faultsOf({ email: [mail('a@x.example', windows), mail('b@x.example', windows.toReversed())] })).toEqual([]);
    expect(faultsOf({ email: [mail('a@x.example', windows), mail('b@x.example', windows.slice(0, 1))] })).toHaveLength(
      1,
    );
  });

  it('lets numbers have quotas of their own, and kinds of domain too', () => {
    const number = (sender: string, limit: number) => ({ sender, kind: 'toll-free', quota: [{ limit, seconds: 60 }] });
    expect(faultsOf({ sms: [number('+18005550100', 200), number('+18005550101', 400)] })).toEqual([]);
    const email = [
      { sender: 'a@x.example', kind: 'custom-domain' },
      { sender: 'a@x.azurecomm.net', kind: 'azure-managed-domain' },
    ];
    expect(faultsOf({ email })).toEqual([]);
  });

  it('names a window of a quota once', () => {
    const quota = [
      { limit: 10, seconds: 60 },
      { limit: 20, seconds: 60 },
    ];
    expect(faultsOf({ sms: [{ sender: '+18005550100', kind: 'toll-free', quota }] })).toEqual([
      'SENDERS.sms[0].quota[1].seconds: stands there twice',
    ]);
  });

  it.each([
    ['no JSON', '{"sms', 'SENDERS: expected JSON'],
    ['a list', '[]', 'SENDERS: expected an object with sms and email'],
    ['nobody', '{}', 'SENDERS: expected at least one sender'],
    ['another channel', '{"fax": []}', 'SENDERS: expected an object with sms and email'],
    ['nothing', '', 'SENDERS: expected JSON'],
  ])('says what is expected in place of %s', (_, text, fault) => {
    expect(faultsOf(text)).toContain(fault);
  });

  it('is missing when it is not set', () => {
    const { SENDERS: _, ...others } = sample.Values;
    expect(() => readSettings(others)).toThrow('SENDERS: missing');
  });
});
