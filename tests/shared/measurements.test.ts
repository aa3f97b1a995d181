import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { LogEvent, LogFields } from '../../shared/log.ts';
import { INSTRUMENTS, type Instrument, measurementsOf } from '../../shared/measurements.ts';

const DELIVERY = {
  trace: '0123456789abcdef0123456789abcdef',
  delivery: '019a0000-0000-8000-8000-000000000000',
  channel: 'sms',
  message: 'order-delayed',
  version: 2,
  lane: 'urgent',
  country: 'DE',
  region: 'DE-BY',
};
const { trace: _trace, delivery: _delivery, ...words } = DELIVERY;
const WORDS = { ...words, version: '2' };
const CALL = { ...DELIVERY, attempt: 0, call: 'first', kind: 'toll-free', took: 0.2, note: 'HTTP 202', http: 202 };
const CALLED = { channel: 'sms', kind: 'toll-free', call: 'first' };
const HANDOVER = { handedOver: true, waited: 12.5, punctual: true, held: false, segments: 3 };
const SETTLED = { ...DELIVERY, status: 'accepted', cause: 'taken', before: 'sending', took: 13 };
const REPORT = {
  ...DELIVERY,
  status: 'delivered',
  cause: 'arrived',
  before: 'accepted',
  reported: 'delivered',
  known: false,
  after: 4,
};

type Counted = Readonly<Record<string, [value: number, attributes: Record<string, string>]>>;

