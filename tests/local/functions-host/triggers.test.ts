import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixture, startFunctionsHost, until } from './running-host.ts';
import type { RunningHost } from './running-host.ts';

let host: RunningHost;
const get = (path: string, init?: RequestInit): Promise<Response> => fetch(host.address + path, init);
const userLines = (name: string): string[] =>
  host.lines.filter(({ category }) => category === `Function.${name}.User`).map(({ message }) => message);

beforeAll(async () => {
  host = await startFunctionsHost(fixture('triggers'), {
    args: ['--system-key', 'the-key', '--enforce-keys'],
    environment: { FROM_BOTH: 'environment' },
  });
});
afterAll(() => host.kill());

describe('an HTTP trigger', () => {
  it('hands over method, address, route parameters, query, headers, body and trace', async () => {
    const response = await get('/V1/Echo/abc/7?q=1&q=2&r=', {
      method: 'POST',
      body: 'content',
      headers: { 'x-sent': 'sent', traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
    });
    expect(response.status).toBe(201);
    expect(response.headers.get('x-answer')).toBe('yes');
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.getSetCookie()).toEqual(['a=b%20c; Path=/; HttpOnly; SameSite=Lax']);
    const answer = (await response.json()) as { trace: string };
    expect(answer).toMatchObject({
      method: 'POST',
      url: `${host.address}/V1/Echo/abc/7?q=1&q=2&r=`,
      params: { kind: 'abc', id: '7' },
      query: { q: '1,2', r: '' },
      header: 'sent',
      body: 'content',
    });
    expect(answer.trace).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[0-9a-f]{16}-01$/);
  });

  it.each([
    ['takes the literal route before the one with parameters', '/v1/echo/fixed', 'GET', 200],
    ['answers a path that breaks a constraint with 404', '/v1/echo/a1', 'GET', 404],
    ['answers a wrong method with 404', '/v1/echo/abc', 'DELETE', 404],
    ['answers a handler that returns nothing with 204', '/v1/nothing', 'GET', 204],
    ['answers a handler that returns a bare text with 500', '/v1/text', 'GET', 500],
    ['answers a handler that throws with 500', '/v1/broken', 'GET', 500],
    ['does not serve a disabled function', '/v1/off', 'GET', 404],
    ['asks for the key of a guarded function', '/v1/guarded', 'GET', 401],
    ['takes the key from the query', '/v1/guarded?code=the-key', 'GET', 200],
    ['says at its root that it runs', '/', 'GET', 200],
  ])('%s', async (_, path, method, status) => {
    const response = await get(path, { method });
    expect([response.status, status < 400 || (await response.text())]).toEqual([status, status < 400 || '']);
  });

  it('answers HEAD without a body', async () => {
    const response = await get('/v1/echo/abc', { method: 'HEAD' });
    expect(response.status).toBe(201);
    expect(await response.text()).toBe('');
  });

  it('prints invocations as func does, a failure with its stack', async () => {
    await get('/v1/broken');
    const executed = await until('the failure', () =>
      host.lines.findLast(({ message }) => message.startsWith("Executed 'Functions.broken'")),
    );
    const lines = host.lines.filter((line) => line.invocationId === executed.invocationId);
    expect(lines[0]?.message).toBe(
      `Executing 'Functions.broken' (Reason='This function was programmatically called via the host APIs.', Id=${executed.invocationId})`,
    );
    expect(executed.level).toBe('error');
    expect(executed.message).toMatch(
      /^Executed 'Functions.broken' \(Failed, Id=[0-9a-f-]{36}, Duration=\d+ms\)\nResult: Failure\nException: broken on purpose\nStack: Error: broken on purpose\n +at /,
    );
  });
});

describe('the environment of an app', () => {
  it('comes from local.settings.json, and the environment beats it', async () => {
    const response = await get('/v1/settings');
    expect(await response.json()).toEqual({
      file: 'file',
      both: 'environment',
      hostname: host.address.replace('http://', ''),
      folder: fixture('triggers'),
      environment: 'Development',
    });
  });

  it('shows log lines from the level that host.json asks for', async () => {
    await get('/v1/chatty');
    await until('the warning', () => userLines('chatty').length > 0);
    expect(userLines('chatty')).toEqual(['shown']);
  });
});

