import { describe, expect, it } from 'vitest';
import { drops, giveUpReason, retryWait } from '../../../local/communication-services/retry-schedule.ts';
import { manualClock } from './manual-clock.ts';
import { type Push, startProvider, startWebhook, until } from './harness.ts';

const phone = '+4915112345678';
const atOnce = { reports: { delay: { sms: [0, 0], email: [0, 0] } } };
const seconds = 1000;
const minutes = 60 * seconds;
const hours = 60 * minutes;

const deadLettersOf = async (acs: Awaited<ReturnType<typeof startProvider>>, count: number) =>
  until(`${count} dead letters`, async () => {
    const { deadLetters } = await acs.control<{ deadLetters: object[] }>('GET', 'event-grid/dead-letters');
    return deadLetters.length === count ? deadLetters : undefined;
  });

describe('retry schedule', () => {
  it('waits longer each time, as published', () => {
    const waits = Array.from({ length: 11 }, (_, index) => retryWait(index + 1, 500));
    expect(waits).toEqual([
      10 * seconds,
      30 * seconds,
      minutes,
      5 * minutes,
      10 * minutes,
      30 * minutes,
      hours,
      3 * hours,
      6 * hours,
      12 * hours,
      12 * hours,
    ]);
  });

  it('waits at least as long as the answer asks for', () => {
    expect([404, 408, 503, 500, null].map((status) => retryWait(1, status))).toEqual([
      5 * minutes,
      2 * minutes,
      30 * seconds,
      10 * seconds,
      10 * seconds,
    ]);
  });

  it('drops what can never succeed, and gives up by count and age', () => {
    expect([400, 401, 403, 413, 404, 429, 500, null].filter(drops)).toEqual([400, 401, 403, 413]);
    expect(giveUpReason(29, 24 * hours)).toBeUndefined();
    expect(giveUpReason(30, 0)).toBe('30 attempts');
    expect(giveUpReason(1, 24 * hours + 1)).toBe('older than 24 hours');
  });
});

