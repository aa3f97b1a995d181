import type { Status } from './status.ts';

/** Why a delivery has its status: a closed list, with the words that support staff read. */
export type CauseText = {
  /** The statuses it appears with. */
  with: readonly Status[];
  /** What happened, one plain sentence without any address. */
  meaning: string;
  /** Who does what now. */
  nextStep: string;
};

const NOTHING = 'Nothing to do.';
const WAIT = 'Nothing to do: it is tried again by itself until its deadline.';
const OTHER_WAY = 'Reach the customer another way and ask for a working address.';

export const CAUSES = {
  // planning
  'bad-address': {
    with: ['failed'],
    meaning: 'We cannot write to this phone number or mail address: it is mistyped, incomplete or of premium rate.',
    nextStep: OTHER_WAY,
  },
  'no-usable-address': {
    with: ['failed'],
    meaning: 'The event named no phone number or mail address that we may use.',
    nextStep: OTHER_WAY,
  },

  // before the call
  'opted-out': {
    with: ['skipped', 'failed'],
    meaning: 'The recipient has opted out of messages on this channel.',
    nextStep: 'Respect it. What the customer must know goes another way.',
  },
  'hard-bounced': {
    with: ['skipped', 'failed'],
    meaning: 'The mailbox does not exist; a mail to it bounced.',
    nextStep: OTHER_WAY,
  },
  'blocked-by-staff': {
    with: ['skipped'],
    meaning: 'Staff have blocked this address.',
    nextStep: 'Ask whoever blocked it; the table Suppressions says who and since when.',
  },
  'deadline-passed': {
    with: ['expired'],
    meaning: 'The deadline passed before it could be sent; the news would have been too old.',
    nextStep: 'Tell the customer another way if it still matters.',
  },

  // while sending
  throttled: { with: ['sending'], meaning: 'The provider is at its quota and refused for now.', nextStep: WAIT },
  'provider-busy': {
    with: ['sending'],
    meaning: 'The provider is out of service for now and refused.',
    nextStep: WAIT,
  },
  'not-reached': { with: ['sending'], meaning: 'The provider could not be reached; nothing was sent.', nextStep: WAIT },
  'no-answer': {
    with: ['sending', 'uncertain'],
    meaning: 'The provider did not say whether it took the message.',
    nextStep:
      'While it is sending, nothing to do. Once uncertain, ask the customer before sending it again: it may have arrived.',
  },
  'access-denied': {
    with: ['sending'],
    meaning: 'The provider does not accept our credentials, or the sender is not ours.',
    nextStep: 'Operators: put the key, role or sender right; sending goes on by itself.',
  },
  'domain-not-linked': {
    with: ['sending'],
    meaning: 'The mail domain is not linked to the communication resource.',
    nextStep: 'Operators: link the domain; sending goes on by itself.',
  },
  'subscription-blocked': {
    with: ['sending'],
    meaning: 'The provider has blocked our subscription for its sender reputation.',
    nextStep: 'Operators: open a support case with the provider; sending goes on by itself.',
  },
  'set-up-refused': {
    with: ['sending'],
    meaning: 'The provider refused the call for a reason that has nothing to do with this message.',
    nextStep: 'Operators: see the provider code in the timeline; sending goes on by itself.',
  },

  // refused for good
  refused: {
    with: ['failed'],
    meaning: 'The provider refused this message for good.',
    nextStep: 'Reach the customer another way; developers look up the code in the timeline.',
  },

  // reports
  'bad-sender': {
    with: ['failed'],
    meaning: 'The provider says that our sender number or address is not valid.',
    nextStep: 'Reach the customer another way; operators check the configured sender.',
  },
  'flagged-as-fraud': {
    with: ['failed'],
    meaning: 'The provider flagged the message as fraud.',
    nextStep: 'Reach the customer another way; operators open a support case with the provider.',
  },
  'destination-not-supported': {
    with: ['failed'],
    meaning: 'The provider does not deliver to this country or kind of number.',
    nextStep: 'Use email, or call.',
  },
  'number-does-not-exist': { with: ['failed'], meaning: 'The phone number is not in service.', nextStep: OTHER_WAY },
  'carrier-blocked': {
    with: ['failed'],
    meaning: "The recipient's carrier blocked the message.",
    nextStep: 'Reach the customer another way; if many fail, operators ask the provider.',
  },
  'handset-unreachable': {
    with: ['failed'],
    meaning: 'The phone was switched off or out of reach for too long.',
    nextStep: 'Call the customer, or send again later.',
  },
  'sender-limit': {
    with: ['failed'],
    meaning: 'The sender went over a limit of the provider or carrier.',
    nextStep: 'Send again later; operators check the configured quota.',
  },
  'not-entitled': {
    with: ['failed'],
    meaning: 'Our account may not send this kind of message.',
    nextStep: 'Reach the customer another way; operators open a support case with the provider.',
  },
  'sender-not-verified': {
    with: ['failed'],
    meaning: 'Our toll-free number is not verified.',
    nextStep: 'Use email; operators finish the verification of the number.',
  },
  'provider-error': {
    with: ['failed'],
    meaning: 'The provider failed and gives no better reason.',
    nextStep: 'Send it again once; if that fails too, operators ask the provider.',
  },
  'no-receipt': {
    with: ['unknown'],
    meaning: 'The carrier gave no receipt. The message has probably arrived.',
    nextStep: 'Ask the customer before sending again.',
  },
  'mailbox-unavailable': {
    with: ['failed'],
    meaning: 'The mail server did not take the mail now, for example because the mailbox is full.',
    nextStep: 'Send again later or use another channel.',
  },
  'suppressed-by-provider': {
    with: ['failed'],
    meaning: 'The provider no longer delivers to this mailbox because of earlier bounces.',
    nextStep: OTHER_WAY,
  },
  quarantined: {
    with: ['failed'],
    meaning: "The recipient's mail server holds the mail as spam or phishing.",
    nextStep: 'Ask the customer to look in quarantine; operators check the content.',
  },
  'filtered-as-spam': {
    with: ['failed'],
    meaning: "The recipient's mail server rejected the mail as spam.",
    nextStep: 'Use another channel; operators check the sender reputation.',
  },
  'no-report': {
    with: ['unknown'],
    meaning: 'The provider took it and has not said what became of it.',
    nextStep: 'Ask the customer before sending again.',
  },
  'other-report': {
    with: ['failed'],
    meaning: 'The provider reported a failure that we do not know.',
    nextStep: 'Reach the customer another way; developers add the code in the timeline to the table of provider codes.',
  },

  // good ends
  taken: {
    with: ['accepted'],
    meaning: 'The provider took it; a report will say whether it arrived.',
    nextStep: NOTHING,
  },
  arrived: { with: ['delivered'], meaning: 'A report says that it arrived.', nextStep: NOTHING },
  waiting: { with: ['planned', 'sending'], meaning: 'It waits for its turn.', nextStep: NOTHING },
} as const satisfies Record<string, CauseText>;

export type Cause = keyof typeof CAUSES;
