import { once } from 'node:events';
import { type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withoutTexts } from '../../shared/answer-body.ts';
import { outcomeOf, statusOutcomeOf } from '../../shared/answers.ts';
import { emailProvider } from '../../shared/azure/email.ts';
import { smsProvider } from '../../shared/azure/sms.ts';
import type { ProviderAnswer } from '../../shared/ports.ts';
import { drawFrom } from '../fuzz/draw.ts';
import { ACCESS_KEY } from '../shared/azure/stub-provider.ts';
import { emailRequest, smsRequest } from '../shared/azure/send-requests.ts';
import { withWrongValues } from './wrong-values.ts';

const NOW = new Date('2026-11-21T09:00:00.000Z');
const TIMEOUT = 400;
const PHONE = '+4915112345678';
const MAIL = 'anna.muster@mail.example';
/** Whatever form an address may take on its way back. */
const ADDRESS = /49151123456|anna\.?muster|mail\.example/i;

type Respond = (response: ServerResponse) => void;

let respond: Respond = () => undefined;
const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => respond(response));
});
let providers: { sms: ReturnType<typeof smsProvider>; email: ReturnType<typeof emailProvider> };

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const settings = { connectionString: `endpoint=http://127.0.0.1:${port}/;accesskey=${ACCESS_KEY}` };
  providers = { sms: smsProvider(settings), email: emailProvider(settings) };
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const whole =
  (status: number, body: unknown, headers: Record<string, string> = {}): Respond =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body));
  };

/** Says how long the body is, writes half of it and hangs up. */
const half =
  (status: number, body: string): Respond =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length });
    response.write(body.slice(0, body.length / 2), () => response.destroy());
  };

const silent: Respond = () => undefined;
const hangUp: Respond = (response) => void response.destroy();
const notHttp: Respond = (response) => void response.socket?.end('SSH-2.0-OpenSSH_9.9\r\n');

type Sent = { class: string; note: string };

/** What the real client, over the wire, and our table make of an answer; neither may let an address through. */
async function meaningOf(channel: 'sms' | 'email' | 'status', how: Respond, repeat = false): Promise<Sent> {
  respond = how;
  const answer: ProviderAnswer =
    channel === 'status'
      ? await providers.email.status(emailRequest().attempt, TIMEOUT)
      : channel === 'sms'
        ? await providers.sms.send(smsRequest(), TIMEOUT)
        : await providers.email.send(emailRequest(), TIMEOUT);
  const outcome =
    channel === 'status' ? statusOutcomeOf(answer, NOW) : outcomeOf(channel, answer, { repeat, now: NOW });
  expect(JSON.stringify([answer, outcome])).not.toMatch(ADDRESS);
  expect(JSON.stringify([answer, outcome]).length).toBeLessThan(20_000);
  return outcome;
}

const recipient = (fields: Record<string, unknown>) => ({ value: [{ to: PHONE, ...fields }] });
const OK = { messageId: 'Outgoing_20261120131207_noam', httpStatusCode: 202, successful: true };
const error = (code: string, message = `No ${PHONE}, no ${MAIL}.`) => ({ error: { code, message, target: MAIL } });
const problem = (errors: Record<string, string[]>) => ({
  type: 'x',
  title: `Bad ${PHONE}`,
  status: 400,
  errors,
  traceId: 't',
});

const NOISE = Buffer.from(Array.from({ length: 100 * 1024 }, (_, index) => (index * 7919) % 256));
const DEEP = `${'{"error":'.repeat(20_000)}"${PHONE}"${'}'.repeat(20_000)}`;