describe('Event Grid push', () => {
  it.each([
    ['CloudEventSchemaV1_0', 'OPTIONS'],
    ['EventGridSchema', 'POST'],
  ])('validates an endpoint for %s by %s, live', async (schema, method) => {
    const hook = await startWebhook();
    const acs = await startProvider({ scenario: atOnce });
    const registered = await acs.control('POST', 'event-grid/endpoints', { url: hook.url, schema });
    expect(registered).toMatchObject({ endpoints: [{ name: 'endpoint-1', schema, state: 'validated' }] });
    expect(JSON.stringify(registered)).not.toContain('code=key');
    expect(hook.handshakes).toEqual([method]);
    await acs.sms(phone);
    await until('a report', () => hook.events()[0]);
  });

  it('holds events until the endpoint agrees, or its validation url is opened', async () => {
    const { createServer } = await import('node:http');
    const bodies: string[] = [];
    const stubborn = createServer((request, response) => {
      request.on('data', (chunk) => bodies.push(String(chunk)));
      request.on('end', () =>
        response.writeHead(request.headers['aeg-event-type'] === 'Notification' ? 200 : 404).end(),
      );
    }).listen(0, '127.0.0.1');
    await until('listening', () => stubborn.address() ?? undefined);
    const url = `http://127.0.0.1:${(stubborn.address() as { port: number }).port}/`;
    const acs = await startProvider({ scenario: { ...atOnce, eventGrid: { schema: 'EventGridSchema' } } });
    const registered = await acs.control('POST', 'event-grid/endpoints', { url });
    expect(registered).toMatchObject({
      endpoints: [{ state: 'pending', problem: expect.stringContaining('404') as string }],
    });
    await acs.sms(phone);
    const [invitation] = JSON.parse(bodies[0] ?? '') as { data: { validationUrl: string } }[];
    expect(await acs.reports()).not.toMatchObject([{ state: 'delivered' }]);
    expect((await fetch(invitation?.data.validationUrl ?? '')).status).toBe(200);
    await until('delivered', async () => (await acs.reports('?state=delivered'))[0]);
    stubborn.close();
    stubborn.closeAllConnections();
  });

  it('comes again with a count until it is taken', async () => {
    const hook = await startWebhook((_, count) => (count < 3 ? 500 : 202));
    const scenario = { ...atOnce, eventGrid: { speed: 1000 } };
    const acs = await startProvider({ scenario, eventGridEndpoints: [hook.url] });
    await acs.sms(phone);
    const [report] = await until('delivered', async () => {
      const delivered = await acs.reports('?state=delivered');
      return delivered.length > 0 ? delivered : undefined;
    });
    expect(hook.pushes.map(({ headers }) => headers['aeg-delivery-count'])).toEqual(['0', '1', '2']);
    expect(report?.['attempts']).toMatchObject([{ status: 500 }, { status: 500 }, { status: 202 }]);
    expect(hook.pushes[0]?.headers).toMatchObject({
      'aeg-event-type': 'Notification',
      'aeg-metadata-version': '1',
      'aeg-data-version': '1.0',
    });
  });

  it.each([400, 401, 403, 413])('never comes again after %i: dead letter', async (status) => {
    const hook = await startWebhook(() => status);
    const scenario = { ...atOnce, eventGrid: { speed: 10_000 } };
    const acs = await startProvider({ scenario, eventGridEndpoints: [hook.url] });
    const [result] = await acs.sms(phone);
    expect(await deadLettersOf(acs, 1)).toMatchObject([
      {
        reason: `answer ${status}`,
        deliveryAttempts: 1,
        lastStatus: status,
        event: { data: { messageId: result?.messageId } },
      },
    ]);
    expect(hook.pushes).toHaveLength(1);
    expect(await acs.reports()).toMatchObject([{ state: 'dead-lettered' }]);
  });

  it('gives up after 24 hours', async () => {
    const hook = await startWebhook(() => 500);
    const scenario = { ...atOnce, eventGrid: { speed: 100_000 } };
    const acs = await startProvider({ scenario, eventGridEndpoints: [hook.url] });
    await acs.sms(phone);
    expect(await deadLettersOf(acs, 1)).toMatchObject([{ reason: 'older than 24 hours' }]);
    expect(hook.pushes.length).toBeGreaterThan(1);
  });

  it('takes silence for a failure', async () => {
    const hook = await startWebhook((_, count) => (count === 1 ? 'silence' : 200));
    const scenario = { ...atOnce, eventGrid: { speed: 1000, answerTimeout: 0.1 } };
    const acs = await startProvider({ scenario, eventGridEndpoints: [hook.url] });
    await acs.sms(phone);
    const report = await until('delivered', async () => (await acs.reports('?state=delivered'))[0]);
    const attempts = report['attempts'] as object[];
    expect(attempts[0]).toMatchObject({ status: null, error: expect.stringContaining('0.1 s') as string });
    expect(attempts.at(-1)).toMatchObject({ status: 200 });
  });

  it('counts a push to an endpoint that is away, and will come again', async () => {
    const clock = manualClock();
    const hook = await startWebhook();
    const acs = await startProvider({ clock, scenario: atOnce, eventGridEndpoints: [hook.url] });
    await acs.validated();
    hook.close();
    await acs.sms(phone);
    clock.advance(0);
    const report = await until('a failed push', async () => {
      const [entry] = await acs.reports();
      return (entry?.['attempts'] as Push[] | undefined)?.length === 1 ? entry : undefined;
    });
    expect(report).toMatchObject({ state: 'pushing', attempts: [{ status: null }] });
  });

  it.each([
    ['CloudEventSchemaV1_0', 'application/cloudevents-batch+json; charset=utf-8'],
    ['EventGridSchema', 'application/json; charset=utf-8'],
  ])('puts several events of %s into one request', async (schema, contentType) => {
    const hook = await startWebhook();
    const scenario = { ...atOnce, eventGrid: { batch: 10, schema } };
    const acs = await startProvider({ scenario, eventGridEndpoints: [hook.url] });
    await acs.sms(Array.from({ length: 12 }, (_, index) => `+4915112340${100 + index}`));
    await until('all events', () => hook.events().length === 12 || undefined);
    expect(hook.pushes.map(({ events }) => events.length)).toEqual([10, 2]);
    expect(hook.pushes[0]?.headers['content-type']).toBe(contentType);
  });

  it('tells every endpoint', async () => {
    const hooks = [await startWebhook(), await startWebhook()];
    const acs = await startProvider({ scenario: atOnce, eventGridEndpoints: hooks.map(({ url }) => url) });
    await acs.sms(phone);
    for (const hook of hooks) await until('a report', () => hook.events()[0]);
    await acs.control('DELETE', 'event-grid/endpoints/endpoint-1');
    await acs.sms(phone);
    await until('a second report', () => hooks[1]?.events()[1]);
    expect(hooks[0]?.events()).toHaveLength(1);
  });
});
