import { describe, expect, it } from 'vitest';
import { withoutTexts } from '../../shared/answer-body.ts';
import { NOT_CALLED, outcomeOf, retryAfter, statusOutcomeOf } from '../../shared/answers.ts';
import type { ProviderAnswer } from '../../shared/ports.ts';

const now = new Date('2026-11-20T13:00:00.000Z');

const answer = (status: number, body: unknown, headers: Record<string, string> = {}): ProviderAnswer => ({
  kind: 'answered',
  status,
  headers,
  body: withoutTexts(body),
});

const recipient = (status: number, more: object = {}) => ({
  value: [{ to: '+4915112345678', httpStatusCode: status, successful: false, ...more }],
});
const error = (code: string, message = '') => ({ error: { code, message } });
const problem = (field: string) => ({ type: 'about:blank', title: 'Bad', status: 400, errors: { [field]: ['Bad.'] } });

const taken = recipient(202, { successful: true, messageId: 'm-1', repeatabilityResult: 'accepted' });
const refused = (cause: string) => ({ class: 'refused', cause });
const ourFault = (cause: string) => ({ class: 'our-fault', cause });
const ambiguous = { class: 'ambiguous', ask: false };

type Row = [what: string, answer: ProviderAnswer, outcome: object];

const SMS: Row[] = [
  ['accepted', answer(202, taken), { class: 'accepted', providerId: 'm-1' }],
  ['accepted without an id', answer(202, recipient(202, { successful: true })), { class: 'accepted', providerId: '' }],
  [
    'bad number',
    answer(202, recipient(400, { errorMessage: 'Invalid To phone number format.' })),
    refused('bad-address'),
  ],
  ['refused recipient', answer(202, recipient(400, { errorMessage: 'No.' })), refused('refused')],
  [
    'back end down',
    answer(202, recipient(503, { errorMessage: 'ServiceUnavailable' })),
    { class: 'refused-for-now', cause: 'provider-busy' },
  ],
  [
    'bad first-sent date',
    answer(
      202,
      recipient(400, {
        repeatabilityResult: 'rejected',
        errorMessage: 'repeatability-first-sent must be in RFC1123 format',
      }),
    ),
    ourFault('set-up-refused'),
  ],
  [
    'first-sent outside of the window',
    answer(202, recipient(412, { repeatabilityResult: 'rejected' })),
    ourFault('set-up-refused'),
  ],
  ['recipient throttled', answer(202, recipient(429)), { class: 'refused-for-now', cause: 'throttled' }],
  ['recipient denied', answer(202, recipient(401)), ourFault('access-denied')],
  ['recipient failed', answer(202, recipient(500)), ambiguous],
  ['recipient in progress', answer(202, recipient(409)), ambiguous],
  ['not successful without a refusal', answer(202, recipient(202)), ambiguous],
  ['successful with another status', answer(202, recipient(400, { successful: true })), ambiguous],
  ['no recipient', answer(202, { value: [] }), ambiguous],
  ['two recipients', answer(202, { value: [taken.value[0], taken.value[0]] }), ambiguous],
  ['202 with a page', answer(202, '<html>'), ambiguous],
  ['202 with something else', answer(202, { value: 'ok' }), ambiguous],
  ['202 with null', answer(202, null), ambiguous],
  ['200', answer(200, taken), ambiguous],
  ['bad sender, 2022 form', answer(400, { From: ['Invalid from phone number format.'] }), ourFault('access-denied')],
  ['bad sender, problem details', answer(400, problem('From')), ourFault('access-denied')],
  ['bad recipient, problem details', answer(400, problem('SmsRecipients[0].To')), refused('bad-address')],
  ['bad message, problem details', answer(400, problem('Message')), refused('refused')],
  ['bad api-version', answer(400, error('ApiVersionUnspecified')), ourFault('set-up-refused')],
  ['bad request', answer(400, error('BadRequest')), refused('refused')],
];

