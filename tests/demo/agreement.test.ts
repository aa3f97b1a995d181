import { describe, expect, it } from 'vitest';
import { agreementOf, type Seen } from '../../demo/agreement.ts';
import type { TimedDelivery } from '../../demo/reader.ts';
import type { DeliveryId } from '../../shared/delivery-id.ts';

const eventTime = new Date('2026-11-21T12:00:00Z');
const after = (seconds: number): Date => new Date(eventTime.getTime() + seconds * 1_000);
const event = { source: '/shop', subject: 'order:1', id: 'a' };
const delivery = (change: Partial<TimedDelivery>): TimedDelivery => ({
  id: 'id' as DeliveryId,
  event,
  message: 'order-placed',
  channel: 'sms',
  status: 'delivered',
  cause: 'arrived',
  end: 'delivered/arrived',
  reported: true,
  eventTime,
  accepted: after(1),
  reportedAt: after(2),
  segments: 2,
  ...change,
});
const { accepted: _accepted, ...byReportAlone } = delivery({ reportedAt: after(301) });
const { accepted: _never, reportedAt: _nor, ...never } = delivery({ status: 'failed', reported: false, segments: 0 });

const seen: Seen = {
  books: {
    events: [event, { ...event, id: 'b' }],
    rejected: [],
    reasons: [],
    deliveries: [delivery({}), byReportAlone, never],
    failures: [],
    deadLetters: 0,
    unmatchedReports: 1,
  },
  account: {
    published: 4,
    recorded: 2,
    copies: 1,
    rejected: 1,
    rejectedEvents: 1,
    sends: 2,
    byOthers: { events: 0, deliveries: 0, sends: 0 },
    mismatches: [],
  },
  expected: 3,
  sends: [1, 2].map(() => ({ attemptId: 'x', channel: 'sms', at: after(1), segments: 2 })),
  throttled: 1,
};

/** By name and, where it matters, attribute. */
const METRICS: Readonly<Record<string, number>> = {
  'events.taken': 2,
  'events.rejected': 1,
  'deliveries.planned': 3,
  'deliveries.handed_over sms': 2,
  'deliveries.handed_over true': 1,
  'sms.segments': 4,
  'deliveries.settled delivered': 2,
  'deliveries.settled failed': 2,
  // One had been reported delivered, then bounced; another one came from failed to delivered.
  'deliveries.settled before failed': 1,
  'provider.refused_for_quota': 1,
  'reports.unmatched': 1,
};
const sumOf =
  (change: Readonly<Record<string, number>> = {}) =>
  (name: string, { before, ...others }: Readonly<Record<string, string>> = {}): number => {
    const key = [name, ...(before ? ['before', before] : Object.values(others))].join(' ');
    return { ...METRICS, ...change }[key] ?? 0;
  };

describe('the agreement of tables, provider and metrics', () => {
  it('is said number by number', () => {
    const { title, lines, isBad } = agreementOf(seen, { sum: sumOf(), tracedDeliveries: 3 });
    expect([title, isBad]).toEqual(['The metrics say the same', undefined]);
    expect(lines.map((line) => line.split(/ {2,}/).join('|'))).toEqual(
      expect.arrayContaining([
        'events taken|2|2|2|agree',
        'messages rejected|1|1|agree',
        'handed over by SMS|2|2|2|agree',
        'handed over within five minutes|1|1|agree',
        'SMS segments|4|4|4|agree',
        'delivered|2|2|agree',
        'failed|1|1|agree',
        'calls refused for quota (429)|1|1|agree',
      ]),
    );
  });

  it.each(Object.keys(METRICS))('is broken by one too many of %s', (name) => {
    const { title, lines, isBad } = agreementOf(seen, {
      sum: sumOf({ [name]: METRICS[name]! + 1 }),
      tracedDeliveries: 3,
    });
    expect([title, isBad]).toEqual(['NOT the same in the metrics: 1', true]);
    expect(lines.filter((line) => line.endsWith('DIFFERENT'))).toHaveLength(1);
  });

  it('is broken by a delivery that hangs on no event', () => {
    expect(agreementOf(seen, { sum: sumOf(), tracedDeliveries: 2 }).isBad).toBe(true);
  });

  it('is broken by a provider that took more than the tables know', () => {
    const sends = [...seen.sends, seen.sends[0]!];
    expect(agreementOf({ ...seen, sends }, { sum: sumOf(), tracedDeliveries: 3 }).isBad).toBe(true);
  });
});
