import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { manualClock } from './manual-clock.ts';
import { ordinaryMail, startProvider, until } from './harness.ts';

const phone = '+4915112345678';
const statusOf = (error: unknown) => (error as { statusCode?: number }).statusCode;

/** What twenty messages meet. */
const fates = async (seed: number) => {
  const acs = await startProvider({ scenario: { seed, faults: [{ kind: 'error', status: 500, share: 0.5 }] } });
  const ends: string[] = [];
  for (let index = 0; index < 20; index += 1) {
    ends.push(
      await acs.sms(`+491511234567${index % 10}`).then(
        () => 'sent',
        () => 'failed',
      ),
    );
  }
  return ends;
};

describe('faults of the connection', () => {
  it.each([
    ['cut', 'before', 0],
    ['cut', 'after', 1],
    ['error', 'before', 0],
    ['error', 'after', 1],
  ] as const)('%s %s acceptance: %i sent, and the repeat sends no second', async (kind, when, sends) => {
    const acs = await startProvider();
    await acs.control('POST', 'faults', { kind, when, count: 2, ...(kind === 'error' ? { status: 503 } : {}) });
    const id = crypto.randomUUID();
    const firstSent = new Date().toUTCString();
    const failed = await acs.sms(phone, 'Hello', id, firstSent).catch((error: unknown) => error);
    expect(statusOf(failed)).toBe(kind === 'error' ? 503 : undefined);
    await expect(acs.mail(ordinaryMail('ann@mail.example'), id)).rejects.toBeInstanceOf(Error);
    expect(await acs.sends()).toHaveLength(sends * 2);
    expect(await acs.sms(phone, 'Hello', id, firstSent)).toMatchObject([{ httpStatusCode: 202 }]);
    await acs.mail(ordinaryMail('ann@mail.example'), id);
    expect(await acs.sends('?channel=sms')).toHaveLength(1);
    expect(await acs.sends('?channel=email')).toHaveLength(1);
    const unanswered = await acs.requests('?unanswered=true');
    expect(unanswered.map(({ end, status }) => [end, status])).toEqual(
      kind === 'cut'
        ? [
            ['cut', null],
            ['cut', null],
          ]
        : [],
    );
  });

  it.each([
    ['before', 0],
    ['after', 1],
  ] as const)('hangs %s acceptance until the client gives up: %i sent', async (when, sends) => {
    const acs = await startProvider();
    await acs.control('POST', 'faults', { kind: 'hang', when, count: 1 });
    const id = crypto.randomUUID();
    const firstSent = new Date().toUTCString();
    const hanging = { abort: new AbortController() };
    const client = acs.repeatingSmsClient(id, firstSent);
    const message = { from: '+18005550199', to: [phone], message: 'Hello' };
    const call = client.send(message, { abortSignal: hanging.abort.signal }).catch((error: unknown) => error);
    await until('the call hangs', async () => ((await acs.summary()).unanswered === 1 ? true : undefined));
    expect(await acs.sends()).toHaveLength(sends);
    const [during] = await client.send(message);
    expect(during?.httpStatusCode).toBe(when === 'before' ? 409 : 202);
    hanging.abort.abort();
    expect(await call).toBeInstanceOf(Error);
    await until('the stand-in notices', async () => ((await acs.summary()).neverAnswered === 1 ? true : undefined));
    const [afterwards] = await client.send(message);
    expect(afterwards?.httpStatusCode).toBe(202);
    expect(await acs.sends()).toHaveLength(1);
    expect((await acs.requests()).map(({ end }) => end)).toEqual(['client-gone', 'answered', 'answered']);
  });

  it('hangs on a mail until the client gives up, and takes its repeat', async () => {
    const acs = await startProvider();
    await acs.control('POST', 'faults', { kind: 'hang', channel: 'email', count: 1 });
    const operationId = crypto.randomUUID();
    const abort = new AbortController();
    const mail = ordinaryMail('ann@mail.example');
    const call = acs
      .emailClient()
      .beginSend(mail, { operationId, abortSignal: abort.signal })
      .catch((error: unknown) => error);
    await until('the call hangs', async () => ((await acs.summary()).unanswered === 1 ? true : undefined));
    await expect(acs.mail(mail, operationId)).rejects.toMatchObject({ statusCode: 409 });
    abort.abort();
    await call;
    await until('the stand-in notices', async () => ((await acs.summary()).neverAnswered === 1 ? true : undefined));
    await acs.mail(mail, operationId);
    expect(await acs.sends()).toMatchObject([{ attemptId: operationId }]);
  });

  it('meets a magic recipient once, however the repeat is named', async () => {
    const acs = await startProvider();
    await expect(acs.sms('+4915112556429')).rejects.toMatchObject({ statusCode: 429 });
    expect(await acs.sms('+4915112556429')).toMatchObject([{ httpStatusCode: 202 }]);
    await expect(acs.mail(ordinaryMail('cut-after@mail.example'))).rejects.toBeInstanceOf(Error);
    await acs.mail(ordinaryMail('cut-after@mail.example'));
    expect((await acs.sms('+4915112556503')).map(({ httpStatusCode }) => httpStatusCode)).toEqual([503]);
    expect((await acs.sms('+4915112556503')).map(({ httpStatusCode }) => httpStatusCode)).toEqual([202]);
    expect(await acs.sends()).toHaveLength(4);
    await acs.control('PUT', 'scenario', { magicRecipients: false });
    expect(await acs.sms('+33612556500')).toMatchObject([{ httpStatusCode: 202 }]);
  });

  it.each(['html', 'truncated', 'empty', 'half'])(
    'garbles an answer as %s, before and after acceptance',
    async (form) => {
      const acs = await startProvider();
      const id = crypto.randomUUID();
      const firstSent = new Date().toUTCString();
      const mail = ordinaryMail('ann@mail.example');
      for (const [when, sends] of [
        ['before', 0],
        ['after', 2],
      ] as const) {
        await acs.control('POST', 'faults', { kind: 'garbled', form, when, count: 2 });
        const sms = await acs.sms(phone, 'Hello', id, firstSent).catch((error: unknown) => error);
        const readAsAccepted = Array.isArray(sms) && sms.some(({ successful }) => successful === true);
        expect(readAsAccepted).toBe(false);
        await acs.mail(mail, id).catch((error: unknown) => error);
        expect(await acs.sends()).toHaveLength(sends);
      }
      await acs.sms(phone, 'Hello', id, firstSent);
      await acs.mail(mail, id);
      expect(await acs.sends()).toHaveLength(2);
      const cut = form === 'half';
      expect((await acs.requests()).map(({ status, end }) => [status, end])).toEqual([
        [502, cut ? 'cut' : 'answered'],
        [502, cut ? 'cut' : 'answered'],
        [202, cut ? 'cut' : 'answered'],
        [202, cut ? 'cut' : 'answered'],
        [202, 'answered'],
        [202, 'answered'],
      ]);
    },
  );

  it('sends a garbled answer with its own status and type', async () => {
    const acs = await startProvider();
    const body = JSON.stringify({ from: '+18005550199', smsRecipients: [{ to: phone }], message: 'Hello' });
    const seen = async (fault: object) => {
      await acs.control('POST', 'faults', { kind: 'garbled', count: 1, ...fault });
      const response = await acs.signedFetch('POST', '/sms?api-version=2021-03-07', body);
      return [
        response.status,
        response.headers.get('content-type')?.split(';')[0],
        (await response.text()).slice(0, 8),
      ];
    };
    expect(await seen({ form: 'html' })).toEqual([202, 'text/html', '<html><h']);
    expect(await seen({ form: 'html', status: 200 })).toEqual([200, 'text/html', '<html><h']);
    expect(await seen({ form: 'truncated' })).toEqual([202, 'application/json', '{"value"']);
    expect(await seen({ form: 'empty', when: 'before', status: 504 })).toEqual([504, 'application/json', '']);
    await expect(seen({ form: 'half' })).rejects.toThrow('terminated');
    expect(await acs.sends()).toHaveLength(4);
  });

  it('takes a slow request after its client is gone', async () => {
    const clock = manualClock();
    const acs = await startProvider({ clock });
    await acs.control('POST', 'faults', { kind: 'slow', when: 'before', delay: 5, count: 1 });
    const abort = new AbortController();
    const message = { from: '+18005550199', to: [phone], message: 'Hello' };
    const call = acs
      .smsClient()
      .send(message, { abortSignal: abort.signal })
      .catch((error: unknown) => error);
    await until('the call waits', async () => ((await acs.summary()).unanswered === 1 ? true : undefined));
    abort.abort();
    await call;
    await until('the stand-in notices', async () => ((await acs.summary()).neverAnswered === 1 ? true : undefined));
    expect(await acs.sends()).toEqual([]);
    clock.advance(5000);
    expect(await until('it is sent', async () => (await acs.sends())[0])).toMatchObject({ body: 'Hello' });
    expect(await acs.requests('?unanswered=true')).toMatchObject([{ end: 'client-gone', fault: 'slow before' }]);
  });

  it('answers 401 until told otherwise, and 503 for a while', async () => {
    const clock = manualClock();
    const acs = await startProvider({ clock, scenario: { clockTolerance: null } });
    await acs.control('PUT', 'scenario', { faults: [{ kind: 'error', status: 401 }] });
    await expect(acs.sms(phone)).rejects.toMatchObject({ statusCode: 401, code: 'Denied' });
    await expect(acs.mail(ordinaryMail('ann@mail.example'))).rejects.toMatchObject({ statusCode: 401 });
    await acs.control('PUT', 'scenario', { faults: [{ kind: 'error', channel: 'sms', status: 503, seconds: 60 }] });
    await expect(acs.sms(phone)).rejects.toMatchObject({ statusCode: 503 });
    await acs.mail(ordinaryMail('ann@mail.example'));
    clock.advance(60_000);
    await acs.sms(phone);
    expect(await acs.sends()).toHaveLength(2);
  });

  it('meets a share of requests, the same ones for the same seed', async () => {
    const [once, again, otherwise] = [await fates(1), await fates(1), await fates(2)];
    expect(new Set(once)).toEqual(new Set(['sent', 'failed']));
    expect(again).toEqual(once);
    expect(otherwise).not.toEqual(once);
  });

  it('remembers a refusal of a recipient but not its 503', async () => {
    const acs = await startProvider();
    const id = crypto.randomUUID();
    const firstSent = new Date().toUTCString();
    await acs.control('POST', 'faults', { kind: 'recipient', status: 503, count: 1 });
    expect(await acs.sms(phone, 'Hello', id, firstSent)).toMatchObject([
      { httpStatusCode: 503, successful: false, errorMessage: 'ServiceUnavailable' },
    ]);
    await acs.control('POST', 'faults', { kind: 'recipient', status: 400, message: 'No.', count: 1 });
    const [refused] = await acs.sms(phone, 'Hello', id, firstSent);
    const [again] = await acs.sms(phone, 'Hello', id, firstSent);
    expect(refused).toMatchObject({ httpStatusCode: 400, errorMessage: 'No.' });
    expect(again).toEqual(refused);
    expect(await acs.sends()).toEqual([]);
  });

  it('lives on when a client leaves in the middle of a request, or sends nonsense', async () => {
    const acs = await startProvider();
    const { host, hostname, port } = new URL(acs.endpoint);
    const leaving = connect(Number(port), hostname);
    leaving.write(`POST /sms?api-version=2021-03-07 HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 100\r\n\r\n{"from":`);
    await until('the request is seen', async () => ((await acs.requests()).length === 1 ? true : undefined));
    leaving.destroy();
    await until('it is gone', async () => ((await acs.requests())[0]?.end === 'client-gone' ? true : undefined));
    const nonsense = connect(Number(port), hostname);
    nonsense.write(`GET // HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    expect(String(await once(nonsense, 'data'))).toContain('400 Bad Request');
    nonsense.destroy();
    expect(await acs.sms(phone)).toMatchObject([{ httpStatusCode: 202 }]);
  });

  it('refuses a mail of more than 10 MB', async () => {
    const acs = await startProvider();
    const contentInBase64 = Buffer.alloc(8 * 1024 * 1024).toString('base64');
    const attachments = [{ name: 'film.bin', contentType: 'application/octet-stream', contentInBase64 }];
    await expect(acs.mail(ordinaryMail('ann@mail.example', { attachments }))).rejects.toMatchObject({
      statusCode: 413,
    });
    expect(await acs.sends()).toEqual([]);
  });

  it('says what it does not follow', async () => {
    const acs = await startProvider();
    const optOut = await acs.signedFetch('POST', '/sms/optouts:check?api-version=2025-05-29-preview', '{}');
    const report = await acs.signedFetch('GET', '/deliveryReports/1?api-version=2026-01-23');
    const newer = await acs.signedFetch('POST', '/sms?api-version=2026-01-23', '{}');
    const unversioned = await acs.signedFetch('POST', '/emails:send', '{}');
    const nowhere = await acs.signedFetch('GET', '/nowhere?api-version=1');
    const answers = [optOut, report, newer, unversioned, nowhere];
    expect(answers.map(({ status }) => status)).toEqual([501, 501, 501, 400, 404]);
  });
});
