import type { Status } from './status.ts';

export type Actor = 'support' | 'operators' | 'developers';

/** Why a delivery has its status: a closed list, with the words that support staff read. */
export type CauseText = {
  /** The statuses it appears with. */
  with: readonly Status[];
  /** What happened, one plain sentence without any address. */
  meaning: string;
  /** Who has something to do, the first of them first; nobody where it goes on or is done by itself. */
  acts: readonly Actor[];
  /** What they do. */
  nextStep: string;
};

const NOTHING = 'Nothing to do.';
const WAIT = 'Nothing to do: it is tried again by itself until its deadline.';
const OTHER_WAY = 'Reach the customer another way and ask for a working address.';

export const CAUSES = {
  // planning
  'bad-address': {
    with: ['failed'],
    acts: ['support'],
    meaning: 'We cannot write to this phone number or mail address: it is mistyped, incomplete or of premium rate.',
    nextStep: OTHER_WAY,
  },
  'no-usable-address': {
    with: ['failed'],
    acts: ['support'],
    meaning: 'The event named no phone number or mail address that we may use.',
    nextStep: OTHER_WAY,
  },

  'loop-suspected': {
    with: ['failed'],
    acts: ['operators', 'support'],
    meaning:
      'So many messages about one order or appointment were planned for this recipient in a day that a loop upstream is likely.',
    nextStep: 'Operators: ask the publisher; what the customer must know is sent again by hand.',
  },
  'no-sender-for-country': {
    with: ['failed'],
    acts: ['support', 'operators'],
    meaning: 'None of our senders reaches this country.',
    nextStep: 'Use the other channel, or call; operators add a sender for the country.',
  },

  // before the call
  superseded: {
    with: ['skipped'],
    acts: [],
    meaning: 'There was newer news about the same order or appointment before it could be sent.',
    nextStep: NOTHING,
  },
  'opted-out': {
    with: ['skipped', 'failed'],
    acts: ['support'],
    meaning: 'The recipient has opted out of messages on this channel.',
    nextStep: 'Respect it. What the customer must know goes another way.',
  },
  'hard-bounced': {
    with: ['skipped', 'failed'],
    acts: ['support'],
    meaning: 'The mailbox does not exist; a mail to it bounced.',
    nextStep: OTHER_WAY,
  },
  'blocked-by-staff': {
    with: ['skipped'],
    acts: ['support'],
    meaning: 'Staff have blocked this address.',
    nextStep: 'Ask whoever blocked it; the table Suppressions says who and since when.',
  },
  'deadline-passed': {
    with: ['expired'],
    acts: ['support'],
    meaning: 'The deadline passed before it could be sent; the news would have been too old.',
    nextStep: 'Tell the customer another way if it still matters.',
  },

  'no-slot-in-time': {
    with: ['expired'],
    acts: ['support', 'operators'],
    meaning: 'The quota of its sender had no room for it before its deadline, or the provider refused for too long.',
    nextStep:
      'Tell the customer another way if it still matters; operators see with `notify status` how full the calendar is.',
  },
  'channel-off': {
    with: ['sending', 'expired'],
    acts: ['operators', 'support'],
    meaning: 'Operators have switched this channel off, or opened it to a few recipients only.',
    nextStep:
      'While it is sending, operators decide when its channel goes on. Once expired, tell the customer another way if it still matters.',
  },

  'quiet-hours': {
    with: ['planned', 'sending', 'expired'],
    acts: ['support'],
    meaning: 'The recipient has quiet hours, in which this message is not sent.',
    nextStep:
      'While it waits, nothing to do: it goes when they are over. Once expired, that would have been too late; tell the customer another way if it still matters.',
  },

  // while sending
  'slot-missed': {
    with: ['sending'],
    acts: [],
    meaning: 'It could not use its slot in the rate calendar and has another one.',
    nextStep: WAIT,
  },
  'provider-away': {
    with: ['sending'],
    acts: ['operators'],
    meaning: 'The provider does not answer. Now and then one delivery tries whether it does again, the others wait.',
    nextStep: 'Operators: see the status page of the provider; sending goes on by itself.',
  },
  throttled: {
    with: ['sending'],
    acts: [],
    meaning: 'The provider is at its quota and refused for now.',
    nextStep: WAIT,
  },
  'provider-busy': {
    with: ['sending'],
    acts: [],
    meaning: 'The provider is out of service for now and refused.',
    nextStep: WAIT,
  },
  'not-reached': {
    with: ['sending'],
    acts: [],
    meaning: 'The provider could not be reached; nothing was sent.',
    nextStep: WAIT,
  },
  'no-answer': {
    with: ['sending', 'uncertain'],
    acts: ['support'],
    meaning: 'The provider did not say whether it took the message.',
    nextStep:
      'While it is sending, nothing to do. Once uncertain, ask the customer before sending it again: it may have arrived.',
  },
  'access-denied': {
    with: ['sending'],
    acts: ['operators'],
    meaning: 'The provider does not accept our credentials, or the sender is not ours.',
    nextStep: 'Operators: put the key, role or sender right; sending goes on by itself.',
  },
  'domain-not-linked': {
    with: ['sending'],
    acts: ['operators'],
    meaning: 'The mail domain is not linked to the communication resource.',
    nextStep: 'Operators: link the domain; sending goes on by itself.',
  },
  'subscription-blocked': {
    with: ['sending'],
    acts: ['operators'],
    meaning: 'The provider has blocked our subscription for its sender reputation.',
    nextStep: 'Operators: open a support case with the provider; sending goes on by itself.',
  },
  'set-up-refused': {
    with: ['sending'],
    acts: ['operators'],
    meaning: 'The provider refused the call for a reason that has nothing to do with this message.',
    nextStep: 'Operators: see the provider code in the timeline; sending goes on by itself.',
  },

  // refused for good
  refused: {
    with: ['failed'],
    acts: ['support', 'developers'],
    meaning: 'The provider refused this message for good.',
    nextStep: 'Reach the customer another way; developers look up the code in the timeline.',
  },

  // reports
  'bad-sender': {
    with: ['failed'],
    acts: ['support', 'operators'],
    meaning: 'The provider says that our sender number or address is not valid.',
    nextStep: 'Reach the customer another way; operators check the configured sender.',
  },
  'flagged-as-fraud': {
    with: ['failed'],
    acts: ['support', 'operators'],
    meaning: 'The provider flagged the message as fraud.',
    nextStep: 'Reach the customer another way; operators open a support case with the provider.',
  },
  'destination-not-supported': {
    with: ['failed'],
    acts: ['support'],
    meaning: 'The provider does not deliver to this country or kind of number.',
    nextStep: 'Use email, or call.',
  },
  'number-does-not-exist': {
    with: ['failed'],
    acts: ['support'],
    meaning: 'The phone number is not in service.',
    nextStep: OTHER_WAY,
  },
  'carrier-blocked': {
    with: ['failed'],
    acts: ['support', 'operators'],
    meaning: "The recipient's carrier blocked the message.",
    nextStep: 'Reach the customer another way; if many fail, operators ask the provider.',
  },
  'handset-unreachable': {
    with: ['failed'],
    acts: ['support'],
    meaning: 'The phone was switched off or out of reach for too long.',
    nextStep: 'Call the customer, or send again later.',
  },
  'sender-limit': {
    with: ['failed'],
    acts: ['support', 'operators'],
    meaning: 'The sender went over a limit of the provider or carrier.',
    nextStep: 'Send again later; operators check the configured quota.',
  },
  'not-entitled': {
    with: ['failed'],
    acts: ['support', 'operators'],
    meaning: 'Our account may not send this kind of message.',
    nextStep: 'Reach the customer another way; operators open a support case with the provider.',
  },
  'sender-not-verified': {
    with: ['failed'],
    acts: ['support', 'operators'],
    meaning: 'Our toll-free number is not verified.',
    nextStep: 'Use email; operators finish the verification of the number.',
  },
  'provider-error': {
    with: ['failed'],
    acts: ['support', 'operators'],
    meaning: 'The provider failed and gives no better reason.',
    nextStep: 'Send it again once; if that fails too, operators ask the provider.',
  },
  'no-receipt': {
    with: ['unknown'],
    acts: ['support'],
    meaning: 'The carrier gave no receipt. The message has probably arrived.',
    nextStep: 'Ask the customer before sending again.',
  },
  'mailbox-unavailable': {
    with: ['failed'],
    acts: ['support'],
    meaning: 'The mail server did not take the mail now, for example because the mailbox is full.',
    nextStep: 'Send again later or use another channel.',
  },
  'suppressed-by-provider': {
    with: ['failed'],
    acts: ['support'],
    meaning: 'The provider no longer delivers to this mailbox because of earlier bounces.',
    nextStep: OTHER_WAY,
  },
  quarantined: {
    with: ['failed'],
    acts: ['support', 'operators'],
    meaning: "The recipient's mail server holds the mail as spam or phishing.",
    nextStep: 'Ask the customer to look in quarantine; operators check the content.',
  },
  'filtered-as-spam': {
    with: ['failed'],
    acts: ['support', 'operators'],
    meaning: "The recipient's mail server rejected the mail as spam.",
    nextStep: 'Use another channel; operators check the sender reputation.',
  },
  'no-report': {
    with: ['unknown'],
    acts: ['support'],
    meaning: 'The provider took it and has not said what became of it.',
    nextStep: 'Ask the customer before sending again.',
  },
  'other-report': {
    with: ['failed'],
    acts: ['support', 'developers'],
    meaning: 'The provider reported a failure that we do not know.',
    nextStep: 'Reach the customer another way; developers add the code in the timeline to the table of provider codes.',
  },

  // good ends
  taken: {
    with: ['accepted'],
    acts: [],
    meaning: 'The provider took it; a report will say whether it arrived.',
    nextStep: NOTHING,
  },
  arrived: { with: ['delivered'], acts: [], meaning: 'A report says that it arrived.', nextStep: NOTHING },
  waiting: { with: ['planned', 'sending'], acts: [], meaning: 'It waits for its turn.', nextStep: NOTHING },
} as const satisfies Record<string, CauseText>;

export type Cause = keyof typeof CAUSES;
