import type { Channel, EmailStatus, Fault, SmsCode, Timing } from './scenario.ts';

/** What a recipient brings about. `once`: its fault meets only the first request to this recipient. */
export interface Magic {
  readonly says: string;
  readonly fault?: Fault;
  readonly once?: true;
  readonly timing?: Timing;
  readonly code?: SmsCode;
  readonly status?: EmailStatus;
  readonly later?: EmailStatus;
  readonly dropped?: true;
}

const aim = { share: 1, from: 0 } as const;

const connection: readonly (readonly [string, string, Magic])[] = [
  [
    '556010',
    'cut-before',
    { says: 'cut before acceptance', fault: { ...aim, kind: 'cut', when: 'before' }, once: true },
  ],
  ['556011', 'cut-after', { says: 'cut after acceptance', fault: { ...aim, kind: 'cut', when: 'after' }, once: true }],
  [
    '556020',
    'hang-before',
    { says: 'no answer, not accepted', fault: { ...aim, kind: 'hang', when: 'before' }, once: true },
  ],
  [
    '556021',
    'hang-after',
    { says: 'no answer, but accepted', fault: { ...aim, kind: 'hang', when: 'after' }, once: true },
  ],
  [
    '556030',
    'slow-before',
    { says: 'accepted and answered after 5 s', fault: { ...aim, kind: 'slow', when: 'before', delay: 5 }, once: true },
  ],
  [
    '556031',
    'slow-after',
    {
      says: 'accepted at once, answered after 5 s',
      fault: { ...aim, kind: 'slow', when: 'after', delay: 5 },
      once: true,
    },
  ],
  [
    '556429',
    'throttled',
    {
      says: '429 with Retry-After 2',
      fault: { ...aim, kind: 'error', when: 'before', status: 429, retryAfter: 2 },
      once: true,
    },
  ],
  [
    '556500',
    'error-before',
    { says: '500, not accepted', fault: { ...aim, kind: 'error', when: 'before', status: 500 }, once: true },
  ],
  [
    '556501',
    'error-after',
    { says: '500, but accepted', fault: { ...aim, kind: 'error', when: 'after', status: 500 }, once: true },
  ],
];

const timings: readonly (readonly [string, string, Magic])[] = [
  ['557001', 'early', { says: 'report pushed before the answer', timing: 'early' }],
  ['557002', 'late', { says: 'report late by `reports.lateBy`', timing: 'late' }],
  ['557003', 'doubled', { says: 'the same report twice', timing: 'doubled' }],
  ['557004', 'reordered', { says: 'two reports that contradict, the older one pushed last', timing: 'reordered' }],
  ['557005', 'lost', { says: 'no report ever', timing: 'lost' }],
  ['557010', 'tenfold', { says: 'ten reports, each with an event id of its own', timing: 'tenfold' }],
];

const smsCodes = '4000 4001 4002 4003 4004 4005 4006 4007 4008 4009 4010 4020 5000 5001 5002 9999'.split(
  ' ',
) as SmsCode[];

/** By the last six digits of the number. */
export const magicNumbers: ReadonlyMap<string, Magic> = new Map([
  ...smsCodes.map((code): [string, Magic] => [`55${code}`, { says: `accepted, then Failed ${code}`, code }]),
  [
    '556400',
    {
      says: 'this recipient 400, every time',
      fault: { ...aim, kind: 'recipient', channel: 'sms', status: 400, message: 'Invalid To phone number format.' },
    },
  ],
  [
    '556503',
    {
      says: 'this recipient 503',
      fault: { ...aim, kind: 'recipient', channel: 'sms', status: 503, message: 'ServiceUnavailable' },
      once: true,
    },
  ],
  ...[...connection, ...timings].map(([ending, , magic]): [string, Magic] => [ending, magic]),
]);

/** By the local part of the address, up to a `+`. */
export const magicMailboxes: ReadonlyMap<string, Magic> = new Map<string, Magic>([
  ['bounce', { says: 'Bounced, then Suppressed while leased', status: 'Bounced' }],
  ['bounce-later', { says: 'Delivered, then Bounced', later: 'Bounced' }],
  ['full', { says: 'Failed: mailbox full', status: 'Failed' }],
  ['quarantined', { says: 'Quarantined', status: 'Quarantined' }],
  ['spam', { says: 'FilteredSpam', status: 'FilteredSpam' }],
  ['expanded', { says: 'Expanded', status: 'Expanded' }],
  ['suppressed', { says: 'Suppressed, the operation Failed', status: 'Suppressed' }],
  ['dropped', { says: 'operation Failed with EmailDropped, no report', dropped: true }],
  ...[...connection, ...timings].map(([, mailbox, magic]): [string, Magic] => [mailbox, magic]),
]);

export function magicOf(channel: Channel, address: string): Magic | undefined {
  if (channel === 'sms') return magicNumbers.get(address.slice(-6));
  return magicMailboxes.get(address.slice(0, address.lastIndexOf('@')).split('+')[0]?.toLowerCase() ?? '');
}
