import { describe, expect, it } from 'vitest';
import { canariesIn } from '../../deploy/channels.ts';
import { reachable, sendersOf } from '../../deploy/senders.ts';

const CANARIES = canariesIn('+12025550123,ann@example.com');
const TOLL_FREE = '[{"sender":"+18005550100","kind":"toll-free"}]';

describe('the senders of a deployment', () => {
  it('are a mail domain that Azure manages, when nothing else is named', () => {
    expect(sendersOf({})).toMatchObject([
      { channel: 'email', kind: 'azure-managed-domain', quota: [{}, { limit: 10 }] },
    ]);
  });

  it('are names of an own domain once it is verified, with the quota that was granted', () => {
    const senders = sendersOf({
      NOTIFY_SMS_SENDERS: TOLL_FREE,
      NOTIFY_CUSTOM_DOMAIN: 'mail.example.com',
      NOTIFY_CUSTOM_DOMAIN_VERIFIED: 'true',
      NOTIFY_EMAIL_SENDER_NAMES: '[{"username":"news","displayName":"News"}]',
      NOTIFY_EMAIL_QUOTA: '[{"limit":1000,"seconds":3600}]',
    });
    expect(senders).toMatchObject([
      { channel: 'sms', sender: '+18005550100' },
      {
        channel: 'email',
        sender: 'news@mail.example.com',
        kind: 'custom-domain',
        quota: [{ limit: 1000, seconds: 3600 }],
      },
    ]);
  });

  it('reach no canary on a channel that has none: a first deployment has no number yet', () => {
    expect(reachable(CANARIES, sendersOf({}))).toEqual({ sms: [], email: ['ann@example.com'] });
    expect(reachable(CANARIES, sendersOf({ NOTIFY_SMS_SENDERS: TOLL_FREE }))).toEqual(CANARIES);
  });
});