/** Nothing of it can be read, so nobody knows whether the message was taken. */
const GARBAGE: readonly (readonly [string, Respond])[] = [
  ['HTML', whole(202, `<html><body>${PHONE}</body></html>`, { 'content-type': 'text/html' })],
  ['HTML that says it is JSON', whole(202, `<html>${MAIL}</html>`)],
  ['JSON that says it is HTML, without what matters', whole(202, { to: PHONE }, { 'content-type': 'text/html' })],
  ['an empty body', whole(202, '')],
  ['half a body', half(202, JSON.stringify(recipient(OK)))],
  ['no body at all', (response) => void response.writeHead(202).end()],
  ['text', whole(202, JSON.stringify(`Sent to ${PHONE}`))],
  ['a number', whole(202, '4915112345678')],
  ['null', whole(202, 'null')],
  ['a list', whole(202, [{ to: PHONE, ...OK }])],
  ['100 KB of noise', whole(202, NOISE)],
  ['deep nesting', whole(202, DEEP)],
  ['something packed that is not', whole(202, 'not gzip', { 'content-encoding': 'gzip' })],
  ['another success', whole(200, recipient(OK))],
  ['no content', (response) => void response.writeHead(204).end()],
  ['a redirect', whole(302, '', { location: `https://evil.example/?to=${encodeURIComponent(PHONE)}` })],
  ['an unknown status', whole(599, error('Odd'))],
  ['a fault of its own', whole(500, error('InternalServerError'))],
  ['a gateway’s page', whole(502, `<h1>Bad gateway</h1>${MAIL}`, { 'content-type': 'text/html' })],
  ['a busy service', whole(503, error('ServiceUnavailable'), { 'retry-after': '2' })],
  ['a time-out of its own', whole(408, '')],
  ['a conflict', whole(409, error('Conflict'))],
  ['silence', silent],
  ['a connection that ends', hangUp],
  ['another protocol', notHttp],
];

describe.each(['sms', 'email'] as const)('an answer to an %s of', (channel) => {
  it.each(GARBAGE)('%s is ambiguous', async (_, how) => {
    expect(await meaningOf(channel, how)).toMatchObject({ class: 'ambiguous' });
  });

  it.each([
    [400, '', 'refused'],
    [400, '<html>', 'refused'],
    [400, [PHONE], 'refused'],
    [400, { error: [PHONE] }, 'refused'],
    [400, { error: 'text' }, 'refused'],
    [400, error(PHONE), 'refused'],
    [400, error('ApiVersionUnspecified'), 'our-fault'],
    [401, '', 'our-fault'],
    [401, error('Denied'), 'our-fault'],
    [401, error('Unauthorized', ''), 'our-fault'],
    [403, '<html>', 'our-fault'],
    [404, error('DomainNotLinked'), 'our-fault'],
    [404, NOISE, 'our-fault'],
    [412, error('RepeatabilityFirstSentOutsideWindow'), 'our-fault'],
    [400, error('SubscriptionBlocked'), 'our-fault'],
    [413, '', 'refused'],
    [418, error('Teapot'), 'refused'],
    [429, '', 'refused-for-now'],
    [429, NOISE, 'refused-for-now'],
    [
      429,
      error('TooManyRequests', 'PerSubscriptionPerHourLimitExceeded - Please try again after 3636 seconds.'),
      'refused-for-now',
    ],
  ] as const)('%i with a body of %j is %3$s, and on a repeat ambiguous', async (status, body, expected) => {
    expect(await meaningOf(channel, whole(status, body))).toMatchObject({ class: expected });
    expect(await meaningOf(channel, whole(status, body), true)).toMatchObject({ class: 'ambiguous' });
  });

  it.each([
    ['3600', 3_600_000],
    ['0', 0],
    ['Sat, 21 Nov 2026 09:01:00 GMT', 60_000],
    ['Fri, 20 Nov 2026 09:01:00 GMT', 0],
    ['99999999999', 65 * 60_000],
    ['1e999', 65 * 60_000],
    ['-5', undefined],
    ['soon', undefined],
    ['', undefined],
    ['NaN', undefined],
    ['0x10', undefined],
    ['Sat, 99 Nov 2026 09:01:00 GMT', undefined],
  ])('429 with a Retry-After of %j waits %s ms', async (wait, retryAfter) => {
    const headers = { 'retry-after': wait, date: NOW.toUTCString() };
    const outcome = await meaningOf(channel, whole(429, '', headers));
    expect(outcome).toMatchObject({ class: 'refused-for-now' });
    expect('retryAfter' in outcome ? outcome.retryAfter : undefined).toBe(retryAfter);
  });
});

