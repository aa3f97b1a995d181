import { afterEach, describe, expect, it } from 'vitest';
import { mailSender, ordinaryMail, startProvider, startWebhook, until } from './harness.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const fast = { reports: { delay: { sms: [0, 0], email: [0, 0] } } };

describe('slice', () => {
  it('sms and mail, repeated, reported', async () => {
    const hook = await startWebhook();
    const acs = await startProvider({ scenario: fast, eventGridEndpoints: [hook.url] });
    closers.push(hook.close, acs.close);
    const id = crypto.randomUUID();
    const firstSent = new Date().toUTCString();
    const [one] = await acs.sms('+4915112345678', 'héllo', id, firstSent);
    const [two] = await acs.sms('+4915112345678', 'héllo', id, firstSent);
    expect(one).toMatchObject({ successful: true, httpStatusCode: 202 });
    expect(two).toEqual(one);
    expect(await acs.sends()).toHaveLength(1);
    const op = crypto.randomUUID();
    await acs.mail(ordinaryMail('ann@mail.example'), op);
    await acs.mail(ordinaryMail('ann@mail.example'), op);
    expect(await acs.sends('?channel=email')).toMatchObject([{ attemptId: op, from: mailSender }]);
    await until('two events', () => (hook.events().length === 2 ? true : undefined));
    expect((await acs.requests()).map((r) => [r.status, r.replayed])).toEqual([
      [202, false],
      [202, true],
      [202, false],
      [202, true],
    ]);
    console.log(JSON.stringify(hook.events(), null, 1), JSON.stringify(await acs.control('GET', 'summary')));
  });
});