/** A line of the log and all that it measures. */
const CASES: readonly [what: string, event: LogEvent, fields: LogFields, counted: Counted][] = [
  [
    'an event',
    'event-taken',
    { type: 'order.placed', deliveries: 2, arrivedAfter: 1.5, took: 0.1 },
    {
      'events.taken': [1, { type: 'order.placed' }],
      'event.arrival.duration': [1.5, { type: 'order.placed' }],
    },
  ],
  ['a copy of it', 'event-known', { type: 'order.placed' }, { 'events.known': [1, { type: 'order.placed' }] }],
  [
    'an event that cannot be used',
    'event-rejected',
    { reasons: 'data.order', count: 2 },
    { 'events.rejected': [1, {}] },
  ],
  [
    'one that we cannot plan',
    'event-not-planned',
    { type: 'order.placed' },
    { 'events.not_planned': [1, { type: 'order.placed' }] },
  ],
  ['a loop', 'loop-suspected', { type: 'order.placed', most: 20 }, { 'events.loops': [1, { type: 'order.placed' }] }],
  ['a batch that is parked', 'events-parked', { count: 7, error: 'away' }, { 'events.parked': [7, {}] }],
  ['a plan', 'delivery-planned', DELIVERY, { 'deliveries.planned': [1, WORDS] }],
  [
    'a hand-over',
    'delivery-sent',
    { ...CALL, outcome: 'accepted', ...HANDOVER },
    {
      'deliveries.handed_over': [1, { ...WORDS, kind: 'toll-free', held: 'false', punctual: 'true' }],
      'delivery.handover.duration': [12.5, { channel: 'sms', lane: 'urgent', held: 'false' }],
      'sms.segments': [3, { message: 'order-delayed', country: 'DE', kind: 'toll-free' }],
      'provider.calls': [1, { ...CALLED, outcome: 'accepted' }],
      'provider.call.duration': [0.2, { channel: 'sms', outcome: 'accepted' }],
    },
  ],
  [
    'an answer after a report',
    'delivery-sent',
    { ...CALL, outcome: 'accepted' },
    {
      'provider.calls': [1, { ...CALLED, outcome: 'accepted' }],
      'provider.call.duration': [0.2, { channel: 'sms', outcome: 'accepted' }],
    },
  ],
  [
    'a 429',
    'delivery-postponed',
    { ...CALL, outcome: 'refused-for-now', cause: 'throttled', http: 429 },
    {
      'provider.calls': [1, { ...CALLED, outcome: 'refused-for-now' }],
      'provider.call.duration': [0.2, { channel: 'sms', outcome: 'refused-for-now' }],
      'provider.refused_for_quota': [1, { channel: 'sms', kind: 'toll-free' }],
    },
  ],
  [
    'a 429 to a repeat',
    'delivery-postponed',
    { ...CALL, call: 'repeat', outcome: 'ambiguous', http: 429 },
    {
      'provider.calls': [1, { ...CALLED, call: 'repeat', outcome: 'ambiguous' }],
      'provider.call.duration': [0.2, { channel: 'sms', outcome: 'ambiguous' }],
      'provider.refused_for_quota': [1, { channel: 'sms', kind: 'toll-free' }],
    },
  ],
  [
    'an answer that travelled with a copy',
    'delivery-refused',
    { ...CALL, took: undefined, outcome: 'refused', cause: 'bad-address' },
    {
      'provider.calls': [1, { ...CALLED, outcome: 'refused' }],
    },
  ],
  [
    'a run that stopped before its call',
    'delivery-postponed',
    { ...CALL, took: undefined, outcome: 'not-reached', note: 'not-called' },
    {},
  ],
  [
    'a refusal of us',
    'set-up-refused',
    { ...CALL, outcome: 'our-fault', cause: 'access-denied' },
    {
      'provider.calls': [1, { ...CALLED, outcome: 'our-fault' }],
      'provider.call.duration': [0.2, { channel: 'sms', outcome: 'our-fault' }],
    },
  ],
  [
    'an end',
    'delivery-settled',
    SETTLED,
    { 'deliveries.settled': [1, { ...WORDS, status: 'accepted', cause: 'taken', before: 'sending' }] },
  ],
  ['an end that was known', 'delivery-settled', { ...SETTLED, status: 'delivered', before: 'delivered' }, {}],
  [
    'a report',
    'report-merged',
    REPORT,
    {
      'reports.taken': [1, { channel: 'sms', reported: 'delivered', known: 'false' }],
      'deliveries.settled': [1, { ...WORDS, status: 'delivered', cause: 'arrived', before: 'accepted' }],
      'delivery.report.duration': [4, { channel: 'sms', status: 'delivered' }],
    },
  ],
  [
    'the same report again',
    'report-merged',
    { ...REPORT, before: undefined, known: true },
    {
      'reports.taken': [1, { channel: 'sms', reported: 'delivered', known: 'true' }],
    },
  ],
  [
    'a report that is the first sign of a hand-over',
    'report-merged',
    { ...REPORT, before: 'sending', after: undefined, ...HANDOVER },
    {
      'reports.taken': [1, { channel: 'sms', reported: 'delivered', known: 'false' }],
      'deliveries.settled': [1, { ...WORDS, status: 'delivered', cause: 'arrived', before: 'sending' }],
      'deliveries.handed_over': [1, { ...WORDS, held: 'false', punctual: 'true' }],
      'delivery.handover.duration': [12.5, { channel: 'sms', lane: 'urgent', held: 'false' }],
      'sms.segments': [3, { message: 'order-delayed', country: 'DE' }],
    },
  ],
  ['a stranger’s report', 'report-unmatched', { type: 'x', why: 'y' }, { 'reports.unmatched': [1, {}] }],
  [
    'somebody who opts out',
    'suppression-added',
    { channel: 'sms', cause: 'opted-out' },
    { 'suppressions.added': [1, { channel: 'sms', cause: 'opted-out' }] },
  ],
  [
    'a dead copy',
    'dead-letter-stored',
    { entity: 'sms', reason: 'x', fate: 'left' },
    { 'dead_letters.stored': [1, { entity: 'sms', fate: 'left' }] },
  ],
  [
    'a dead event',
    'dead-letter-taken-again',
    { entity: 'order-events/notifications', fate: 'put-back' },
    { 'dead_letters.stored': [1, { entity: 'order-events/notifications', fate: 'put-back' }] },
  ],
  [
    'one that waits',
    'dead-letter-waits',
    { entity: 'retried-events', fate: 'waits' },
    { 'dead_letters.stored': [1, { entity: 'retried-events', fate: 'waits' }] },
  ],
  [
    'a copy that is parked',
    'copy-parked',
    { channel: 'email', copy: 0 },
    { 'copies.parked': [1, { channel: 'email' }] },
  ],
  [
    'a lost copy',
    'copy-scheduled-again',
    { channel: 'sms', copy: 0 },
    { 'copies.scheduled_again': [1, { channel: 'sms' }] },
  ],
  ['a reminder', 'reminder-due', { verdict: 'planned' }, { 'reminders.due': [1, { verdict: 'planned' }] }],
  ['a sweep', 'housekeeping-done', { failed: 2 }, { 'housekeeping.failures': [2, {}] }],
  [
    'a quota that others use',
    'quota-used-by-others',
    { channel: 'sms', kind: 'toll-free', count: 9 },
    { 'quota.used_by_others': [1, { channel: 'sms', kind: 'toll-free' }] },
  ],
  [
    'a sender that closes',
    'scope-closed',
    { channel: 'sms', kind: 'toll-free', cause: 'provider-away' },
    { 'scope.closed': [1, { channel: 'sms', kind: 'toll-free', cause: 'provider-away' }] },
  ],
  [
    'and opens',
    'scope-opened',
    { channel: 'sms', kind: 'toll-free', probes: 2 },
    { 'scope.opened': [1, { channel: 'sms', kind: 'toll-free' }] },
  ],
  [
    'how a sender stands',
    'scope-seen',
    { channel: 'sms', kind: 'toll-free', scope: 'toll-free-1', open: 0, bookedAhead: 90 },
    {
      'scope.open': [0, { channel: 'sms', kind: 'toll-free', scope: 'toll-free-1' }],
      'scope.booked_ahead': [90, { channel: 'sms', kind: 'toll-free', scope: 'toll-free-1' }],
    },
  ],
  [
    'how full a window is',
    'window-seen',
    { channel: 'sms', kind: 'toll-free', scope: 'toll-free-1', seconds: 86_400, use: 0.5 },
    {
      'scope.window.use': [0.5, { channel: 'sms', kind: 'toll-free', scope: 'toll-free-1', seconds: '86400' }],
    },
  ],
  [
    'a queue',
    'backlog-seen',
    { entity: 'sms', active: 3, age: 61 },
    {
      'backlog.messages': [3, { entity: 'sms' }],
      'backlog.age': [61, { entity: 'sms' }],
    },
  ],
  ['anything else', 'purge-done', { deliveries: 3 }, {}],
];

