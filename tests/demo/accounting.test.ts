import { describe, expect, it } from 'vitest';
import { account, type Books, type DeliveryRow, type EffectiveSend } from '../../demo/accounting.ts';
import type { ExpectedDelivery, Publication } from '../../demo/expectation.ts';
import { attemptId, deliveryId } from '../../shared/delivery-id.ts';

const event = (id: string) => ({ source: '/shop', subject: 'order:1', id });
const body = (text: string): Uint8Array => new TextEncoder().encode(text);
const publication = (id: string, verdict: Publication['verdict'] = 'taken', text = id): Publication => ({
  at: 0,
  body: body(text),
  event: event(id),
  verdict,
});
const arrives = (id: string): ExpectedDelivery => ({
  event: event(id),
  message: 'order-placed',
  channel: 'sms',
  ends: ['delivered/arrived'],
});
const row = (id: string, change: Partial<DeliveryRow> = {}): DeliveryRow => ({
  id: deliveryId({
    instant: new Date(0),
    source: '/shop',
    subject: 'order:1',
    occasion: id,
    role: 'customer',
    message: 'order-placed',
    channel: 'sms',
  }),
  event: event(id),
  message: 'order-placed',
  channel: 'sms',
  status: 'delivered',
  end: 'delivered/arrived',
  reported: true,
  ...change,
});
const sendOf = ({ id }: DeliveryRow, attempt = 0): EffectiveSend => ({
  attemptId: attemptId(id, attempt),
  channel: 'sms',
});
const books = (change: Partial<Books> = {}): Books => ({
  events: [event('a')],
  rejected: [],
  deliveries: [row('a')],
  failures: [],
  deadLetters: 0,
  unmatchedReports: 0,
  ...change,
});
const stream = { publications: [publication('a')], deliveries: [arrives('a')] };
const sends = [sendOf(row('a'))];
const mismatches = (change: Partial<Books>, given = stream, sent: readonly EffectiveSend[] = sends) =>
  account(given, books(change), sent).mismatches;

const endingAs = (status: DeliveryRow['status'], words: DeliveryRow['end']) => ({
  row: row('a', { status, end: words, reported: false }),
  expected: { ...stream, deliveries: [{ ...arrives('a'), ends: [words] as const }] },
});

