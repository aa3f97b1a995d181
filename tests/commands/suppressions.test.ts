import { beforeEach, describe, expect, it } from 'vitest';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { addressHashes } from '../../shared/addresses.ts';
import { readSettings } from '../../shared/config.ts';
import type { Suppression } from '../../shared/ports.ts';
import { MAIL, PHONE } from '../shared/stored-delivery.ts';
import { fakeWorld, NOW } from './world.ts';

const { hashKeys } = readSettings(sample.Values);
const days = (count: number) => new Date(NOW.getTime() + count * 86_400_000);

describe('suppressions list', () => {
  let world: ReturnType<typeof fakeWorld>;

  const put = (channel: 'sms' | 'email', address: string, more: Partial<Suppression>) =>
    world.suppressions.record({
      channel,
      address: addressHashes(hashKeys, channel, address)[0]!,
      cause: 'opted-out',
      since: days(-1),
      by: 'report',
      ...more,
    });

  beforeEach(async () => {
    world = fakeWorld();
    await put('sms', PHONE, {});
    await put('email', MAIL, { cause: 'hard-bounced', since: days(-2), until: days(5) });
    await put('email', 'ben@example.com', { cause: 'hard-bounced', since: days(-9), until: days(-2) });
    await put('sms', '+4915112345668', {
      since: days(-9),
      lifts: [{ at: days(-1), by: 'ann@desk' }],
    });
  });

  it('says whom we do not write to, by hash only', async () => {
    const { out } = await world.notify('suppressions', 'list');
    expect(out).toMatchInlineSnapshot(`
      "2 addresses that we do not write to: 1 opted-out, 1 hard-bounced.

        since             channel  address        until             by      why
        2026-11-19 14:30  sms      k1:2efa803b52  it is lifted      report  opted-out
        2026-11-18 14:30  email    k1:5bf95812a3  2026-11-25 14:30  report  hard-bounced
      "
    `);
  });

  it('is what suppressions does by itself', async () => {
    expect((await world.notify('suppressions')).out).toBe((await world.notify('suppressions', 'list')).out);
  });

  it('includes what is over when asked to', async () => {
    const { out } = await world.notify('suppressions', 'list', '--all');
    expect(out).toContain('(over)');
    expect(out).toContain('lifted 2026-11-19 14:30');
  });

  it('looks one address up, however it is written', async () => {
    for (const address of [PHONE, '+49 151 123 456-67'])
      expect((await world.notify('suppressions', 'list', '--address', address)).out).toContain(
        'We do not write to this',
      );
    const mail = await world.notify('suppressions', 'list', '--address', MAIL.toUpperCase(), '--json');
    expect(JSON.parse(mail.out)).toMatchObject([{ channel: 'email', cause: 'hard-bounced' }]);
    for (const address of ['+4915112345669', 'ben@example.com'])
      expect((await world.notify('suppressions', 'list', '--address', address)).out).toMatch(/^Nothing keeps us/);
    for (const address of ['0151 12345667', 'anna'])
      expect(await world.notify('suppressions', 'list', '--address', address)).toMatchObject({ code: 2, out: '' });
  });

  it('keeps to a channel', async () => {
    const { out } = await world.notify('suppressions', 'list', '--channel', 'sms', '--json');
    expect(JSON.parse(out)).toMatchObject([{ channel: 'sms' }]);
  });
});
