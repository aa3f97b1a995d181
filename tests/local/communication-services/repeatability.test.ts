import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import { describe, expect, it } from 'vitest';
import { manualClock } from './manual-clock.ts';
import { ordinaryMail, startProvider, until } from './harness.ts';

const phone = '+4915112345678';
const mail = ordinaryMail('ann@mail.example');

/** A provider whose clock stands still on a full second, because first-sent has no smaller unit. */
async function start(scenario: Record<string, unknown> = {}) {
  const clock = manualClock();
  clock.advance(1000 - (clock.now() % 1000));
  const acs = await startProvider({ clock, scenario: { clockTolerance: null, ...scenario } });
  const firstSent = new Date(clock.now()).toUTCString();
  return { clock, acs, firstSent };
}

type Provider = Awaited<ReturnType<typeof start>>['acs'];

const smsStatus = async (acs: Provider, id: string, firstSent: string, text = 'Hello') =>
  (await acs.sms(phone, text, id, firstSent)).map(({ httpStatusCode, repeatabilityResult }) => [
    httpStatusCode,
    repeatabilityResult,
  ])[0];

/** Sends a mail with the two headers of a repeatable request: its status and the header of the answer. */
async function mailResult(acs: Provider, id: string, firstSent: string, message = mail) {
  let seen: [number, string | undefined] | undefined;
  const repeatable: PipelinePolicy = {
    name: 'repeatable',
    async sendRequest(request, next) {
      if (request.method !== 'POST') return next(request);
      if (id !== '') request.headers.set('Repeatability-Request-Id', id);
      if (firstSent !== '') request.headers.set('Repeatability-First-Sent', firstSent);
      const response = await next(request);
      seen = [response.status, response.headers.get('Repeatability-Result')];
      return response;
    },
  };
  await acs
    .emailClient(repeatable)
    .beginSend(message)
    .catch(() => undefined);
  return seen;
}

describe('the five-minute rule for SMS', () => {
  it('replays until the last millisecond, then says 412 and never sends again', async () => {
    const { acs, clock, firstSent } = await start();
    const id = crypto.randomUUID();
    expect(await smsStatus(acs, id, firstSent)).toEqual([202, 'accepted']);
    clock.advance(299_999);
    expect(await smsStatus(acs, id, firstSent)).toEqual([202, 'accepted']);
    clock.advance(1);
    expect(await smsStatus(acs, id, firstSent)).toEqual([412, 'rejected']);
    expect(await acs.sends()).toHaveLength(1);
  });

  it('says 409 while the first request runs, and replays its answer afterwards', async () => {
    const { acs, clock, firstSent } = await start();
    await acs.control('POST', 'faults', { kind: 'slow', when: 'before', delay: 20, count: 1 });
    const id = crypto.randomUUID();
    const first = smsStatus(acs, id, firstSent);
    await until('the first runs', async () => ((await acs.summary()).unanswered === 1 ? true : undefined));
    expect(await smsStatus(acs, id, firstSent)).toEqual([409, undefined]);
    expect(await smsStatus(acs, id, firstSent, 'Goodbye')).toEqual([400, 'rejected']);
    clock.advance(20_000);
    expect(await first).toEqual([202, 'accepted']);
    expect(await smsStatus(acs, id, firstSent)).toEqual([202, 'accepted']);
    expect(await acs.sends()).toHaveLength(1);
  });

  it.each([
    ['on', null, 299_999, 1],
    ['of 30 s', 30, 29_999, 1],
    ['off', 0, 0, 2],
  ] as const)('has a memory of its own: %s', async (_name, smsMemory, later, sends) => {
    const { acs, clock, firstSent } = await start({ smsMemory });
    const id = crypto.randomUUID();
    await smsStatus(acs, id, firstSent);
    await acs.mail(mail, id);
    clock.advance(later);
    expect(await smsStatus(acs, id, firstSent)).toEqual([202, 'accepted']);
    await acs.mail(mail, id);
    expect(await acs.sends('?channel=sms')).toHaveLength(sends);
    expect(await acs.sends('?channel=email')).toHaveLength(1);
    clock.advance(1);
    const expired = smsMemory === 0 ? [202, 'accepted'] : [412, 'rejected'];
    expect(await smsStatus(acs, id, firstSent)).toEqual(expired);
  });

  it('leaves SMS its memory when email has none', async () => {
    const { acs, firstSent } = await start({ memory: 0, smsMemory: 300 });
    const id = crypto.randomUUID();
    for (let repeat = 0; repeat < 2; repeat += 1) {
      await smsStatus(acs, id, firstSent);
      await acs.mail(mail, id);
    }
    expect((await acs.sends()).map(({ channel }) => channel)).toEqual(['sms', 'email', 'email']);
  });
});

