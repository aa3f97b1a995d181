import { describe, expect, it } from 'vitest';
import { smsSender, startProvider } from './harness.ts';

const phone = '+4915112345678';
const neighbour = '+4915112345679';
const otherSender = '+18005550177';

type Provider = Awaited<ReturnType<typeof startProvider>>;

/** The official client has no opt-outs before version 1.2: signed by hand. */
async function optOuts(
  acs: Provider,
  action: string,
  body: unknown,
  version = '2026-01-23',
): Promise<{ status: number; value: unknown }> {
  const target = `/sms/optouts:${action}?api-version=${version}`;
  const response = await acs.signedFetch('POST', target, JSON.stringify(body));
  const { value } = (await response.json()) as { value?: unknown };
  return { status: response.status, value };
}

const about = (from: string, ...to: string[]) => ({ from, recipients: to.map((one) => ({ to: one })) });

/** Whether each is opted out, or the status of the item. */
async function checked(acs: Provider, from: string, ...to: string[]) {
  const { value } = await optOuts(acs, 'check', about(from, ...to));
  return (value as { httpStatusCode: number; isOptedOut?: boolean }[]).map(
    ({ httpStatusCode, isOptedOut }) => isOptedOut ?? httpStatusCode,
  );
}

const fates = async (acs: Provider) =>
  (await acs.sends()).map(({ final }) => (final as { code: string; details: string }[])[0]?.details);

describe('the opt-out API', () => {
  it('adds, checks and removes, in both stable versions, item by item', async () => {
    const acs = await startProvider();
    expect(await optOuts(acs, 'check', about(smsSender, phone), '2025-09-17')).toEqual({
      status: 200,
      value: [{ to: phone, httpStatusCode: 200, isOptedOut: false }],
    });
    expect(await optOuts(acs, 'add', about(smsSender, phone, '+123'))).toEqual({
      status: 200,
      value: [
        { to: phone, httpStatusCode: 200 },
        { to: '+123', httpStatusCode: 400, errorMessage: 'Invalid recipient phone number format' },
      ],
    });
    expect(await checked(acs, smsSender, phone, neighbour, '+123')).toEqual([true, false, 400]);
    expect(await optOuts(acs, 'add', about(smsSender, phone))).toMatchObject({ value: [{ httpStatusCode: 200 }] });
    expect(await optOuts(acs, 'remove', about(smsSender, phone), '2025-09-17')).toEqual({
      status: 200,
      value: [{ to: phone, httpStatusCode: 200 }],
    });
    expect(await checked(acs, smsSender, phone)).toEqual([false]);
  });

  it('blocks messages of that sender only: accepted, then Failed', async () => {
    const acs = await startProvider();
    await optOuts(acs, 'add', about(smsSender, phone));
    expect(await checked(acs, otherSender, phone)).toEqual([false]);
    expect(await acs.sms([phone, neighbour])).toMatchObject([{ httpStatusCode: 202 }, { httpStatusCode: 202 }]);
    await optOuts(acs, 'remove', about(smsSender, phone));
    await acs.sms(phone);
    const [blocked, ...free] = await fates(acs);
    expect(blocked).toBe('Sender blocked for given recipient.');
    expect(free).toHaveLength(2);
    expect(free).not.toContain(blocked);
  });

  it('shares its records with STOP and START', async () => {
    const acs = await startProvider();
    const write = (message: string) => acs.control('POST', 'inbound-sms', { from: phone, to: smsSender, message });
    await write('STOP');
    expect(await checked(acs, smsSender, phone)).toEqual([true]);
    await optOuts(acs, 'remove', about(smsSender, phone));
    await acs.sms(phone);
    await optOuts(acs, 'add', about(smsSender, phone));
    await write('START');
    expect(await checked(acs, smsSender, phone)).toEqual([false]);
    await acs.sms(phone);
    expect(await fates(acs)).not.toContain('Sender blocked for given recipient.');
  });

  it('fails for one recipient when told to, and changes nothing then', async () => {
    const acs = await startProvider();
    const fail = { kind: 'recipient', channel: 'opt-outs', status: 500, message: 'Internal Server Error', count: 2 };
    await acs.control('POST', 'faults', fail);
    expect(await acs.sms('+33612345678')).toMatchObject([{ httpStatusCode: 202 }]);
    expect(await optOuts(acs, 'add', about(smsSender, phone))).toEqual({
      status: 200,
      value: [{ to: phone, httpStatusCode: 500, errorMessage: 'Internal Server Error' }],
    });
    expect(await checked(acs, smsSender, phone, neighbour)).toEqual([500, false]);
    expect(await checked(acs, smsSender, phone)).toEqual([false]);
  });

  it('has no magic recipients', async () => {
    const acs = await startProvider();
    expect(await checked(acs, smsSender, '+4915112556400', '+4915112556503')).toEqual([false, false]);
    expect(await acs.sms('+4915112556503')).toMatchObject([{ httpStatusCode: 503 }]);
  });

  it('refuses what is no request, a sender that is not ours, and one without a signature', async () => {
    const acs = await startProvider({ scenario: { senders: { sms: [smsSender] } } });
    const status = async (body: unknown, version?: string) => (await optOuts(acs, 'add', body, version)).status;
    const many = Array.from({ length: 101 }, (_, index) => `+4915112340${100 + index}`);
    expect(await status(about(smsSender))).toBe(400);
    expect(await status(about(smsSender, ...many))).toBe(400);
    expect(await status({ ...about(smsSender, phone), reason: 'asked' })).toBe(400);
    expect(await status(about('+1', phone))).toBe(400);
    expect(await status(about(otherSender, phone))).toBe(401);
    expect(await status(about(smsSender, phone), '2021-03-07')).toBe(400);
    expect(await status(about(smsSender, phone), '2025-05-29-preview')).toBe(501);
    expect((await acs.signedFetch('GET', '/sms/optouts:check?api-version=2026-01-23')).status).toBe(405);
    const unsigned = await fetch(`${acs.endpoint}/sms/optouts:add?api-version=2026-01-23`, {
      method: 'POST',
      body: '{}',
    });
    expect(unsigned.status).toBe(401);
    expect(await checked(acs, smsSender, phone)).toEqual([false]);
  });

  it('is forgotten on reset', async () => {
    const acs = await startProvider();
    await optOuts(acs, 'add', about(smsSender, phone));
    await acs.control('POST', 'reset');
    expect(await checked(acs, smsSender, phone)).toEqual([false]);
  });
});