describe('an answer about the recipient of an SMS', () => {
  it.each([
    ['that took it', recipient(OK), 'accepted'],
    ['that took it without an id', recipient({ httpStatusCode: 202, successful: true }), 'accepted'],
    ['that repeats itself', recipient({ ...OK, repeatabilityResult: 'accepted' }), 'accepted'],
    ['with an address for an id', recipient({ ...OK, messageId: MAIL }), 'accepted'],
    [
      'of a bad number',
      recipient({ httpStatusCode: 400, successful: false, errorMessage: `Invalid To phone number format. ${PHONE}` }),
      'refused',
    ],
    [
      'of a bad first-sent',
      recipient({
        httpStatusCode: 400,
        successful: false,
        repeatabilityResult: 'rejected',
        errorMessage: 'repeatability-first-sent must be RFC1123',
      }),
      'our-fault',
    ],
    [
      'of a busy back end',
      recipient({ httpStatusCode: 503, successful: false, errorMessage: 'ServiceUnavailable' }),
      'refused-for-now',
    ],
    ['of a quota', recipient({ httpStatusCode: 429, successful: false }), 'refused-for-now'],
    ['of a broken back end', recipient({ httpStatusCode: 500, successful: false }), 'ambiguous'],
    ['that contradicts itself', recipient({ httpStatusCode: 400, successful: true }), 'ambiguous'],
    ['that says neither', recipient({ httpStatusCode: 202 }), 'ambiguous'],
    ['with numbers as text', recipient({ httpStatusCode: '202', successful: 'true' }), 'ambiguous'],
    [
      'with a phone number as a number',
      { value: [{ to: 4915112345678, httpStatusCode: 202, successful: 1 }] },
      'ambiguous',
    ],
    ['with a status of nonsense', recipient({ httpStatusCode: 1e308, successful: false }), 'ambiguous'],
    ['with no recipient', { value: [] }, 'ambiguous'],
    ['with two recipients', { value: [OK, OK] }, 'ambiguous'],
    ['with a list in the list', { value: [[OK]] }, 'ambiguous'],
    ['with an object for the list', { value: OK }, 'ambiguous'],
    ['with null in the list', { value: [null] }, 'ambiguous'],
    ['under another name', { Value: [OK] }, 'ambiguous'],
  ] as const)('%s is %3$s', async (_, body, expected) => {
    expect(await meaningOf('sms', whole(202, body))).toMatchObject({ class: expected });
  });

  it.each([
    ['that names our number', { From: ['Invalid from phone number format.'] }, 'our-fault'],
    ['that names theirs', { 'smsRecipients[0].To': [`Invalid ${PHONE}`] }, 'refused'],
    ['in problem details', problem({ From: [`${PHONE} is not yours`] }), 'our-fault'],
    ['in problem details about them', problem({ 'SmsRecipients[0].To': ['x'] }), 'refused'],
    ['with lists for objects', { errors: [['From']] }, 'refused'],
  ])('as a whole %s is %3$s', async (_, body, expected) => {
    expect(await meaningOf('sms', whole(400, body))).toMatchObject({ class: expected });
  });
});

describe('the answer to a mail', () => {
  it.each([
    ['with its id', { id: emailRequest().attempt, status: 'Running' }, 'accepted'],
    ['with its id alone', { id: emailRequest().attempt }, 'accepted'],
    ['with an error beside its id', { id: emailRequest().attempt, status: 'Running', error: {} }, 'accepted'],
    ['without an id', { status: 'Running' }, 'ambiguous'],
    ['with an address for an id', { id: MAIL, status: 'Running' }, 'ambiguous'],
    ['with a number for an id', { id: 7, status: 'Running' }, 'ambiguous'],
    ['with a list for an id', { id: [emailRequest().attempt] }, 'ambiguous'],
  ])('%s is %3$s', async (_, body, expected) => {
    expect(await meaningOf('email', whole(202, body))).toMatchObject({ class: expected });
  });
});

