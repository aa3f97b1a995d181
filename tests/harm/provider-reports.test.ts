import { describe, expect, it } from 'vitest';
import { deliveriesIn } from '../../shared/azure/deliveries.ts';
import { attemptId } from '../../shared/delivery-id.ts';
import { EMAIL_STATUSES, SMS_CODES } from '../../shared/provider-codes.ts';
import { takeReport } from '../../shared/take-report.ts';
import { fakePorts } from '../fakes/ports.ts';
import { drawFrom } from '../fuzz/draw.ts';
import { ENVELOPES, emailReport, smsReport } from '../shared/event-grid.ts';
import { acceptedAt, ARRIVED, deliveryOf, MAIL, PHONE, planOf } from '../shared/stored-delivery.ts';
import { ONLY_LIMITS } from './only-limits.ts';
import { withWrongValues } from './wrong-values.ts';

const SMS = planOf();
const EMAIL = planOf({ channel: 'email' });
const tag = `local:${attemptId(SMS.id, 0)}`;
const messageId = attemptId(EMAIL.id, 0);
/** However an address may be written on its way. */
const ADDRESS = /15112345667|anna\.?muster/i;

type Taken = { kind: 'merged' | 'unmatched' | 'ignored'; status?: string };

/**
 * What becomes of an event from Event Grid: merged into one of two accepted deliveries, a row of `UnmatchedReports`, or
 * a line in the log. Holds what is true of every one: no throw, rows that the table takes, no address outside the plan.
 */
async function taken(event: unknown): Promise<Taken> {
  const ports = fakePorts();
  for (const channel of ['sms', 'email'] as const) {
    const row = deliveryOf({ channel }, { ...acceptedAt(ARRIVED, channel), providerId: '' });
    ports.deliveries.rows.set(row.plan.id, row);
  }
  await takeReport(event, { ...ports, environment: 'local', hashKeys: [{ name: 'k1', key: Buffer.alloc(32, 1) }] });

  const rows = [...ports.deliveries.rows.values()];
  for (const row of rows) await deliveriesIn(ONLY_LIMITS).record(row, row.progress);
  const written = [rows.map(({ progress }) => progress), [...ports.failures.rows], [...ports.suppressions.rows]];
  const said = [[...ports.unmatchedReports.rows], ports.entries];
  expect(JSON.stringify([written, said])).not.toMatch(ADDRESS);
  expect(JSON.stringify(said).length).toBeLessThan(2_000);

  const merged = rows.find(({ progress }) => progress.revision > 2);
  const [unmatched] = ports.unmatchedReports.rows.values();
  expect(merged && unmatched).toBeUndefined();
  if (merged) return { kind: 'merged', status: merged.progress.status };
  if (unmatched) return { kind: 'unmatched' };
  expect(ports.entries.map((entry) => entry.event)).toEqual(['report-ignored']);
  return { kind: 'ignored' };
}

describe.each(ENVELOPES)('in the envelope %s', (envelope) => {
  it.each(Object.entries(SMS_CODES))('an SMS report with code %s ends as the table says', async (code, { status }) => {
    const deliveryStatus = status === 'delivered' ? 'Delivered' : 'Failed';
    const report = smsReport({ tag, deliveryStatus, deliveryStatusDetails: `${code}: ${PHONE}` }, { envelope });
    expect(await taken(report)).toEqual({ kind: 'merged', status });
  });

  it.each(Object.entries(EMAIL_STATUSES))('an email report of %s ends as the table says', async (name, { status }) => {
    const deliveryStatusDetails = { statusMessage: `550 5.1.1 <${MAIL}>: no such user` };
    const report = emailReport({ messageId, status: name.toUpperCase(), deliveryStatusDetails }, { envelope });
    expect(await taken(report)).toEqual({ kind: 'merged', status });
  });
});

describe('an SMS report', () => {
  it.each([
    ['an unknown code', { deliveryStatusDetails: `1234: ${PHONE}` }],
    ['no code', { deliveryStatusDetails: `Sender blocked for given recipient. ${PHONE}` }],
    ['a number for a code', { deliveryStatusDetails: 4007 }],
    ['a list for a code', { deliveryStatusDetails: [`4007 ${PHONE}`] }],
    ['100 KB of details', { deliveryStatusDetails: PHONE.repeat(8_000) }],
    ['an address for an id', { messageId: PHONE }],
    ['100 KB for an id', { messageId: 'x'.repeat(100_000) }],
    ['no time', { receivedTimestamp: undefined }],
    ['a time that is none', { receivedTimestamp: 'soon' }],
    ['a time before ours', { receivedTimestamp: '0001-01-01T00:00:00' }],
    ['a time after ours', { receivedTimestamp: '+275760-09-13T00:00:00Z' }],
    ['attempts of nonsense', { deliveryAttempts: 'many' }],
    ['recipients of nonsense', { from: [PHONE], to: { phone: PHONE } }],
  ])('with %s is merged as failed', async (_, data) => {
    expect(await taken(smsReport({ tag, deliveryStatus: 'Failed', ...data }))).toEqual({
      kind: 'merged',
      status: 'failed',
    });
  });

  it.each([
    ['no tag', { tag: undefined }],
    ['an empty tag', { tag: '' }],
    ['a tag of nonsense', { tag: PHONE }],
    ['a tag of another environment', { tag: tag.replace('local', 'prod') }],
    ['a tag with an address', { tag: `local:${MAIL}` }],
    ['a list for a tag', { tag: [tag] }],
    ['a tag of 100 KB', { tag: `local:${'x'.repeat(100_000)}` }],
    ['an id that is not there', { tag: `local:${attemptId(planOf({ eventId: 'other' }).id, 0)}` }],
    ['the id of a mail', { tag: `local:${messageId}` }],
    ['no status', { deliveryStatus: undefined }],
    ['an unknown status', { deliveryStatus: `Sent to ${PHONE}` }],
    ['a status that is a number', { deliveryStatus: 2000 }],
  ])('with %s is unmatched', async (_, data) => {
    expect(await taken(smsReport({ tag, ...data }))).toEqual({ kind: 'unmatched' });
  });
});

