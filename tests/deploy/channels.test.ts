import { describe, expect, it } from 'vitest';
import { canariesIn, closeNewChannels, requireSwitches, servedNow } from '../../deploy/channels.ts';
import { TableError } from '../../shared/azure/table.ts';
import { addressHashes } from '../../shared/addresses.ts';
import { type ChannelSwitch, type ChannelSwitches, serves } from '../../shared/switches.ts';
import { fakeWorld } from './world.ts';

const ANN = 'ann@example.com';
const PHONE = '+4915123456789';
const hashKeys = [{ name: 'k1', key: Buffer.alloc(32, 1) }];

function fakeSwitches(...standing: ChannelSwitch[]): ChannelSwitches & { rows: Map<string, ChannelSwitch> } {
  const rows = new Map<string, ChannelSwitch>(standing.map((one) => [one.channel, one]));
  return {
    rows,
    read: async (channel) => rows.get(channel),
    put: async (one) => void rows.set(one.channel, one),
  };
}

const close = (channelSwitches: ChannelSwitches, list = '', world = fakeWorld()) =>
  closeNewChannels({ channelSwitches, canaries: canariesIn(list), hashKeys }, world);

describe('a first deployment', () => {
  it('leaves both channels off: nobody is served', async () => {
    const channelSwitches = fakeSwitches();
    await close(channelSwitches);
    for (const channel of ['sms', 'email'] as const) {
      expect(channelSwitches.rows.get(channel)).toMatchObject({ off: true, canaries: [], by: 'deployment' });
      expect(serves(channelSwitches.rows.get(channel), addressHashes(hashKeys, channel, ANN))).toBe(false);
    }
  });

  it('serves canaries and nobody else, and keeps only their hashes', async () => {
    const channelSwitches = fakeSwitches();
    const world = fakeWorld();
    await close(channelSwitches, `${PHONE}, ${ANN}`, world);
    const [sms, email] = [channelSwitches.rows.get('sms'), channelSwitches.rows.get('email')];
    expect(serves(sms, addressHashes(hashKeys, 'sms', PHONE))).toBe(true);
    expect(serves(sms, addressHashes(hashKeys, 'sms', '+4915100000000'))).toBe(false);
    expect(serves(email, addressHashes(hashKeys, 'email', ANN))).toBe(true);
    expect(JSON.stringify([...channelSwitches.rows, world.said])).not.toMatch(/ann@|\+4915/);
  });

  it('closes the channel that has no canary', async () => {
    const channelSwitches = fakeSwitches();
    await close(channelSwitches, ANN);
    expect(channelSwitches.rows.get('sms')?.off).toBe(true);
    expect(channelSwitches.rows.get('email')?.off).toBe(false);
  });
});

describe('a later deployment', () => {
  it('leaves what people have switched', async () => {
    const at = new Date();
    const open: ChannelSwitch = { channel: 'sms', off: false, canaries: [], by: 'Maria', at, why: 'It works.' };
    const channelSwitches = fakeSwitches(open);
    await close(channelSwitches, PHONE);
    expect(channelSwitches.rows.get('sms')).toEqual(open);
    await close(channelSwitches, `${PHONE},${ANN}`);
    expect(channelSwitches.rows.get('email')?.off).toBe(true);
  });
});

describe('before the code', () => {
  it('both channels have to have a switch: without one, code serves everybody', async () => {
    const channelSwitches = fakeSwitches();
    expect(serves(await channelSwitches.read('sms'), ['anybody'])).toBe(true);
    await expect(requireSwitches(channelSwitches, fakeWorld())).rejects.toThrow(/sms has no switch.*provisioned/);
    await close(channelSwitches);
    await requireSwitches(channelSwitches, fakeWorld());
    channelSwitches.rows.delete('email');
    await expect(requireSwitches(channelSwitches, fakeWorld())).rejects.toThrow('email has no switch');
  });
});

describe('the canaries that are written to', () => {
  const of = async (standing: Partial<ChannelSwitch>, world = fakeWorld()) => {
    const one: ChannelSwitch = {
      channel: 'sms',
      off: false,
      canaries: [],
      by: 'Maria',
      at: new Date(),
      why: '',
      ...standing,
    };
    const channelSwitches = fakeSwitches(one, { ...one, channel: 'email', off: false, canaries: [] });
    return servedNow(canariesIn(`${PHONE},+12025550123,${ANN}`), { channelSwitches, hashKeys }, world);
  };

  it('are all, on channels that are open', async () => {
    const world = fakeWorld();
    expect((await of({}, world)).sms).toHaveLength(2);
    expect(world.said).toEqual([]);
  });

  it('are none of a channel that somebody has switched off, and that is said', async () => {
    const world = fakeWorld();
    expect(await of({ off: true }, world)).toEqual({ sms: [], email: [ANN] });
    expect(world.said).toEqual(['2 of the canaries are not written to: sms is off.']);
  });

  it('are those whom the switch names', async () => {
    const world = fakeWorld();
    expect((await of({ canaries: addressHashes(hashKeys, 'sms', PHONE) }, world)).sms).toEqual([PHONE]);
    expect(world.said).toEqual(['1 of the canaries are not written to: sms is open to canaries only.']);
  });
});

it('waits for a right that was given a moment ago', async () => {
  const channelSwitches = fakeSwitches();
  let refusals = 3;
  const slowly: ChannelSwitches = {
    ...channelSwitches,
    read: async (channel) => {
      if (refusals-- > 0)
        throw new TableError('SenderCalendars: cannot read a row', {
          status: 403,
          code: 'AuthorizationPermissionMismatch',
        });
      return channelSwitches.read(channel);
    },
  };
  await close(slowly);
  expect(channelSwitches.rows.size).toBe(2);
});

it('names a canary that is none by its place, never by what it says', () => {
  expect(() => canariesIn(`${ANN},4711`)).toThrow('NOTIFY_CANARIES: no. 2 is neither');
});