describe('hooks', () => {
  it('change inputs and result and share their data', async () => {
    const response = await get('/v1/hooked');
    expect(response.headers.get('x-hook')).toBe('pre');
    expect(await response.json()).toEqual({ added: 'by the hook' });
  });

  it('replace the handler, and clear an error', async () => {
    expect(await (await get('/v1/replaced')).text()).toBe('another handler');
    const rescued = await get('/v1/rescued');
    expect([rescued.status, await rescued.text()]).toEqual([200, 'cleared by the hook']);
  });

  it('change what users log, and a late line is warned about', async () => {
    await get('/v1/logs');
    await until('the late line', () => userLines('logs').includes('late'));
    expect(userLines('logs')).toEqual(['a ***', 'late']);
    expect(host.lines.filter((line) => line.category === 'Function.logs' && line.level === 'warning')).toHaveLength(1);
  });
});

const webhook = (query: string, type: string | undefined, body?: unknown, method = 'POST'): Promise<Response> =>
  get(`/runtime/webhooks/EventGrid?${query}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
    headers: type === undefined ? {} : { 'aeg-event-type': type, 'content-type': 'application/json' },
  });
const event = (id: string, subject = 's') => ({
  id,
  subject,
  eventType: 'Microsoft.Communication.SMSDeliveryReportReceived',
  eventTime: '2026-11-21T01:02:03.1234567Z',
  data: { MessageId: '7', Tag: 't' },
  dataVersion: '1.0',
});
const ids = (): unknown[] => host.seen('event').map(({ body }) => (body as { id: string }).id);

describe('an Event Grid trigger', () => {
  it.each([
    ['a missing key', 'functionName=event', 'Notification', 401],
    ['a wrong key', 'functionName=event&code=wrong', 'Notification', 401],
    ['an unknown function', 'functionName=nobody&code=the-key', 'Notification', 404],
    ['a function of another kind', 'functionName=echo&code=the-key', 'Notification', 404],
    ['no function', 'code=the-key', 'Notification', 404],
    ['no event type', 'functionName=event&code=the-key', undefined, 400],
    ['an unknown event type', 'functionName=event&code=the-key', 'Other', 400],
    ['the end of a subscription', 'functionName=event&code=the-key', 'Unsubscribe', 202],
  ])('answers %s', async (_, query, type, status) => {
    expect((await webhook(query, type, [])).status).toBe(status);
  });

  it('answers the handshake of both schemas', async () => {
    const validation = { data: { validationCode: 'c-1' } };
    const answers = await Promise.all([
      webhook('functionName=event&code=the-key', 'SubscriptionValidation', [validation]),
      webhook('functionName=EVENT&code=the-key', 'subscriptionvalidation', {
        data: JSON.stringify({ validationCode: 'c-2' }),
      }),
    ]);
    expect(await Promise.all(answers.map((answer) => answer.json()))).toEqual([
      { validationResponse: 'c-1' },
      { validationResponse: 'c-2' },
    ]);
    const options = await get('/runtime/webhooks/EventGrid?functionName=event&code=the-key', {
      method: 'OPTIONS',
      headers: { 'WebHook-Request-Origin': 'eventgrid.azure.net' },
    });
    expect([options.status, options.headers.get('webhook-allowed-origin')]).toEqual([200, 'eventgrid.azure.net']);
  });

  it('runs once for each event of a delivery and hands it over untouched', async () => {
    const answer = await webhook('functionName=event&code=the-key', 'Notification', [event('1'), event('2')]);
    expect([answer.status, await answer.text()]).toEqual([202, '']);
    await until('both events', () => ids().length === 2);
    expect(ids()).toEqual(['1', '2']);
    const [first] = host.seen('event');
    expect(first?.body).toEqual(event('1'));
    expect(first?.metadata).toEqual({ data: { messageId: '7', tag: 't' } });
  });

  it('answers 500 with the first error when one event fails, after all have run', async () => {
    const answer = await webhook('functionName=event&code=the-key', 'Notification', [event('3', 'fail'), event('4')]);
    expect([answer.status, await answer.text()]).toEqual([500, 'this event fails']);
    await until('both events', () => ids().length === 4);
    expect(ids().slice(-2)).toEqual(['3', '4']);
  });

  it('refuses a body that is not JSON', async () => {
    const answer = await get('/runtime/webhooks/EventGrid?functionName=event&code=the-key', {
      method: 'POST',
      body: 'no json',
      headers: { 'aeg-event-type': 'Notification' },
    });
    expect(answer.status).toBe(400);
  });

  it('hands the whole delivery to a function with cardinality many', async () => {
    const answer = await webhook('functionName=events&code=the-key', 'Notification', [event('5'), event('6')]);
    expect(answer.status).toBe(202);
    const { bodies } = await until('the delivery', () => host.seen('events')[0]);
    expect(bodies).toEqual([event('5'), event('6')]);
  });
});

describe('a timer trigger', () => {
  it('fires by its schedule, without a status below one minute', async () => {
    await until('two occurrences', () => host.seen('often').length >= 2);
    expect(host.seen('often')[0]?.body).toEqual({
      schedule: { adjustForDST: true },
      scheduleStatus: null,
      isPastDue: false,
    });
  });

  it('fires at start when asked to, and retries by its policy', async () => {
    const [first, second] = await until('the retry', () => host.seen('atStart').length === 2 && host.seen('atStart'));
    expect(first?.['retry']).toEqual({ retryCount: 0, maxRetryCount: 1 });
    expect(second?.['retry']).toEqual({ retryCount: 1, maxRetryCount: 1, exception: { message: 'never well' } });
  });

  it('fires by hand, with the status of its schedule', async () => {
    const answer = await get('/admin/functions/yearly', {
      method: 'POST',
      body: '{}',
      headers: { 'x-functions-key': 'the-key' },
    });
    expect(answer.status).toBe(202);
    const { body } = await until('the timer', () => host.seen('yearly')[0]);
    const next = `${new Date().getUTCFullYear() + 1}-01-01T00:00:00.000Z`;
    expect(body).toMatchObject({ scheduleStatus: { next }, isPastDue: false });
  });
});

describe('the admin routes', () => {
  it('say that the host runs', async () => {
    expect(await (await get('/admin/host/status')).json()).toMatchObject({ state: 'Running' });
  });

  it('list the functions', async () => {
    const functions = (await (await get('/admin/functions')).json()) as { name: string; isDisabled: boolean }[];
    expect(functions.find(({ name }) => name === 'echo')).toMatchObject({
      invoke_url_template: `${host.address}/v1/echo/{kind:alpha}/{id:int?}`,
    });
    expect(functions.filter(({ isDisabled }) => isDisabled).map(({ name }) => name)).toEqual(['off']);
  });

  it.each([
    ['no key', 'yearly', {}, '{}', 401],
    ['an unknown function', 'nobody', { 'x-functions-key': 'the-key' }, '{}', 404],
    ['a disabled function', 'off', { 'x-functions-key': 'the-key' }, '{}', 404],
    ['an HTTP function', 'echo', { 'x-functions-key': 'the-key' }, '{}', 400],
    ['a body that is no JSON', 'yearly', { 'x-functions-key': 'the-key' }, 'x', 400],
  ])('refuse to fire with %s', async (_, name, headers, body, status) => {
    const answer = await get(`/admin/functions/${name}`, { method: 'POST', body, headers });
    expect(answer.status).toBe(status);
  });

  it('fire an Event Grid function with an event', async () => {
    const answer = await get('/admin/functions/event', {
      method: 'POST',
      headers: { 'x-functions-key': 'the-key' },
      body: JSON.stringify({ input: JSON.stringify({ id: 'by-hand' }) }),
    });
    expect(answer.status).toBe(202);
    await until('the event', () => host.seen('event').some(({ body }) => (body as { id: string }).id === 'by-hand'));
  });
});

describe('the end', () => {
  it('waits for running invocations, runs the appTerminate hooks and exits with 0', async () => {
    const slow = get('/v1/slow');
    await until('the slow function to run', () => host.seen('slow')[0]);
    const stopped = host.stop();
    expect(await (await slow).text()).toBe('done');
    expect(await stopped).toBe(0);
    expect(host.output.filter((line) => line.startsWith('hook'))).toEqual(['hook appStart', 'hook appTerminate true']);
    await expect(get('/')).rejects.toThrow('fetch failed');
  });
});
