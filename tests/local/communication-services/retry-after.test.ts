import { EmailClient } from '@azure/communication-email';
import { describe, expect, it } from 'vitest';
import { retryAfterForms, retryAfterHeaders } from '../../../local/communication-services/retry-after.ts';
import { manualClock } from './manual-clock.ts';
import { ordinaryMail, startProvider } from './harness.ts';

const mail = ordinaryMail('ann@mail.example');
const headersOfRetry = ['retry-after', 'retry-after-ms', 'x-ms-retry-after-ms'];

interface Refused {
  readonly statusCode: number;
  readonly response: { readonly headers: { get(name: string): string | undefined } };
}

/** Which of the headers a 429 had. */
async function told(call: Promise<unknown>): Promise<Record<string, string>> {
  const refused = (await call.catch((error: unknown) => error)) as Refused;
  expect(refused.statusCode).toBe(429);
  return Object.fromEntries(
    headersOfRetry.flatMap((name) => {
      const value = refused.response.headers.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

describe('Retry-After', () => {
  it('is told in every form that the scenario names', async () => {
    const clock = manualClock();
    const quotas = { email: { limit: 1, seconds: 60 }, refusalsCount: false };
    const acs = await startProvider({ clock, scenario: { clockTolerance: null, quotas } });
    await acs.mail(mail);
    clock.advance(17_600);
    const date = new Date(Math.ceil((clock.now() + 42_400) / 1000) * 1000).toUTCString();
    const seen: Record<string, unknown> = {};
    for (const form of retryAfterForms) {
      await acs.control('PUT', 'scenario', { retryAfter: form });
      seen[form] = await told(acs.mail(mail));
    }
    expect(seen).toEqual({
      seconds: { 'retry-after': '43' },
      date: { 'retry-after': date },
      'retry-after-ms': { 'retry-after-ms': '42400' },
      'x-ms-retry-after-ms': { 'x-ms-retry-after-ms': '42400' },
      none: {},
      zero: { 'retry-after': '0' },
      negative: { 'retry-after': '-30' },
      huge: { 'retry-after': '1000000000' },
      text: { 'retry-after': 'soon' },
    });
  });

  it('may have a form of its own in a fault', async () => {
    const acs = await startProvider({ scenario: { retryAfter: 'retry-after-ms' } });
    const refuse = (fault: object) => acs.control('POST', 'faults', { kind: 'error', status: 429, count: 1, ...fault });
    await refuse({});
    expect(await told(acs.sms('+4915112345678'))).toEqual({});
    await refuse({ retryAfter: 7 });
    expect(await told(acs.sms('+4915112345678'))).toEqual({ 'retry-after-ms': '7000' });
    await refuse({ retryAfter: 7, retryAfterForm: 'seconds' });
    expect(await told(acs.mail(mail))).toEqual({ 'retry-after': '7' });
    await refuse({ retryAfterForm: 'huge' });
    expect(await told(acs.mail(mail))).toEqual({ 'retry-after': '1000000000' });
    expect(await told(acs.sms('+4915112556429'))).toEqual({ 'retry-after-ms': '2000' });
  });

  it.each(['retry-after-ms', 'x-ms-retry-after-ms'])('%s is what the official client waits for', async (retryAfter) => {
    const quotas = { email: { limit: 1, seconds: 0.2 }, refusalsCount: false };
    const acs = await startProvider({ scenario: { retryAfter, quotas } });
    const client = new EmailClient(acs.connectionString, { allowInsecureConnection: true });
    await client.beginSend(mail);
    await client.beginSend(mail);
    const posts = (await acs.requests('?channel=email')).map(({ status }) => status);
    expect(posts).toEqual([202, 429, 202]);
  });

  it('as a date is never too early', () => {
    const now = Date.parse('2026-11-20T13:12:07.001Z');
    expect(retryAfterHeaders('date', 0, now)).toEqual({ 'Retry-After': 'Fri, 20 Nov 2026 13:12:08 GMT' });
    expect(retryAfterHeaders('date', 999, now)).toEqual({ 'Retry-After': 'Fri, 20 Nov 2026 13:12:08 GMT' });
    expect(retryAfterHeaders('date', 1000, now)).toEqual({ 'Retry-After': 'Fri, 20 Nov 2026 13:12:09 GMT' });
  });
});
