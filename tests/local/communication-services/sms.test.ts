import { SmsClient } from '@azure/communication-sms';
import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import { describe, expect, it } from 'vitest';
import { manualClock } from './manual-clock.ts';
import { smsSender, startProvider } from './harness.ts';

const phone = '+4915112345678';
const noReports = { clockTolerance: null };

describe('SMS', () => {
  it('answers each recipient by itself and sends only to the good ones', async () => {
    const acs = await startProvider();
    const results = await acs.sms([phone, 'nonsense', '+33612345678']);
    expect(results.map(({ httpStatusCode, successful }) => [httpStatusCode, successful])).toEqual([
      [202, true],
      [400, false],
      [202, true],
    ]);
    expect(results[1]).toMatchObject({ errorMessage: 'Invalid To phone number format.' });
    expect((await acs.sends()).map(({ to, messageId }) => [to, messageId])).toEqual([
      [[phone], results[0]?.messageId],
      [['+33612345678'], results[2]?.messageId],
    ]);
  });

  it('answers the same id and body alike, and sends once', async () => {
    const acs = await startProvider();
    const id = crypto.randomUUID();
    const firstSent = new Date().toUTCString();
    const [first] = await acs.sms(phone, 'Hello', id, firstSent);
    const [again] = await acs.sms(phone, 'Hello', id, firstSent);
    expect(again).toEqual(first);
    expect(await acs.sends()).toMatchObject([{ attemptId: id, tag: `test:${id}`, body: 'Hello', from: smsSender }]);
    expect((await acs.requests()).map(({ replayed }) => replayed)).toEqual([false, true]);
  });

  it('refuses the same id with another text', async () => {
    const acs = await startProvider();
    const id = crypto.randomUUID();
    const firstSent = new Date().toUTCString();
    await acs.sms(phone, 'Hello', id, firstSent);
    expect(await acs.sms(phone, 'Goodbye', id, firstSent)).toMatchObject([
      { httpStatusCode: 400, repeatabilityResult: 'rejected' },
    ]);
    expect(await acs.sends()).toHaveLength(1);
  });

  it('refuses a first-sent that is older than its memory, or no date', async () => {
    const acs = await startProvider();
    const old = new Date(Date.now() - 301_000).toUTCString();
    expect(await acs.sms(phone, 'Hello', crypto.randomUUID(), old)).toMatchObject([{ httpStatusCode: 412 }]);
    expect(await acs.sms(phone, 'Hello', crypto.randomUUID(), '2026-11-20T13:12:07Z')).toMatchObject([
      { httpStatusCode: 400, repeatabilityResult: 'rejected' },
    ]);
    expect(await acs.sends()).toEqual([]);
  });

  it('forgets after its memory, and with none sends twice', async () => {
    const clock = manualClock();
    const acs = await startProvider({ clock, scenario: { ...noReports, memory: 60 } });
    const id = crypto.randomUUID();
    const send = () => acs.sms(phone, 'Hello', id, new Date(clock.now()).toUTCString());
    const firstSent = new Date(clock.now()).toUTCString();
    await acs.sms(phone, 'Hello', id, firstSent);
    clock.advance(50_000);
    await acs.sms(phone, 'Hello', id, firstSent);
    expect(await acs.sends()).toHaveLength(1);
    clock.advance(11_000);
    await send();
    expect(await acs.sends()).toHaveLength(2);
    await acs.control('PUT', 'scenario', { memory: 0 });
    await acs.sms(phone, 'Hello', id, firstSent);
    await acs.sms(phone, 'Hello', id, firstSent);
    expect(await acs.sends()).toHaveLength(4);
  });

  it('keeps a true window per number: 429 with the seconds to wait, replayed to the same id', async () => {
    const clock = manualClock();
    const quotas = { sms: { limit: 2, seconds: 60 }, refusalsCount: false };
    const acs = await startProvider({ clock, scenario: { ...noReports, quotas } });
    await acs.sms(phone);
    clock.advance(20_000);
    await acs.sms(phone);
    const id = crypto.randomUUID();
    const firstSent = new Date(clock.now()).toUTCString();
    const refused = await acs.sms(phone, 'Hello', id, firstSent).catch((error: unknown) => error);
    expect(refused).toMatchObject({ statusCode: 429, code: 'TooManyRequests' });
    expect((refused as { response: Response }).response.headers.get('retry-after')).toBe('40');
    clock.advance(40_000);
    await expect(acs.sms(phone, 'Hello', id, firstSent)).rejects.toMatchObject({ statusCode: 429 });
    expect(await acs.sms(phone, 'Hello', crypto.randomUUID(), firstSent)).toMatchObject([{ httpStatusCode: 202 }]);
    const [otherNumber] = await acs.smsClient().send({ from: '+18005550177', to: [phone], message: 'Hello' });
    expect(otherNumber).toMatchObject({ httpStatusCode: 202 });
    expect((await acs.requests()).map(({ status, replayed }) => [status, replayed])).toEqual([
      [202, false],
      [202, false],
      [429, false],
      [429, true],
      [202, false],
      [202, false],
    ]);
  });

  it('takes a sender that is no sender, and one that is not ours, as the service does', async () => {
    const acs = await startProvider({ scenario: { senders: { sms: [smsSender] } } });
    const send = (from: string) => acs.smsClient().send({ from, to: [phone], message: 'Hello' });
    await expect(send('+1')).rejects.toMatchObject({ statusCode: 400 });
    await expect(send('+18005550177')).rejects.toMatchObject({ statusCode: 401 });
  });

  it('refuses a wrong api-version and body fields it does not know', async () => {
    const acs = await startProvider();
    const versioned = (apiVersion: string) =>
      new SmsClient(acs.connectionString, { allowInsecureConnection: true, apiVersion } as object).send({
        from: smsSender,
        to: [phone],
        message: 'Hello',
      });
    await expect(versioned('2020-01-01')).rejects.toMatchObject({
      statusCode: 400,
      code: 'UnsupportedApiVersionValue',
    });
    const unknownField: PipelinePolicy = {
      name: 'unknown-field',
      sendRequest(request, next) {
        request.body = JSON.stringify({ ...JSON.parse(request.body as string), priority: 'high' });
        return next(request);
      },
    };
    const client = acs.smsClient(undefined, unknownField);
    await expect(client.send({ from: smsSender, to: [phone], message: 'Hello' })).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringContaining('priority') as string,
    });
    await expect(client.send({ from: smsSender, to: [phone], message: 'x'.repeat(2049) })).rejects.toMatchObject({
      statusCode: 400,
    });
  });
});