const EMAIL: Row[] = [
  ['accepted', answer(202, { id: 'op-1', status: 'Running' }), { class: 'accepted', providerId: 'op-1' }],
  ['202 without an id', answer(202, {}), ambiguous],
  ['202 with a page', answer(202, '<html>'), ambiguous],
  ['validation', answer(400, error('BadRequest', 'Request body validation error.')), refused('refused')],
  [
    'bad recipient',
    answer(400, error('BadRequest', 'recipients.to.0.address: not a mail address')),
    refused('bad-address'),
  ],
  [
    'duplicate Message-ID',
    answer(400, error('BadRequest', 'A mail with this Message-ID was sent.')),
    refused('refused'),
  ],
  ['too large', answer(413, ''), refused('refused')],
  ['domain not linked', answer(404, error('DomainNotLinked')), ourFault('domain-not-linked')],
  ['wrong address of the service', answer(404, ''), ourFault('set-up-refused')],
  [
    'first-sent outside of the window',
    answer(412, error('RepeatabilityFirstSentOutsideWindow')),
    ourFault('set-up-refused'),
  ],
  ['subscription blocked', answer(400, error('SubscriptionBlocked')), ourFault('subscription-blocked')],
  ['subscription blocked', answer(403, error('SubscriptionBlocked')), ourFault('subscription-blocked')],
  [
    'over the hourly quota',
    answer(
      429,
      error('TooManyRequests', 'PerSubscriptionPerHourLimitExceeded - Please try again after 3636 seconds.'),
      { 'retry-after': '3636' },
    ),
    { class: 'refused-for-now', cause: 'throttled', retryAfter: 3_636_000, note: 'HTTP 429 TooManyRequests' },
  ],
];

const BOTH: Row[] = [
  ['no role or bad key', answer(401, error('Denied', 'Denied by the resource provider.')), ourFault('access-denied')],
  ['clock or hash wrong', answer(401, error('Unauthorized')), ourFault('access-denied')],
  ['forbidden', answer(403, error('Denied')), ourFault('access-denied')],
  ['throttled', answer(429, ''), { class: 'refused-for-now', cause: 'throttled' }],
  [
    'throttled for a while',
    answer(429, {}, { 'retry-after': '7' }),
    { class: 'refused-for-now', cause: 'throttled', retryAfter: 7_000 },
  ],
  ['time-out of the provider', answer(408, ''), ambiguous],
  ['in progress', answer(409, error('Conflict')), ambiguous],
  ['broken', answer(500, error('InternalServerError')), ambiguous],
  ['bad gateway', answer(502, '<html>'), ambiguous],
  ['unavailable', answer(503, '', { 'retry-after': '7' }), ambiguous],
  ['redirected', answer(307, ''), ambiguous],
  ['cut', { kind: 'unanswered', code: 'ECONNRESET' }, ambiguous],
  ['silent', { kind: 'unanswered', code: 'timeout' }, ambiguous],
  ['no such name', { kind: 'not-reached', code: 'ENOTFOUND' }, { class: 'not-reached', cause: 'not-reached' }],
  ['not called', NOT_CALLED, { class: 'not-reached', cause: 'slot-missed' }],
];

const CASES = [
  ...[...SMS, ...BOTH].map((row) => ['sms', ...row] as const),
  ...[...EMAIL, ...BOTH].map((row) => ['email', ...row] as const),
];

describe('an answer to a first call', () => {
  it.each(CASES)('%s: %s', (channel, _what, given, expected) => {
    expect(outcomeOf(channel, given, { repeat: false, now })).toMatchObject(expected);
  });

  it.each(CASES)('means the same after a way through a queue: %s: %s', (channel, _what, given, expected) => {
    const carried = JSON.parse(JSON.stringify(given)) as ProviderAnswer;
    expect(outcomeOf(channel, carried, { repeat: false, now })).toMatchObject(expected);
  });
});

describe('an answer to a repeat', () => {
  it.each(CASES)('is accepted, not reached or says nothing: %s: %s', (channel, _what, given, first) => {
    const outcome = outcomeOf(channel, given, { repeat: true, now });
    const kept = ['accepted', 'not-reached'].includes((first as { class: string }).class);
    expect(outcome.class).toBe(kept ? (first as { class: string }).class : 'ambiguous');
  });

  it.each([400, 409, 412])('of a mail leads to asking on %i', (status) => {
    expect(outcomeOf('email', answer(status, ''), { repeat: true, now })).toMatchObject({ ask: true });
    expect(outcomeOf('sms', answer(status, ''), { repeat: true, now })).toMatchObject({ ask: false });
  });

  it('still says how long to wait', () => {
    const throttled = answer(429, '', { 'retry-after': '7' });
    expect(outcomeOf('sms', throttled, { repeat: true, now })).toMatchObject({ class: 'ambiguous', retryAfter: 7_000 });
  });
});

