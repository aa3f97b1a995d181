import { counted } from '../commands/format.ts';
import { type Cause, CAUSES } from '../shared/causes.ts';
import type { Status } from '../shared/status.ts';
import type { Account } from './accounting.ts';
import type { FullBooks, TimedDelivery } from './reader.ts';
import { textTable } from './text-table.ts';

const PROMISE = 5 * 60_000;
const OTHER_ENDS: readonly Status[] = ['unknown', 'uncertain', 'skipped', 'expired'];
const MOST_MISMATCHES = 25;

export type Section = { title: string; lines: readonly string[]; isBad?: true };

/** What became of everything, for people: per message and channel, the failures with their reasons, the account. */
export function summaryOf(books: FullBooks, account: Account): Section[] {
  return [
    { title: 'What became of the messages', lines: messages(books.deliveries) },
    { title: 'What did not arrive, and why', lines: failures(books.deliveries) },
    { title: 'Events that could not be used', lines: rejections(books) },
    accounts(account),
  ];
}

function messages(deliveries: readonly TimedDelivery[]): string[] {
  const groups = [...Map.groupBy(deliveries, ({ message, channel }) => `${message}\t${channel}`)].sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return [
    ...textTable(
      ['message', 'channel', 'planned', 'delivered', 'failed', 'other', 'accepted*', 'delivered*'],
      [...groups.map(([name, of]) => line(name.split('\t'), of)), line(['all', ''], deliveries)],
    ),
    '* within five minutes of the event, of all planned',
  ];
}

const line = (name: readonly string[], of: readonly TimedDelivery[]): string[] => [
  ...name,
  String(of.length),
  count(of, ['delivered']),
  count(of, ['failed']),
  count(of, OTHER_ENDS),
  share(of, ({ accepted }) => accepted),
  share(of, ({ delivered }) => delivered),
];

const count = (of: readonly TimedDelivery[], statuses: readonly Status[]): string =>
  String(of.filter(({ status }) => statuses.includes(status)).length);

/** Of all planned ones, within five minutes of their event. */
function share(deliveries: readonly TimedDelivery[], when: (one: TimedDelivery) => Date | undefined): string {
  const inTime = deliveries.filter((one) => {
    const at = when(one);
    return at !== undefined && at.getTime() - one.eventTime.getTime() <= PROMISE;
  });
  return deliveries.length === 0 ? '' : `${((inTime.length / deliveries.length) * 100).toFixed(1)} %`;
}

function failures(deliveries: readonly TimedDelivery[]): string[] {
  const missed = deliveries.filter(({ status }) => status !== 'delivered');
  if (missed.length === 0) return ['Everything arrived.'];
  const groups = [...Map.groupBy(missed, ({ status, channel, cause }) => `${status}\t${channel}\t${cause}`)];
  return textTable(
    ['', 'status', 'channel', 'reason'],
    groups
      .sort(([a, as], [b, bs]) => bs.length - as.length || (a < b ? -1 : 1))
      .map(([name, of]) => {
        const [status = '', channel = '', cause = ''] = name.split('\t');
        return [String(of.length), status, channel, CAUSES[cause as Cause].meaning];
      }),
  );
}

function rejections({ reasons }: FullBooks): string[] {
  if (reasons.length === 0) return ['None.'];
  const groups = [...Map.groupBy(reasons, ({ path, expected }) => `${path}\t${expected}`)].sort(
    ([a, as], [b, bs]) => bs.length - as.length || (a < b ? -1 : 1),
  );
  return textTable(
    ['', 'where', 'expected'],
    groups.map(([name, of]) => [String(of.length), ...name.split('\t')]),
  );
}

function accounts({ mismatches, ...counts }: Account): Section {
  const { published, recorded, copies, rejected, rejectedEvents, sends, byOthers } = counts;
  const different = rejected === rejectedEvents ? '' : ` (${counted(rejectedEvents, 'different event')})`;
  const sum = `${published} messages published = ${recorded} events recorded + ${copies} further copies + ${rejected} rejected${different}`;
  const others = byOthers.events + byOthers.deliveries > 0 ? [othersInWords(byOthers)] : [];
  if (mismatches.length === 0)
    return {
      title: 'Everything is accounted for',
      lines: [
        sum,
        `${sends} messages taken by the provider, each for one delivery, none twice`,
        'every delivery ended as the stream had planted it',
        ...others,
      ],
    };
  const more = mismatches.length - MOST_MISMATCHES;
  return {
    title: `NOT accounted for: ${mismatches.length}`,
    lines: [sum, ...others, ...mismatches.slice(0, MOST_MISMATCHES), ...(more > 0 ? [`… and ${more} more`] : [])],
    isBad: true,
  };
}

const othersInWords = ({ events, deliveries, sends }: Account['byOthers']): string =>
  `left out: ${counted(events, 'event')} that somebody else published meanwhile, with ${counted(deliveries, 'delivery', 'deliveries')} and ${counted(sends, 'message')} taken by the provider`;
