import { describe, expect, it } from 'vitest';
import { CAUSES } from '../../shared/causes.ts';
import { EMAIL_STATUSES, emailMeaning, SMS_CODES, smsMeaning } from '../../shared/provider-codes.ts';

describe('smsMeaning', () => {
  it.each([
    ['4000', 'failed', 'flagged-as-fraud', 'for good'],
    ['4001', 'failed', 'bad-sender', 'for good'],
    ['4002', 'failed', 'bad-address', 'for good'],
    ['4003', 'failed', 'destination-not-supported', 'for good'],
    ['4004', 'failed', 'number-does-not-exist', 'for good'],
    ['4005', 'failed', 'carrier-blocked', 'for good'],
    ['4006', 'failed', 'handset-unreachable', 'for now'],
    ['4007', 'failed', 'opted-out', 'for good'],
    ['4008', 'failed', 'sender-limit', 'for now'],
    ['4009', 'failed', 'not-entitled', 'for good'],
    ['4010', 'failed', 'sender-not-verified', 'for good'],
    ['4020', 'failed', 'sender-limit', 'for now'],
    ['5000', 'failed', 'provider-error', 'unclear'],
    ['5001', 'failed', 'provider-error', 'for now'],
    ['5002', 'unknown', 'no-receipt', 'unclear'],
    ['9999', 'failed', 'provider-error', 'unclear'],
  ] as const)('reads code %s as %s / %s, %s', (code, status, cause, permanence) => {
    expect(smsMeaning('Failed', `ErrorCode: ${code}. ErrorMessage: Something 12345678`)).toMatchObject({
      status,
      cause,
      permanence,
      code,
    });
  });

  it('suppresses an address that opted out, and no other', () => {
    const suppressing = (table: typeof SMS_CODES) => Object.keys(table).filter((code) => table[code]?.suppress);
    expect(suppressing(SMS_CODES)).toEqual(['4007']);
    expect(suppressing(EMAIL_STATUSES)).toEqual(['bounced', 'suppressed']);
    expect(smsMeaning('Failed', 'Sender blocked for given recipient.')).toMatchObject({
      cause: 'opted-out',
      suppress: 'opted-out',
    });
  });

  it.each(['No error.', '2000: No Error', ''])('takes "Delivered" for what it is, with details "%s"', (details) => {
    expect(smsMeaning('Delivered', details)).toMatchObject({ status: 'delivered', cause: 'arrived' });
  });

  it.each(['4999', 'Something went wrong', '', '2000: No Error'])(
    'says that it does not know a failure with "%s"',
    (details) => {
      expect(smsMeaning('Failed', details)).toMatchObject({
        status: 'failed',
        cause: 'other-report',
        permanence: 'unclear',
      });
    },
  );

  it('makes nothing of a status that says nothing final', () => {
    expect(['Pending', 'Unknown', ''].map((status) => smsMeaning(status, '4004'))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('emailMeaning', () => {
  it.each([
    ['Delivered', 'delivered', 'arrived', 'for good', undefined],
    ['Expanded', 'delivered', 'arrived', 'for good', undefined],
    ['Failed', 'failed', 'mailbox-unavailable', 'for now', undefined],
    ['Bounced', 'failed', 'hard-bounced', 'for good', 'hard-bounced'],
    ['Suppressed', 'failed', 'suppressed-by-provider', 'for good', 'hard-bounced'],
    ['Quarantined', 'failed', 'quarantined', 'unclear', undefined],
    ['FilteredSpam', 'failed', 'filtered-as-spam', 'unclear', undefined],
  ] as const)('reads %s as %s / %s, %s', (word, status, cause, permanence, suppress) => {
    for (const spelled of [word, word.toLowerCase(), word.toUpperCase()]) {
      const meaning = emailMeaning(spelled, '');
      expect(meaning).toMatchObject({ status, cause, permanence });
      expect(meaning?.suppress).toBe(suppress);
    }
  });

  it('keeps the codes of the other mail server and nothing else that it said', () => {
    const said = 'Remote server returned 550 5.1.1 <anna@example.com> user unknown [10.5.1.1]';
    expect(emailMeaning('Bounced', said)?.code).toBe('Bounced 550 5.1.1');
    expect(emailMeaning('Failed', 'status 4.2.2 from 203.0.113.4.2')?.code).toBe('Failed 4.2.2');
    expect(emailMeaning('Failed', 'anna@example.com said no')?.code).toBe('Failed');
  });

  it('makes nothing of a word that is not on the list', () => {
    expect(emailMeaning('OutForDelivery', '')).toBeUndefined();
  });
});

it('gives each meaning a cause that goes with its status', () => {
  for (const { cause, status } of [...Object.values(SMS_CODES), ...Object.values(EMAIL_STATUSES)])
    expect(CAUSES[cause].with).toContain(status);
});
