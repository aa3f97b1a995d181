import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attemptId } from '../../shared/delivery-id.ts';
import { parseReport } from '../../shared/reports.ts';
import { emailReport, ENVELOPES, smsReport } from './event-grid.ts';
import { planOf } from './stored-delivery.ts';

const NOW = new Date('2026-11-20T13:10:00Z');
const { id: smsId } = planOf();
const { id: emailId } = planOf({ channel: 'email' });
const tag = `local:${attemptId(smsId, 3)}`;
const parse = (event: unknown) => parseReport(event, 'local', NOW);

describe('parseReport', () => {
  it.each(ENVELOPES)('reads an SMS report: %s', (envelope) => {
    expect(parse(smsReport({ tag, deliveryStatus: 'Failed', deliveryStatusDetails: '4006' }, { envelope }))).toEqual({
      kind: 'delivery',
      reportId: 'report-1',
      type: 'Microsoft.Communication.SMSDeliveryReportReceived',
      channel: 'sms',
      delivery: smsId,
      attempt: 3,
      status: 'failed',
      cause: 'handset-unreachable',
      permanence: 'for now',
      code: '4006',
      reported: new Date('2026-11-20T13:00:07.123Z'),
      providerId: 'Outgoing_20261120130000',
    });
  });

  it.each(ENVELOPES)('reads an email report: %s', (envelope) => {
    const messageId = attemptId(emailId, 1).toUpperCase();
    expect(parse(emailReport({ messageId, status: 'Bounced' }, { envelope }))).toMatchObject({
      kind: 'delivery',
      channel: 'email',
      delivery: emailId,
      attempt: 1,
      status: 'failed',
      cause: 'hard-bounced',
      suppress: 'hard-bounced',
      reported: new Date('2026-11-20T13:02:22Z'),
    });
  });

  it('reads both spellings of the time of a mail', () => {
    const messageId = attemptId(emailId, 0);
    const spelled = { deliveryAttemptTimestamp: undefined, deliveryAttemptTimeStamp: '2026-11-20T13:04:00Z' };
    expect(parse(emailReport({ messageId, ...spelled }))).toMatchObject({ reported: new Date('2026-11-20T13:04:00Z') });
  });

  it.each(['', 'yesterday', '0001-01-01T00:00:00', 17, null])('takes the envelope time when its own is %j', (time) => {
    expect(parse(smsReport({ tag, receivedTimestamp: time }))).toMatchObject({
      reported: new Date('2026-11-20T13:05:00Z'),
    });
  });

  it('counts on the present when a report has no time at all', () => {
    const { time: _time, ...timeless } = smsReport({ tag, receivedTimestamp: '' }, { envelope: 'cloud-events' });
    expect(parse(timeless)).toMatchObject({ kind: 'delivery', reported: NOW });
  });

  it.each([
    ['another environment', { tag: `prod:${attemptId(smsId, 0)}` }, 'environment'],
    ['no tag', {}, 'no tag'],
    ['a tag of somebody else', { tag: 'spring-campaign' }, 'none of ours'],
    ['an id of somebody else', { tag: 'local:1a2b3c4d-0000-4000-8000-000000000000' }, 'none of ours'],
    ['a status that is not final', { tag, deliveryStatus: 'Pending' }, 'status'],
  ])('does not match %s', (_, data, why) => {
    expect(parse(smsReport(data))).toMatchObject({ kind: 'unmatched', why: expect.stringContaining(why) as string });
  });

  it('takes other events and names their type', () => {
    const type = 'Microsoft.Communication.SMSReceived';
    expect(parse({ id: '1', eventType: type, data: { message: 'STOP' } })).toEqual({ kind: 'other', type });
    expect(parse({ id: '1', type: 'Microsoft.EventGrid.SubscriptionDeletedEvent' })).toMatchObject({ kind: 'other' });
  });

  it('gives the same garbage the same id, and never throws', () => {
    fc.assert(
      fc.property(fc.anything(), (garbage) => {
        const report = parse(garbage);
        expect(['other', 'unmatched']).toContain(report.kind);
        expect(parse(structuredClone(garbage))).toEqual(report);
      }),
    );
    expect(parse({ id: 'x'.repeat(5_000) })).toMatchObject({
      reportId: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
  });
});