describe('the status of a mail', () => {
  const operation = (status: string, more: object = {}) => answer(200, { id: 'op-1', status, ...more });
  it.each<[string, ProviderAnswer, object]>([
    ['not started', operation('NotStarted'), { class: 'accepted', providerId: 'op-1' }],
    ['running', operation('Running'), { class: 'accepted' }],
    ['out for delivery', operation('Succeeded'), { class: 'accepted' }],
    ['dropped', operation('Failed', error('EmailDropped')), { ...refused('refused'), note: 'Failed EmailDropped' }],
    [
      'suppressed',
      operation('Failed', error('EmailDroppedAllRecipientsSuppressed')),
      refused('suppressed-by-provider'),
    ],
    ['canceled', operation('Canceled'), refused('refused')],
    ['not known', answer(404, error('NotFound')), { class: 'missing' }],
    ['throttled', answer(429, '', { 'retry-after': '60' }), { class: 'ambiguous', retryAfter: 60_000 }],
    ['denied', answer(401, ''), { class: 'ambiguous' }],
    ['broken', answer(500, ''), { class: 'ambiguous' }],
    ['a page', answer(200, '<html>'), { class: 'ambiguous' }],
    ['a new word', operation('Postponed'), { class: 'ambiguous' }],
    ['silence', { kind: 'unanswered', code: 'timeout' }, { class: 'ambiguous' }],
    ['out of reach', { kind: 'not-reached', code: 'ENOTFOUND' }, { class: 'ambiguous' }],
  ])('%s', (_what, given, expected) => {
    expect(statusOutcomeOf(given, now)).toMatchObject(expected);
  });
});

describe('Retry-After', () => {
  it.each<[string, Record<string, string>, number | undefined]>([
    ['none', {}, undefined],
    ['seconds', { 'retry-after': '12' }, 12_000],
    ['zero', { 'retry-after': '0' }, 0],
    ['half a second', { 'retry-after': '0.5' }, 500],
    ['milliseconds', { 'retry-after-ms': '250' }, 250],
    ['milliseconds, the long name', { 'x-ms-retry-after-ms': '250', 'retry-after': '9' }, 250],
    ['a date', { 'retry-after': 'Fri, 20 Nov 2026 13:00:30 GMT' }, 30_000],
    [
      'a date beside the time of the answer',
      { 'retry-after': 'Fri, 20 Nov 2026 14:00:30 GMT', date: 'Fri, 20 Nov 2026 14:00:00 GMT' },
      30_000,
    ],
    ['a date that has passed', { 'retry-after': 'Fri, 20 Nov 2026 12:00:00 GMT' }, 0],
    ['the hourly window', { 'retry-after': '3636' }, 3_636_000],
    ['an absurd number', { 'retry-after': '1000000000' }, 3_900_000],
    ['an absurd number in short', { 'retry-after': '1e9' }, 3_900_000],
    ['an absurd date', { 'retry-after': 'Fri, 20 Nov 2099 13:00:30 GMT' }, 3_900_000],
    ['a negative number', { 'retry-after': '-5' }, undefined],
    ['words', { 'retry-after': 'soon' }, undefined],
    ['nothing', { 'retry-after': '' }, undefined],
  ])('in the form of %s', (_what, headers, expected) => {
    expect(retryAfter(headers, now)).toBe(expected);
  });
});

describe('what is kept of an answer', () => {
  it('holds codes and no address, name or text', () => {
    const body = {
      value: [{ to: '+4915112345678', messageId: 'Outgoing_20261120_noam', errorMessage: 'Sorry, Anna Muster' }],
      error: { code: 'anna.muster@mail.example', message: 'mail to anna.muster@mail.example', target: 'Anna' },
      id: '4915112345678',
      'anna.muster@mail.example': 'x',
    };
    expect(withoutTexts(body)).toEqual({
      value: [{ to: undefined, messageId: 'Outgoing_20261120_noam', errorMessage: undefined }],
      error: { code: undefined, message: undefined, target: undefined },
      id: undefined,
    });
  });

  it('gives up on a body without end', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 10_000; level += 1) deep = { a: deep };
    expect(JSON.stringify(withoutTexts(deep)).length).toBeLessThan(100);
  });
});
