import { chance } from './chance.ts';
import { type Magic, magicOf } from './magic-recipients.ts';
import type { Channel, EmailStatus, Scenario, SmsCode, Timing } from './scenario.ts';

/** What one report says about one recipient. */
export interface Verdict {
  readonly status: string;
  readonly code: string | null;
  readonly details: string;
}

const smsTexts: Record<SmsCode, string> = {
  '4000': 'Message is flagged as fraudulent.',
  '4001': 'The From number is not valid.',
  '4002': 'The To number is not valid.',
  '4003': 'The destination is not supported.',
  '4004': 'The number does not exist.',
  '4005': 'Message blocked by the destination carrier.',
  '4006': 'The handset is unreachable.',
  '4007': 'The recipient has opted out.',
  '4008': 'The sender profile exceeded its limit.',
  '4009': 'Message rejected by the entitlement system.',
  '4010': 'The toll-free number is not verified.',
  '4020': 'Carrier volumetric violation.',
  '5000': 'Message failed.',
  '5001': 'The service is temporarily unavailable.',
  '5002': 'Message Delivery Timeout',
  '9999': 'Message failed for an unknown reason.',
};

const smsFailure = (code: SmsCode): Verdict => ({
  status: 'Failed',
  code,
  details: `ErrorCode: ${code}. ErrorMessage: ${smsTexts[code]}`,
});

/** The form seen in reports for recipients who wrote STOP: no code in it. */
const blockedForRecipient: Verdict = {
  status: 'Failed',
  code: '4007',
  details: 'Sender blocked for given recipient.',
};

const emailTexts: Record<EmailStatus | 'Delivered', string> = {
  Delivered: '',
  Expanded: '',
  Failed: "552 5.2.2 The recipient's mailbox is full and can't accept messages now.",
  Bounced: '550 5.1.1 The email account that you tried to reach does not exist.',
  Suppressed: 'The recipient is on the suppression list.',
  Quarantined: 'The message was quarantined as spam, bulk mail or phishing.',
  FilteredSpam: 'The message was identified as spam and was rejected.',
};

const emailVerdict = (status: EmailStatus | 'Delivered'): Verdict => ({
  status,
  code: null,
  details: emailTexts[status],
});

/** Walks shares in their order: the key whose stretch of [0, 1) holds the fraction. */
function pick<K extends string>(shares: Partial<Record<K, number | undefined>>, fraction: number): K | undefined {
  let sum = 0;
  for (const [key, share] of Object.entries<number | undefined>(shares)) {
    sum += share ?? 0;
    if (fraction < sum) return key as K;
  }
  return undefined;
}

/** What becomes of one message for one recipient, in the order of provider time, and how its reports travel. */
export interface Outcome {
  readonly verdicts: readonly Verdict[];
  readonly timing: Timing | 'normal';
  /** The mail is dropped: its operation fails and nothing is reported. */
  readonly dropped: boolean;
}

/**
 * Pure: the scenario, the recipient and the occasion (how many messages went there before) decide.
 * `blocked`: opted out, or suppressed.
 */
export function decideOutcome(
  scenario: Scenario,
  channel: Channel,
  address: string,
  occasion: string,
  blocked: boolean,
): Outcome {
  const draw = (purpose: string) => chance(scenario.seed, purpose, address, occasion);
  const magic: Magic = (scenario.magicRecipients ? magicOf(channel, address) : undefined) ?? { says: '' };
  const timing = magic.timing ?? pick(scenario.reports.timing, draw('timing')) ?? 'normal';
  const verdicts = channel === 'sms' ? smsVerdicts() : emailVerdicts();
  return { verdicts, timing, dropped: magic.dropped ?? false };

  function smsVerdicts(): Verdict[] {
    if (blocked) return [blockedForRecipient];
    const code = magic.code ?? pick(scenario.outcomes.sms, draw('outcome'));
    if (code) return [smsFailure(code)];
    const details = draw('details') < 0.5 ? 'No error.' : '2000: No Error';
    const delivered = { status: 'Delivered', code: '2000', details };
    return timing === 'reordered' ? [smsFailure('5002'), delivered] : [delivered];
  }

  function emailVerdicts(): Verdict[] {
    if (blocked) return [emailVerdict('Suppressed')];
    const status = magic.status ?? pick(scenario.outcomes.email, draw('outcome')) ?? 'Delivered';
    if (magic.later) return [emailVerdict(status), emailVerdict(magic.later)];
    return timing === 'reordered' && status === 'Delivered'
      ? [emailVerdict('Delivered'), emailVerdict('Bounced')]
      : [emailVerdict(status)];
  }
}
