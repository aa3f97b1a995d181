import { describe, expect, it } from 'vitest';
import { type Item, ordinaryMail, smsSender, startProvider, startWebhook, until } from './harness.ts';

interface Page {
  readonly items: Item[];
  readonly next: number;
  readonly more: boolean;
  readonly total: number;
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => `+4915112340${100 + index}`);

describe('control API', () => {
  it('tells every request with its attempt id, tag and answer', async () => {
    const acs = await startProvider();
    const id = crypto.randomUUID();
    await acs.sms(['+4915112345678', 'nonsense'], 'Hello', id);
    await acs.mail(ordinaryMail('ann@mail.example'), id);
    const [sms, mail] = await acs.requests(`?attemptId=${id.toUpperCase()}`);
    expect(sms).toMatchObject({
      channel: 'sms',
      method: 'POST',
      path: '/sms',
      attemptIds: [id, id],
      tag: `test:${id}`,
      status: 202,
      end: 'answered',
      replayed: false,
      answers: [
        { attemptId: id, to: '+4915112345678', status: 202, replayed: false },
        { attemptId: id, to: 'nonsense', status: 400, messageId: null },
      ],
    });
    expect(mail).toMatchObject({ channel: 'email', attemptIds: [id], status: 202 });
  });

  it('tells the effective sends with text, mail and fate', async () => {
    const acs = await startProvider();
    await acs.sms('+4915112555002', 'Hello', crypto.randomUUID());
    await acs.mail(ordinaryMail('full@mail.example'), crypto.randomUUID());
    expect(await acs.sends()).toMatchObject([
      {
        seq: 1,
        channel: 'sms',
        from: smsSender,
        to: ['+4915112555002'],
        body: 'Hello',
        segments: 1,
        outcome: 'waiting',
        final: [{ to: '+4915112555002', status: 'Failed', code: '5002', planned: 1 }],
      },
      {
        seq: 2,
        channel: 'email',
        subject: 'Your order 1042',
        hasHtml: true,
        final: [{ status: 'Failed', code: null }],
      },
    ]);
    expect(await acs.control('GET', 'sends/2')).toMatchObject({
      mail: { content: { html: '<p>It is on its <b>way</b>.</p>' } },
      reports: [{ status: 'Failed', state: 'planned' }],
    });
  });

  it('pages through a list, forwards by since and backwards by before', async () => {
    const acs = await startProvider();
    await acs.sms(numbers(25));
    const seen: number[] = [];
    let since = 0;
    for (;;) {
      const page = await acs.control<Page>('GET', `sends?limit=10&since=${since}`);
      seen.push(...page.items.map(({ seq }) => seq));
      since = page.next;
      if (!page.more) break;
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
    const newest = await acs.control<Page>('GET', 'sends?order=desc&limit=2');
    expect(newest).toMatchObject({ items: [{ seq: 25 }, { seq: 24 }], more: true, total: 25 });
    const before = await acs.control<Page>('GET', 'sends?order=desc&limit=2&before=3');
    expect(before).toMatchObject({ items: [{ seq: 2 }, { seq: 1 }], more: false });
    expect(await acs.control('GET', 'sends?limit=many')).toMatchObject({
      error: expect.stringContaining('limit') as string,
    });
  });

  it('finds sends by recipient, text, sender, id, channel and outcome', async () => {
    const hook = await startWebhook();
    const scenario = { reports: { delay: { sms: [0, 0], email: [0, 0] } } };
    const acs = await startProvider({ scenario, eventGridEndpoints: [hook.url] });
    await acs.sms('+4915112345678', 'Your tulips are on their way');
    await acs.sms('+4915112554006', 'Your roses are on their way');
    await acs.mail(ordinaryMail('lost@mail.example'));
    const found = async (query: string) => (await acs.sends(`?${query}`)).map(({ seq }) => seq);
    await until('both reports', () => hook.events().length === 2 || undefined);
    expect(await found('search=TULIPS')).toEqual([1]);
    expect(await found('search=554006')).toEqual([2]);
    expect(await found('search=notifications@shop')).toEqual([3]);
    expect(await found(`search=${(await acs.sends())[1]?.messageId.slice(-12)}`)).toEqual([2]);
    expect(await found('channel=sms')).toEqual([1, 2]);
    expect(await found('recipient=lost@mail.example')).toEqual([3]);
    await until('outcomes', async () => ((await found('outcome=waiting')).length === 0 ? true : undefined));
    expect([await found('outcome=delivered'), await found('outcome=failed'), await found('outcome=silent')]).toEqual([
      [1],
      [2],
      [3],
    ]);
    expect(await acs.control('GET', 'summary')).toMatchObject({
      requests: { total: 3, byStatus: { 202: 3 }, replayed: 0 },
      sends: { total: 3, byChannel: { sms: 2, email: 1 }, byOutcome: { delivered: 1, failed: 1, silent: 1 } },
      reports: { total: 3, byState: { delivered: 2, lost: 1 } },
      unanswered: 0,
    });
  });

  it('counts what was accepted in the last moments', async () => {
    const acs = await startProvider();
    await acs.sms(numbers(3));
    expect((await acs.control('GET', 'summary?window=60000'))['acceptedLast']).toBe(3);
    await until('a quiet moment', async () =>
      (await acs.control('GET', 'summary?window=1'))['acceptedLast'] === 0 ? true : undefined,
    );
  });

  it('merges a scenario live and names what is wrong with it', async () => {
    const acs = await startProvider();
    const merged = await acs.control('PUT', 'scenario', { quotas: { sms: { limit: 1, seconds: 60 } } });
    expect(merged).toMatchObject({ quotas: { sms: { limit: 1 }, email: { limit: 30 } }, memory: 300 });
    await acs.sms('+4915112345678');
    await expect(acs.sms('+4915112345678')).rejects.toMatchObject({ statusCode: 429 });
    expect(await acs.control('PUT', 'scenario', { quotas: { sms: { limit: -1 } }, memry: 3 })).toMatchObject({
      error: expect.stringMatching(/quotas\.sms\.limit.*memry/) as string,
    });
    expect(await acs.control('GET', 'scenario')).toMatchObject({ quotas: { sms: { limit: 1, seconds: 60 } } });
    expect(await acs.control('POST', 'faults', { kind: 'explode' })).toMatchObject({
      error: expect.any(String) as string,
    });
  });

  it('starts over on reset', async () => {
    const acs = await startProvider();
    const id = crypto.randomUUID();
    const firstSent = new Date().toUTCString();
    await acs.control('PUT', 'scenario', { memory: 100 });
    await acs.control('POST', 'inbound-sms', { from: '+4915112345678', to: smsSender, message: 'STOP' });
    await acs.sms('+4915112345678', 'Hello', id, firstSent);
    await acs.control('POST', 'reset');
    expect([await acs.sends(), await acs.requests(), await acs.reports()]).toEqual([[], [], []]);
    expect(await acs.control('GET', 'scenario')).toMatchObject({ memory: 300 });
    await acs.sms('+4915112345678', 'Hello', id, firstSent);
    expect(await acs.sends()).toMatchObject([{ final: [{ status: 'Delivered' }] }]);
  });

  it('says what is wrong with a request of its own', async () => {
    const acs = await startProvider();
    const status = async (method: string, path: string, body?: string) =>
      (await fetch(`${acs.endpoint}/control/${path}`, { method, ...(body === undefined ? {} : { body }) })).status;
    expect(await status('GET', 'nothing')).toBe(404);
    expect(await status('GET', 'sends/7')).toBe(404);
    expect(await status('PUT', 'scenario', 'not json')).toBe(400);
    expect(await status('PUT', 'scenario', '[]')).toBe(400);
    expect(await status('POST', 'inbound-sms', '{"from":"+4915112345678"}')).toBe(400);
    expect(await status('POST', 'inbound-sms', '{"from":"+4915112345678","to":"SHOP","message":"STOP"}')).toBe(400);
    expect(await status('POST', 'event-grid/endpoints', '{"url":"nowhere"}')).toBe(400);
    expect(await status('GET', 'health')).toBe(200);
  });
});