describe('accounting', () => {
  it('finds nothing when everything is in its place', () => {
    expect(account(stream, books(), sends)).toEqual({
      published: 1,
      recorded: 1,
      copies: 0,
      rejected: 0,
      rejectedEvents: 0,
      sends: 1,
      byOthers: { events: 0, deliveries: 0, sends: 0 },
      mismatches: [],
    });
  });

  it('adds further copies and rejections up to what was published', () => {
    const publications = [
      publication('a'),
      publication('a'),
      publication('a', 'taken', 'a with a new time'),
      { at: 0, body: body('rubbish'), verdict: 'rejected' as const },
      { at: 0, body: body('rubbish'), verdict: 'rejected' as const },
    ];
    const found = account({ ...stream, publications }, books({ rejected: [body('rubbish')] }), sends);
    expect(found).toMatchObject({
      published: 5,
      recorded: 1,
      copies: 2,
      rejected: 2,
      rejectedEvents: 1,
      mismatches: [],
    });
  });

  it('takes either of two events under one id as the recorded one, but not both and not none', () => {
    const publications = [publication('a', 'either', 'one'), publication('a', 'either', 'two')];
    const conflict = { ...stream, publications };
    expect(mismatches({ rejected: [body('one')] }, conflict)).toEqual([]);
    expect(mismatches({ rejected: [body('two')] }, conflict)).toEqual([]);
    expect(mismatches({ rejected: [body('one'), body('two')] }, conflict)).toEqual([
      'recorded but never published: order:1 of /shop, event a',
    ]);
  });

  const [lost, doubled] = [row('a', { status: 'sending', end: 'sending/throttled', reported: false }), row('a')];
  it.each<[string, Partial<Books>, readonly EffectiveSend[], RegExp]>([
    ['a lost message', { events: [], deliveries: [] }, [], /^message 1 .* was neither recorded nor rejected$/],
    ['a good event that was rejected', { events: [], rejected: [body('a')] }, sends, /was rejected, expected taken$/],
    [
      'an event recorded under a subject nobody published',
      { events: [event('a'), { ...event('a'), subject: 'order:2' }] },
      sends,
      /^recorded but never published: order:2 .*event a$/,
    ],
    ['an event recorded twice', { events: [event('a'), event('a')] }, sends, /^an event was recorded twice$/],
    ['a rejection nobody published', { rejected: [body('?')] }, sends, /^1 rejected events were never published$/],
    [
      'a rejection under an id of the stream with content that nobody published',
      { rejected: [body('{"source":"/shop","id":"a"}')] },
      sends,
      /^1 rejected events were never published$/,
    ],
    ['a delivery never planned', { deliveries: [] }, [], /was never planned, expected delivered\/arrived$/],
    [
      'a delivery planned twice',
      { deliveries: [row('a'), { ...row('a'), id: row('z').id }] },
      sends,
      /was planned 2 times$/,
    ],
    [
      'a delivery not expected',
      { deliveries: [row('a'), row('b', { event: event('a'), channel: 'email' })] },
      [...sends, sendOf(row('b'))],
      /not expected at all/,
    ],
    ['a delivery left open', { deliveries: [lost] }, [], /is sending\/throttled, expected delivered\/arrived/],
    ['a doubled effect', {}, [sendOf(doubled), sendOf(doubled, 1)], /the provider took it 2 times/],
    ['an effect that never was', {}, [], /is delivered\/arrived, but the provider never took it/],
    [
      'an effect of nobody',
      {},
      [...sends, { attemptId: null, channel: 'email' }],
      /by email that belongs to no delivery/,
    ],
    ['a dead letter', { deadLetters: 2 }, sends, /^there are 2 dead letters$/],
    ['an unmatched report', { unmatchedReports: 1 }, sends, /^there are 1 reports that name nothing of ours$/],
    [
      'a failure row of something that arrived',
      { failures: [{ delivery: row('a').id, end: 'unknown/no-report', resolved: false }] },
      sends,
      /but its failure row says unknown\/no-report/,
    ],
    [
      'a failure row of nobody',
      { failures: [{ delivery: 'x', end: 'unknown/no-report', resolved: false }] },
      sends,
      /^a failure row belongs to no delivery/,
    ],
  ])('finds %s', (_, change, sent, line) => {
    const found = mismatches(change, stream, sent);
    expect(found).toContainEqual(expect.stringMatching(line));
  });

  it('leaves out what somebody else published meanwhile, and says how much that is', () => {
    const mine = row('b', {
      event: { ...event('b'), source: '/by-hand' },
      status: 'failed',
      end: 'failed/bad-address',
    });
    const open = row('c', { event: event('c'), status: 'sending', end: 'sending/waiting', reported: false });
    const failure = { delivery: mine.id, end: mine.end, resolved: false };
    const withOthers = books({
      events: [event('a'), mine.event, event('c')],
      rejected: [body('{"source":"/shop","id":"d"}')],
      deliveries: [row('a'), mine, open],
      failures: [failure],
    });
    const found = account(stream, withOthers, [...sends, sendOf(open), sendOf(open, 1)]);
    expect(found).toEqual({
      ...account(stream, books(), sends),
      byOthers: { events: 3, deliveries: 2, sends: 2 },
    });
  });

  it('wants a failure row for what did not arrive, and none once that is resolved', () => {
    const failed = row('a', { status: 'failed', end: 'failed/carrier-blocked' });
    const expected = { ...stream, deliveries: [{ ...arrives('a'), ends: ['failed/carrier-blocked'] as const }] };
    const failure = { delivery: failed.id, end: failed.end, resolved: false };
    expect(mismatches({ deliveries: [failed] }, expected)).toEqual([expect.stringMatching(/failure row is missing/)]);
    expect(mismatches({ deliveries: [failed], failures: [failure] }, expected)).toEqual([]);
    expect(mismatches({ failures: [{ ...failure, resolved: true }] })).toEqual([]);
  });

  it('wants no effective send for what was held back, and allows one for what is uncertain', () => {
    const skipped = endingAs('skipped', 'skipped/opted-out');
    expect(mismatches({ deliveries: [skipped.row] }, skipped.expected, [])).toEqual([]);
    expect(mismatches({ deliveries: [skipped.row] }, skipped.expected)).toHaveLength(1);
    const uncertain = endingAs('uncertain', 'uncertain/no-answer');
    const failures = [{ delivery: uncertain.row.id, end: uncertain.row.end, resolved: false }];
    expect(mismatches({ deliveries: [uncertain.row], failures }, uncertain.expected, [])).toEqual([]);
    expect(mismatches({ deliveries: [uncertain.row], failures }, uncertain.expected)).toEqual([]);
  });
});