describe('the five-minute rule for email', () => {
  it('follows the headers of a repeatable request: replay, 400 for another mail, 412 when too old', async () => {
    const { acs, clock, firstSent } = await start();
    const id = crypto.randomUUID();
    const other = ordinaryMail('bob@mail.example');
    expect(await mailResult(acs, id, firstSent)).toEqual([202, 'accepted']);
    clock.advance(299_999);
    expect(await mailResult(acs, id.toUpperCase(), firstSent)).toEqual([202, 'accepted']);
    expect(await mailResult(acs, id, firstSent, other)).toEqual([400, 'rejected']);
    clock.advance(1);
    expect(await mailResult(acs, id, firstSent)).toEqual([412, 'rejected']);
    expect(await acs.sends()).toMatchObject([{ attemptId: id }]);
    expect((await acs.requests(`?attemptId=${id}`)).map(({ status, replayed }) => [status, replayed])).toEqual([
      [202, false],
      [202, true],
      [400, false],
      [412, false],
    ]);
  });

  it('refuses such headers when they are malformed or alone', async () => {
    const { acs, firstSent } = await start();
    const id = crypto.randomUUID();
    expect(await mailResult(acs, 'one', firstSent)).toEqual([400, 'rejected']);
    expect(await mailResult(acs, id, '2026-11-20T13:12:07Z')).toEqual([400, 'rejected']);
    expect(await mailResult(acs, id, '')).toEqual([400, 'rejected']);
    expect(await mailResult(acs, '', firstSent)).toEqual([400, 'rejected']);
    expect(await acs.sends()).toEqual([]);
  });

  it('says 409 while the first mail runs, and replays its answer afterwards', async () => {
    const { acs, clock } = await start();
    await acs.control('POST', 'faults', { kind: 'slow', when: 'before', delay: 20, count: 1 });
    const id = crypto.randomUUID();
    const first = acs.mail(mail, id);
    await until('the first runs', async () => ((await acs.summary()).unanswered === 1 ? true : undefined));
    await expect(acs.mail(mail, id)).rejects.toMatchObject({ statusCode: 409 });
    clock.advance(20_000);
    await first;
    await acs.mail(mail, id);
    expect(await acs.sends()).toHaveLength(1);
  });

  it('runs again after a 5xx, and replays a 429', async () => {
    const { acs, clock, firstSent } = await start({ quotas: { email: { limit: 1, seconds: 60 } } });
    const id = crypto.randomUUID();
    await acs.control('POST', 'faults', { kind: 'error', status: 503, count: 1 });
    expect(await mailResult(acs, id, firstSent)).toEqual([503, undefined]);
    expect(await mailResult(acs, id, firstSent)).toEqual([202, 'accepted']);
    const refused = crypto.randomUUID();
    expect(await mailResult(acs, refused, firstSent)).toEqual([429, 'accepted']);
    clock.advance(60_000);
    expect(await mailResult(acs, refused, firstSent)).toEqual([429, 'accepted']);
    expect(await mailResult(acs, crypto.randomUUID(), firstSent)).toEqual([202, 'accepted']);
    expect(await acs.sends()).toHaveLength(2);
  });
});