describe('what a line measures', () => {
  it.each(CASES)('%s', (_, event, fields, counted) => {
    const measured = measurementsOf(event, fields);
    expect(Object.fromEntries(measured.map(({ name, value, attributes }) => [name, [value, attributes]]))).toEqual(
      counted,
    );
    expect(measured).toHaveLength(Object.keys(counted).length);
  });

  it('is shown above for every metric there is', () => {
    const shown = CASES.flatMap(([, , , counted]) => Object.keys(counted));
    expect(Object.keys(INSTRUMENTS).filter((name) => !shown.includes(name))).toEqual([]);
  });

  it.each(['+4915123456789', 'anna@mail.example', '4915123456789', 'Anna Berg', 'São Paulo', 'a'.repeat(65)])(
    'never has %s as an attribute',
    (text) => {
      const named = Object.fromEntries(Object.keys(DELIVERY).map((field) => [field, text]));
      for (const [, event, fields] of CASES)
        for (const { attributes } of measurementsOf(event, {
          ...fields,
          ...named,
          type: text,
          entity: text,
          kind: text,
        }))
          expect(Object.values(attributes)).not.toContain(text);
    },
  );
});

const sources = globSync('shared/*.ts').map((file) => readFileSync(file, 'utf8'));
const common = readFileSync('shared/log-fields.ts', 'utf8');

/** Files that log this event, with what they take from elsewhere. */
const loggedIn = (event: string): string[] =>
  sources
    .filter((text) => new RegExp(`\\blog\\(.*'${event}'|\\bevent: '${event}'`).test(text))
    .map((text) => text + common);

describe.each(Object.entries<Instrument>(INSTRUMENTS))('%s', (name, { kind, unit, description, by, from }) => {
  it('is measured from lines that are logged, and each of its attributes is in one of them', () => {
    const logging = Object.keys(from).map((event) => [event, loggedIn(event)] as const);
    expect(logging.filter(([, texts]) => texts.length === 0).map(([event]) => event)).toEqual([]);
    const texts = logging.flatMap(([, files]) => files);
    expect(by.filter((field) => !texts.some((text) => new RegExp(`\\b${field}\\b`).test(text)))).toEqual([]);
  });

  it('is named as OpenTelemetry asks', () => {
    expect(name).toMatch(/^[a-z]+(_[a-z]+)*(\.[a-z]+(_[a-z]+)*)+$/);
    expect(name.endsWith('.duration')).toBe(kind === 'histogram');
    const units = { histogram: /^s$/, counter: /^\{[a-z]+\}$/, gauge: /^(s|1|\{[a-z]+\})$/ };
    expect(unit).toMatch(units[kind]);
    expect(description).toMatch(/^[A-Z0-9].+\.$/);
    expect(new Set(by).size).toBe(by.length);
  });
});
