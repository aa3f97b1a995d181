import { readFileSync } from 'node:fs';
import type { EmailClient } from '@azure/communication-email';
import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../../local/communication-services/scenario.ts';
import { manualClock } from './manual-clock.ts';
import { ordinaryMail, startProvider } from './harness.ts';

const tollFree = '+18005550199';
const longCode = '+14255550123';
const shortCode = '12345';
const minute = (limit: number) => ({ limit, seconds: 60 });
const minuteAndHour = (perMinute: number, perHour: number) => ({
  ...minute(perMinute),
  also: [{ limit: perHour, seconds: 3600 }],
});

/**
 * A provider whose clock stands still, at the beginning of a day so that fixed windows are where a reader expects them.
 * It has no memory for SMS: the client's first-sent is of another day.
 */
async function start(quotas: Record<string, unknown>) {
  const clock = manualClock();
  const day = 86_400_000;
  clock.advance(day - (clock.now() % day));
  const acs = await startProvider({ clock, scenario: { clockTolerance: null, smsMemory: 0, quotas } });
  return { clock, acs };
}

/** `sent`, or the seconds that a 429 asks to wait. */
const tried = (call: Promise<unknown>): Promise<string | number> =>
  call.then(
    (results) => {
      for (const result of Array.isArray(results) ? results : []) expect(result).toMatchObject({ successful: true });
      return 'sent';
    },
    (error: { statusCode?: number; response?: { headers: { get(name: string): string | undefined } } }) => {
      expect(error.statusCode).toBe(429);
      return Number(error.response?.headers.get('retry-after'));
    },
  );

const sent = (results: readonly unknown[]) => results.filter((result) => result === 'sent').length;

async function times<T>(count: number, call: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let index = 0; index < count; index += 1) results.push(await call());
  return results;
}

const textOf = (call: Promise<unknown>) =>
  call.then(
    () => 'sent',
    (error: { code?: string; message: string }) => `${error.code}: ${error.message}`,
  );

describe('quotas of SMS', () => {
  it('go by the kind of the sender: each number and short code by itself, all names for the resource together', async () => {
    const byKind = { tollFree: minute(1), longCode: minute(2), shortCode: minute(3), alphanumeric: minute(2) };
    const { acs } = await start({ byKind });
    const from = (sender: string) => () => tried(acs.smsFrom(sender));
    expect(await times(2, from(tollFree))).toEqual(['sent', 60]);
    expect(await times(2, from('+18885550100'))).toEqual(['sent', 60]);
    expect(await times(3, from(longCode))).toEqual(['sent', 'sent', 60]);
    expect(await times(4, from(shortCode))).toEqual(['sent', 'sent', 'sent', 60]);
    expect(await times(1, from('SHOP'))).toEqual(['sent']);
    expect(await times(2, from('Other Shop'))).toEqual(['sent', 60]);
  });

  it('give every number of a pool windows of its own, and one that was raised its own quota', async () => {
    const pool = ['+18005550101', '+18005550102', '+18005550103'];
    const { acs } = await start({ sms: minute(2), bySender: { '+18005550103': minute(3) } });
    await acs.control('PUT', 'scenario', { senders: { sms: pool } });
    const tries = await Promise.all(pool.map((number) => times(4, () => tried(acs.smsFrom(number)))));
    expect(tries).toEqual([
      ['sent', 'sent', 60, 60],
      ['sent', 'sent', 60, 60],
      ['sent', 'sent', 'sent', 60],
    ]);
    await expect(acs.smsFrom('+18005550104')).rejects.toMatchObject({ statusCode: 401 });
    expect(await acs.sends()).toHaveLength(7);
  });

  it('count each recipient, and refuse a request as a whole', async () => {
    const { acs, clock } = await start({ sms: minute(3), refusalsCount: false });
    const two = ['+4915112345678', '+33612345678'];
    expect(await tried(acs.smsFrom(tollFree, two))).toBe('sent');
    expect(await tried(acs.smsFrom(tollFree, two))).toBe(60);
    expect(await tried(acs.smsFrom(tollFree))).toBe('sent');
    clock.advance(59_999);
    expect(await tried(acs.smsFrom(tollFree))).toBe(1);
    clock.advance(1);
    expect(await tried(acs.smsFrom(tollFree, two))).toBe('sent');
    expect(await acs.sends()).toHaveLength(5);
  });

  it('hold a minute and a day at once, the day from midnight to midnight when it is fixed', async () => {
    const longCodes = { ...minute(2), also: [{ limit: 3, seconds: 86_400, fixed: true }] };
    const { acs, clock } = await start({ byKind: { longCode: longCodes }, refusalsCount: false });
    clock.advance(3_600_000);
    const send = () => tried(acs.smsFrom(longCode));
    expect(await times(3, send)).toEqual(['sent', 'sent', 60]);
    clock.advance(60_000);
    expect(await times(2, send)).toEqual(['sent', 22 * 3600 + 59 * 60]);
    clock.advance((22 * 3600 + 59 * 60) * 1000 - 1);
    expect(await send()).toBe(1);
    clock.advance(1);
    expect(await send()).toBe('sent');
  });
});