describe('an email report', () => {
  it.each([
    ['details that are text', { deliveryStatusDetails: `550 ${MAIL}` }],
    ['no details', { deliveryStatusDetails: null }],
    ['a message that is an object', { deliveryStatusDetails: { statusMessage: { text: MAIL } } }],
    ['100 KB of message', { deliveryStatusDetails: { statusMessage: `5.1.1 ${MAIL}`.repeat(4_000) } }],
    ['an id in capitals', { messageId: messageId.toUpperCase() }],
    ['no recipient', { recipient: undefined }],
  ])('with %s is merged as failed', async (_, data) => {
    expect(await taken(emailReport({ messageId, status: 'Failed', ...data }))).toEqual({
      kind: 'merged',
      status: 'failed',
    });
  });

  it.each([
    ['no id', { messageId: undefined }],
    ['an id of somebody else', { messageId: '2f1c0b3e-5a51-4c5e-9a53-0123456789ab' }],
    ['an address for an id', { messageId: MAIL }],
    ['the id of an SMS', { messageId: attemptId(SMS.id, 0) }],
    ['an unknown status', { status: `OutForDelivery ${MAIL}` }],
    ['no status', { status: undefined }],
    ['a list for a status', { status: ['Delivered'] }],
  ])('with %s is unmatched', async (_, data) => {
    expect(await taken(emailReport({ messageId, ...data }))).toEqual({ kind: 'unmatched' });
  });
});

describe('what is no report', () => {
  let deep: unknown = PHONE;
  for (let depth = 0; depth < 50_000; depth += 1) deep = [deep];

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['text', `Delivered to ${PHONE}`],
    ['HTML', `<html>${MAIL}</html>`],
    ['JSON in text that is no event', JSON.stringify({ to: PHONE })],
    ['a number', 4915112345667],
    ['a list of reports', [smsReport({ tag })]],
    ['an empty object', {}],
    ['an object without type', { id: PHONE, data: { tag } }],
    ['a type that is a number', { ...smsReport({ tag }), eventType: 7 }],
    ['deep nesting', { data: deep }],
    ['deep nesting beside an id that is an address', { id: MAIL, data: deep }],
    ['data that is text', { ...smsReport({ tag }), data: `Delivered to ${PHONE}` }],
    ['data that is a list', { ...emailReport({ messageId }), data: [{ messageId }] }],
    ['data that is half a JSON', { ...emailReport({ messageId }), data: '{"messageId":' }],
    ['no data', { ...smsReport({ tag }), data: undefined }],
    [
      'a name of object properties',
      { ...smsReport({ tag }), data: JSON.parse('{"__proto__":{"tag":"x"}}') as unknown },
    ],
  ])('such as %s is unmatched', async (_, event) => {
    expect(await taken(event)).toEqual({ kind: 'unmatched' });
  });

  it.each([
    'Microsoft.Communication.SMSReceived',
    'Microsoft.Communication.EmailEngagementTrackingReportReceived',
    'Microsoft.EventGrid.SubscriptionValidationEvent',
    `about ${MAIL}`,
    PHONE,
    '__proto__',
    'x'.repeat(100_000),
  ])('such as the event type %j is counted and ignored', async (eventType) => {
    expect(await taken({ ...smsReport({ tag }), eventType })).toEqual({ kind: 'ignored' });
  });
});

describe('three thousand reports with something in the wrong place', () => {
  it('are each merged, unmatched or ignored', async () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 3_000; seed += 1) {
      const draw = drawFrom(seed);
      const envelope = draw.of(ENVELOPES);
      const report = draw.once(2) ? smsReport({ tag }, { envelope }) : emailReport({ messageId }, { envelope });
      seen.add((await taken(withWrongValues(draw, report))).kind);
    }
    expect([...seen].toSorted()).toEqual(['ignored', 'merged', 'unmatched']);
  });
});
