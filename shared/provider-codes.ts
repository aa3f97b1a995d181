/**
 * What the words and codes in delivery reports mean. SMS: `sms-sdk` message codes of the provider's troubleshooting
 * pages; email: the statuses of the Event Grid schema and `Expanded`, which only the documentation has.
 */
import type { Cause } from './causes.ts';

/** Whether the same message to the same recipient could go through another time. */
export type Permanence = 'for good' | 'for now' | 'unclear';

export type Meaning = {
  status: 'delivered' | 'failed' | 'unknown';
  cause: Cause;
  permanence: Permanence;
  /** The address is not written to again. */
  suppress?: 'opted-out' | 'hard-bounced';
};

const DELIVERED: Meaning = { status: 'delivered', cause: 'arrived', permanence: 'for good' };
const OPTED_OUT: Meaning = { status: 'failed', cause: 'opted-out', permanence: 'for good', suppress: 'opted-out' };

const failed = (cause: Cause, permanence: Permanence): Meaning => ({ status: 'failed', cause, permanence });

/** Code in the `deliveryStatusDetails` of an SMS report → meaning. */
export const SMS_CODES: Readonly<Record<string, Meaning>> = {
  '2000': DELIVERED,
  '4000': failed('flagged-as-fraud', 'for good'),
  '4001': failed('bad-sender', 'for good'),
  '4002': failed('bad-address', 'for good'),
  '4003': failed('destination-not-supported', 'for good'),
  '4004': failed('number-does-not-exist', 'for good'),
  '4005': failed('carrier-blocked', 'for good'),
  '4006': failed('handset-unreachable', 'for now'),
  '4007': OPTED_OUT,
  '4008': failed('sender-limit', 'for now'),
  '4009': failed('not-entitled', 'for good'),
  '4010': failed('sender-not-verified', 'for good'),
  '4020': failed('sender-limit', 'for now'),
  '5000': failed('provider-error', 'unclear'),
  '5001': failed('provider-error', 'for now'),
  '5002': { status: 'unknown', cause: 'no-receipt', permanence: 'unclear' },
  '9999': failed('provider-error', 'unclear'),
};

/** `status` of an email report in lower case → meaning. */
export const EMAIL_STATUSES: Readonly<Record<string, Meaning>> = {
  delivered: DELIVERED,
  expanded: DELIVERED,
  failed: failed('mailbox-unavailable', 'for now'),
  bounced: { ...failed('hard-bounced', 'for good'), suppress: 'hard-bounced' },
  suppressed: { ...failed('suppressed-by-provider', 'for good'), suppress: 'hard-bounced' },
  quarantined: failed('quarantined', 'unclear'),
  filteredspam: failed('filtered-as-spam', 'unclear'),
};

/** `code` is what a developer looks up; it never holds an address. */
export type Reported = Meaning & { code: string };

/** Undefined for a status that says nothing final. `details` is free text with a four-digit code in most cases. */
export function smsMeaning(status: string, details: string): Reported | undefined {
  const [code = ''] = /(?<!\d)\d{4}(?!\d)/.exec(details) ?? [];
  switch (status.toLowerCase()) {
    case 'delivered':
      return { ...DELIVERED, code };
    case 'failed':
      return { ...failureOf(code, details), code };
    default:
      return undefined;
  }
}

function failureOf(code: string, details: string): Meaning {
  if (/sender blocked for given recipient/i.test(details)) return OPTED_OUT;
  const known = SMS_CODES[code];
  return known && known.status !== 'delivered' ? known : failed('other-report', 'unclear');
}

/** Undefined for a status that is not of the provider's list. `details` is what the other mail server said. */
export function emailMeaning(status: string, details: string): Reported | undefined {
  const meaning = EMAIL_STATUSES[status.toLowerCase()];
  if (!meaning) return undefined;
  const [, smtp = '', enhanced = ''] =
    /(?:\b([45]\d\d)[ -]+)?(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)/.exec(details) ?? [];
  return { ...meaning, code: [status, smtp, enhanced].filter(Boolean).join(' ') };
}