describe('quotas of email', () => {
  it('hold a minute and an hour at once, each with its text', async () => {
    const { acs, clock } = await start({ email: minuteAndHour(2, 3), refusalsCount: false });
    const send = () => textOf(acs.mail(ordinaryMail('ann@mail.example')));
    expect(await times(3, send)).toEqual([
      'sent',
      'sent',
      'TooManyRequests: PerSubscriptionPerMinuteLimitExceeded - Please try again after 60 seconds.',
    ]);
    clock.advance(60_000);
    expect(await times(2, send)).toEqual([
      'sent',
      'TooManyRequests: PerSubscriptionPerHourLimitExceeded - Please try again after 3540 seconds.',
    ]);
    clock.advance(3_540_000 - 1);
    expect(await send()).toContain('PerHourLimitExceeded - Please try again after 1 seconds.');
    clock.advance(1);
    expect(await times(2, send)).toEqual(['sent', 'sent']);
  });

  it('let refused requests use up the hour too, so that hammering never gets through', async () => {
    const { acs, clock } = await start({ email: minuteAndHour(1, 4) });
    const send = () => tried(acs.mail(ordinaryMail('ann@mail.example')));
    expect(await send()).toBe('sent');
    for (let halfMinute = 1; halfMinute <= 4; halfMinute += 1) {
      clock.advance(30_000);
      expect(await send()).not.toBe('sent');
    }
    clock.advance(60_000);
    expect(await send()).toBeGreaterThan(3000);
    expect(await acs.sends()).toHaveLength(1);
  });

  it('count for the whole subscription, domains lent by Azure apart where they have a quota', async () => {
    const { acs } = await start({ email: minute(2), byKind: { azureManagedDomain: minute(1) } });
    const from = (senderAddress: string) => tried(acs.mail(ordinaryMail('ann@mail.example', { senderAddress })));
    expect(await from('a@shop.example')).toBe('sent');
    expect(await from('DoNotReply@1f2e.azurecomm.net')).toBe('sent');
    expect(await from('b@other.example')).toBe('sent');
    expect(await from('c@third.example')).toBe(60);
    expect(await from('DoNotReply@3d4c.azurecomm.net')).toBe(60);
  });
});

const statusOf = (client: EmailClient, operationId: string) =>
  client.beginSend(ordinaryMail('ann@mail.example'), { operationId });

describe('quotas of status reads', () => {
  it('make beginSend fail although the mail was accepted, until the window is over', async () => {
    const { acs, clock } = await start({ statusReads: minuteAndHour(1, 2), refusalsCount: false });
    const read = () => statusOf(acs.pollingEmailClient(), crypto.randomUUID());
    await read();
    await expect(read()).rejects.toMatchObject({ statusCode: 429, code: 'TooManyRequests' });
    expect(await acs.sends()).toHaveLength(2);
    clock.advance(60_000);
    await read();
    await expect(read()).rejects.toMatchObject({
      message: 'PerSubscriptionPerHourLimitExceeded - Please try again after 3540 seconds.',
    });
    const reads = (await acs.requests('?channel=email-status')).map(({ status }) => status);
    expect(reads).toEqual([200, 429, 200, 429]);
  });

  it('count reads of operations that are not found, and those of lent domains apart', async () => {
    const { acs } = await start({ statusReads: minute(1), byKind: { azureManagedStatusReads: minute(1) } });
    const read = async (id: string) =>
      (await acs.signedFetch('GET', `/emails/operations/${id}?api-version=2025-09-01`)).status;
    const lent = crypto.randomUUID();
    await acs.mail(ordinaryMail('ann@mail.example', { senderAddress: 'DoNotReply@1f2e.azurecomm.net' }), lent);
    expect(await read(crypto.randomUUID())).toBe(404);
    expect(await read(crypto.randomUUID())).toBe(429);
    expect(await read(lent)).toBe(200);
    expect(await read(lent)).toBe(429);
  });
});

describe('the published quotas', () => {
  const file = new URL('../../../local/communication-services/real-quotas.json', import.meta.url);
  const published = JSON.parse(readFileSync(file, 'utf8')) as { quotas: Record<string, unknown> };

  it('are a scenario', () => {
    expect(parseScenario(published).quotas).toMatchObject(published.quotas);
  });

  it('let a hundred mails of a custom domain pass in an hour, and ten of a lent one', async () => {
    const { acs, clock } = await start({ ...published.quotas, refusalsCount: false });
    let counts = { custom: 0, lent: 0 };
    for (let sixMinutes = 0; sixMinutes < 9; sixMinutes += 1) {
      const custom = await times(16, () => tried(acs.mail(ordinaryMail('ann@mail.example'))));
      const senderAddress = 'DoNotReply@1f2e.azurecomm.net';
      const lent = await times(3, () => tried(acs.mail(ordinaryMail('ann@mail.example', { senderAddress }))));
      counts = { custom: counts.custom + sent(custom), lent: counts.lent + sent(lent) };
      clock.advance(360_000);
    }
    expect(counts).toEqual({ custom: 100, lent: 10 });
  });
});
