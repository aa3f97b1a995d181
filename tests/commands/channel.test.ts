import { beforeEach, describe, expect, it } from 'vitest';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { addressHashes } from '../../shared/addresses.ts';
import { readSettings } from '../../shared/config.ts';
import { serves } from '../../shared/switches.ts';
import { fakeWorld, NOW } from './world.ts';

const { hashKeys } = readSettings(sample.Values);
const ANN = 'ann@example.com';
const WHY = ['--why', 'A drill.'];

describe('channel', () => {
  let world: ReturnType<typeof fakeWorld>;

  const notify = (...args: string[]) => world.notify('channel', ...args);
  const change = async (...args: string[]) => {
    const result = await notify(...args, ...WHY, '--yes');
    expect(result.code, result.err).toBe(0);
    return result;
  };
  const row = (channel: 'sms' | 'email') => world.channelSwitches.rows.get(channel);

  beforeEach(() => {
    world = fakeWorld();
  });

  it('shows how a channel is switched, and changes nothing', async () => {
    expect(await notify('sms')).toMatchObject({ code: 0, out: 'sms is on\n', err: '' });
    expect(world.channelSwitches.rows.size + world.staffActions.rows.length).toBe(0);
  });

  it('switches a channel off and on again, and says from when', async () => {
    const off = await change('sms', '--off');
    expect(off.out).toBe('sms is off since 2026-11-20 14:30:00 UTC, by ann@desk: A drill.\n');
    expect(off.err).toMatchInlineSnapshot(`
      "Switches sms off.
      In force everywhere 2 seconds after 2026-11-20 14:30:00 UTC. What is held goes on once the channel is on, or expires at its deadline.
      "
    `);
    expect(row('sms')).toEqual({ channel: 'sms', off: true, canaries: [], by: 'ann@desk', at: NOW, why: 'A drill.' });
    expect(row('email')).toBeUndefined();

    const on = await change('sms', '--on');
    expect(on.out).toBe('sms is on since 2026-11-20 14:30:00 UTC, by ann@desk: A drill.\n');
    expect(on.err).toMatchInlineSnapshot(`
      "Lets sms serve everybody.
      In force everywhere 2 seconds after 2026-11-20 14:30:00 UTC. What was held goes on by itself within 10 minutes.
      "
    `);
  });

  it('serves only the canaries that it is given, however they are written, until everybody is', async () => {
    const { out, err } = await change(
      'email',
      '--canary',
      'ANN@example.com',
      '--canary',
      ANN,
      '--canary',
      'ben@shop.example',
    );
    expect(out).toMatch(/^email is open to 2 mail addresses only since/);
    expect(err).toMatchInlineSnapshot(`
      "Lets email serve 2 recipients only.
      In force everywhere 2 seconds after 2026-11-20 14:30:00 UTC. Deliveries to others are held until everybody is served, or their deadline.
      "
    `);
    const isServed = (address: string) => serves(row('email'), addressHashes(hashKeys, 'email', address));
    expect(['ann@example.com', 'ben@shop.example', 'carl@example.com'].map(isServed)).toEqual([true, true, false]);

    await change('email', '--canary', 'carl@example.com');
    expect(['ann@example.com', 'carl@example.com'].map(isServed)).toEqual([false, true]);
    await change('email', '--everyone');
    expect(isServed(ANN)).toBe(true);
  });

  it('keeps the canaries while a channel is off, and is open to them only when on again', async () => {
    await change('sms', '--canary', '+4915112345667');
    expect((await change('sms', '--off')).out).toContain('Once on again, it serves 1 phone number only.');
    expect((await change('sms', '--on')).out).toContain('sms is open to 1 phone number only');
    await change('sms', '--off');
    expect((await change('sms', '--on', '--everyone')).out).toContain('sms is on since');
  });

  it('keeps on record who did what and why, and no address anywhere', async () => {
    const { out, err } = await change('email', '--off', '--canary', ANN, '--by', 'Maria, operations');
    expect(world.staffActions.rows).toEqual([
      {
        at: NOW,
        by: 'Maria, operations',
        command: 'channel',
        what: 'Switches email off; once on again it serves 1 recipient only. Why: A drill.',
      },
    ]);
    const kept = JSON.stringify([out, err, world.staffActions.rows, [...world.channelSwitches.rows], world.entries]);
    expect(kept).not.toMatch(/ann@example/i);
    expect(kept).toContain('k1:');
  });

  it('asks before a change, and says what a dry run would do', async () => {
    expect(await notify('sms', '--off', ...WHY)).toMatchObject({ code: 2, out: '' });
    expect((await notify('sms', '--off', ...WHY, '--dry-run')).err).toBe(
      'Switches sms off.\nDry run: nothing was done.\n',
    );
    world = fakeWorld({ answer: false });
    await notify('sms', '--off', ...WHY);
    expect(world.asked).toEqual(['Go on?']);
    expect(world.channelSwitches.rows.size + world.staffActions.rows.length).toBe(0);
  });

  it.each([
    [['--off'], '--why is missing'],
    [['--off', '--on', ...WHY], 'which of the two'],
    [['--canary', ANN, '--everyone', ...WHY], 'which of the two'],
    [
      ['--canary', '+4915112345667', '--canary', '0151 12345667', ...WHY],
      'The address of --canary no. 2 is neither a phone number',
    ],
    [['--canary', ANN, ...WHY], 'SMS goes to phone numbers, this is a mail address'],
    [['--off', '--why', 'Ask ann@example.com'], 'name no phone number'],
  ])('refuses %j', async (flags, message) => {
    const { code, out, err } = await notify('sms', ...flags, '--yes');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
    expect(world.channelSwitches.rows.size + world.staffActions.rows.length).toBe(0);
  });

  it('shows no address that it refuses', async () => {
    const { err } = await notify('email', '--canary', 'ann@localhost', ...WHY, '--yes');
    expect(err).toContain('neither a phone number');
    expect(err).not.toContain('ann@');
  });

  it('refuses a channel that there is not', async () => {
    expect(await notify('fax')).toMatchObject({ code: 2, out: '' });
  });

  it('switches a channel without all settings of the app; only hashes need the keys', async () => {
    world = fakeWorld({ settings: { SENDERS: undefined, ADDRESS_HASH_KEYS: undefined } });
    await change('sms', '--off');
    expect(await notify('sms', '--canary', '+4915112345667', ...WHY, '--yes')).toMatchObject({ code: 2 });
  });

  it('has the same as JSON', async () => {
    const { out } = await change('sms', '--canary', '+4915112345667', '--json');
    expect(JSON.parse(out)).toEqual({
      channel: 'sms',
      state: 'canaries',
      canaries: 1,
      switched: { by: 'ann@desk', at: NOW.toISOString(), why: 'A drill.' },
    });
    expect(JSON.parse((await notify('sms', '--json')).out)).toEqual(JSON.parse(out));
  });
});
