import type { Channel } from '../shared/delivery.ts';
import type { End } from './expectation.ts';

/**
 * What befalls a recipient: the stand-in knows it by the end of the phone number or the name of the mailbox, the
 * stream by the ends written here.
 */
export type Fate = {
  channel: Channel;
  /** Last six digits, or the local part in front of a `+`. */
  mark: string;
  ends: readonly [End, ...End[]];
  /** So many people share it. */
  people: number;
  /** News of one order that each of them gets. */
  events?: 2;
  /**
   * At the very beginning, before the quota is used up: an unanswered SMS that is then refused stays `uncertain`,
   * because the provider repeats that refusal for as long as it remembers.
   */
  early?: true;
};

export const ARRIVED: readonly [End] = ['delivered/arrived'];

const sms = (mark: string, ends: Fate['ends'], people = 1): Fate => ({ channel: 'sms', mark, ends, people });
const email = (mark: string, ends: Fate['ends'], people = 1): Fate => ({ channel: 'email', mark, ends, people });

/** Whoever opted out: the first message shows it, the next one is held back, unless it was on its way already. */
export const OPTED_OUT: Fate['ends'] = ['failed/opted-out', 'skipped/opted-out'];

export const FATES: readonly Fate[] = [
  // the phone
  sms('554000', ['failed/flagged-as-fraud']),
  sms('554003', ['failed/destination-not-supported'], 2),
  sms('554004', ['failed/number-does-not-exist'], 3),
  sms('554005', ['failed/carrier-blocked'], 2),
  sms('554006', ['failed/handset-unreachable'], 3),
  { ...sms('554007', OPTED_OUT, 2), events: 2 },
  sms('555000', ['failed/provider-error']),
  sms('555002', ['unknown/no-receipt'], 2),
  sms('556400', ['failed/bad-address']),

  // the mailbox
  {
    ...email('bounce', ['failed/hard-bounced', 'skipped/hard-bounced', 'failed/suppressed-by-provider'], 2),
    events: 2,
  },
  email('bounce-later', ['failed/hard-bounced']),
  email('full', ['failed/mailbox-unavailable'], 4),
  email('quarantined', ['failed/quarantined']),
  email('spam', ['failed/filtered-as-spam'], 2),
  email('expanded', ARRIVED),
  email('suppressed', ['failed/suppressed-by-provider']),
  email('dropped', ['unknown/no-report']),

  // the way there: refused, cut or unanswered once, and sent all the same, once
  ...['556010', '556011', '556031', '556500', '556501'].map((mark): Fate => ({ ...sms(mark, ARRIVED), early: true })),
  sms('556429', ARRIVED, 2),
  sms('556503', ARRIVED, 2),
  email('cut-before', ARRIVED),
  email('cut-after', ARRIVED),
  email('hang-after', ARRIVED),
  email('slow-before', ARRIVED),
  email('throttled', ARRIVED, 2),
  email('error-before', ARRIVED),
  email('error-after', ARRIVED),

  // the report
  sms('557001', ARRIVED, 2),
  sms('557002', ARRIVED, 2),
  sms('557003', ARRIVED, 3),
  sms('557004', ARRIVED),
  sms('557005', ['unknown/no-report'], 2),
  sms('557010', ARRIVED),
  email('early', ARRIVED, 2),
  email('late', ARRIVED, 2),
  email('doubled', ARRIVED, 3),
  email('reordered', ['failed/hard-bounced']),
  email('lost', ['unknown/no-report'], 2),
  email('tenfold', ARRIVED),
];