describe('the status of a mail', () => {
  const id = emailRequest().attempt;

  it.each([
    ['not started', 200, { id, status: 'NotStarted' }, 'accepted'],
    ['running', 200, { id, status: 'running' }, 'accepted'],
    ['succeeded', 200, { id, status: 'Succeeded', error: {} }, 'accepted'],
    ['failed', 200, { id, status: 'Failed', ...error('EmailDropped') }, 'refused'],
    ['dropped', 200, { id, status: 'Failed', ...error('EmailDroppedAllRecipientsSuppressed') }, 'refused'],
    ['cancelled', 200, { id, status: 'Canceled' }, 'refused'],
    ['failed without a reason', 200, { id, status: 'Failed', error: [MAIL] }, 'refused'],
    ['unknown', 200, { id, status: `Sent to ${MAIL}` }, 'ambiguous'],
    ['a list', 200, [{ id, status: 'Succeeded' }], 'ambiguous'],
    ['a number', 200, { id, status: 1 }, 'ambiguous'],
    ['HTML', 200, `<html>${MAIL}</html>`, 'ambiguous'],
    ['nothing', 200, '', 'ambiguous'],
    ['noise', 200, NOISE, 'ambiguous'],
    ['deep', 200, DEEP, 'ambiguous'],
    ['missing', 404, error('NotFound'), 'missing'],
    ['missing, as a page', 404, `<html>${MAIL}</html>`, 'missing'],
    ['denied', 401, error('Denied'), 'ambiguous'],
    ['over its quota', 429, error('TooManyRequests'), 'ambiguous'],
    ['broken', 500, error('InternalServerError'), 'ambiguous'],
  ] as const)('that is %s is read as it stands', async (_, code, body, expected) => {
    expect(await meaningOf('status', whole(code, body))).toMatchObject({ class: expected });
  });

  it.each([
    ['silence', silent],
    ['a connection that ends', hangUp],
    ['half a body', half(200, JSON.stringify({ id, status: 'Succeeded', padding: MAIL }))],
  ])('cut off by %s is ambiguous', async (_, how) => {
    expect(await meaningOf('status', how)).toMatchObject({ class: 'ambiguous' });
  });
});

describe('five thousand answers with something in the wrong place', () => {
  const bodies = [
    recipient(OK),
    recipient({ httpStatusCode: 400, successful: false, errorMessage: `Invalid To phone number format. ${PHONE}` }),
    { id: emailRequest().attempt, status: 'Running' },
    { id: emailRequest().attempt, status: 'Failed', ...error('EmailDropped') },
    problem({ From: [PHONE] }),
  ];
  const WORDS = ['accepted', 'ambiguous', 'missing', 'our-fault', 'refused', 'refused-for-now'];

  it('each have a class, and none repeats an address', () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 5_000; seed += 1) {
      const draw = drawFrom(seed);
      const status = draw.of([200, 202, 400, 401, 404, 409, 412, 429, 500, 503]);
      const body = withoutTexts(withWrongValues(draw, draw.of(bodies)));
      const answer: ProviderAnswer = { kind: 'answered', status, headers: {}, body };
      const outcomes = [
        outcomeOf('sms', answer, { repeat: draw.once(2), now: NOW }),
        outcomeOf('email', answer, { repeat: draw.once(2), now: NOW }),
        statusOutcomeOf(answer, NOW),
      ];
      for (const outcome of outcomes) seen.add(outcome.class);
      expect(JSON.stringify([body, outcomes])).not.toMatch(ADDRESS);
    }
    expect([...seen].toSorted()).toEqual(WORDS);
  });
});
