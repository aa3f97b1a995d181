import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../shared/limits.ts';
import { type ChannelSwitch, createSwitches, serves } from '../../shared/switches.ts';
import { fakeClock } from '../fakes/clock.ts';
import { fakeChannelSwitches } from '../fakes/sender-calendars.ts';

const limits = LIMITS.real;
const ON: ChannelSwitch = { channel: 'sms', off: false, canaries: [], by: 'ann@desk', at: new Date(0), why: 'A test.' };
const OFF: ChannelSwitch = { ...ON, off: true };

describe('a channel', () => {
  it.each<[string, ChannelSwitch | undefined, boolean, boolean]>([
    ['that nobody has switched', undefined, true, true],
    ['that is on', ON, true, true],
    ['that is off', OFF, false, false],
    ['that is open to a few', { ...ON, canaries: ['k1:a', 'k1:b'] }, true, false],
    ['that is off, whoever it was open to', { ...OFF, canaries: ['k1:a'] }, false, false],
  ])('%s serves whom it should', (_, channelSwitch, one, another) => {
    expect(serves(channelSwitch, ['k2:a', 'k1:a'])).toBe(one);
    expect(serves(channelSwitch, ['k2:c', 'k1:c'])).toBe(another);
  });

  it('serves nobody without a hash when it is open to a few', () => {
    expect(serves({ ...ON, canaries: ['k1:a'] }, [])).toBe(false);
  });
});

function world() {
  const clock = fakeClock();
  let [reads, failing] = [0, false];
  const channelSwitches = fakeChannelSwitches(({ operation, moment }) => {
    if (operation !== 'read' || moment !== 'before') return;
    reads += 1;
    if (failing) throw new Error('away');
  });
  return {
    clock,
    channelSwitches,
    switches: createSwitches({ channelSwitches, clock, limits }),
    reads: () => reads,
    fail: (next: boolean) => void (failing = next),
  };
}

describe('a look at the channels', () => {
  it('is no older than two seconds', async () => {
    const { clock, channelSwitches, switches, reads } = world();
    expect(await switches.look('sms')).toBeUndefined();
    await channelSwitches.put(OFF);
    await clock.advance(limits.lookAge);
    expect(await switches.look('sms')).toBeUndefined();
    expect(reads()).toBe(1);
    await clock.advance(1);
    expect(await switches.look('sms')).toEqual(OFF);
    expect(reads()).toBe(2);
  });

  it('by many at once is one for each channel', async () => {
    const { switches, reads } = world();
    await Promise.all(Array.from({ length: 8 }, () => [switches.look('sms'), switches.look('email')]).flat());
    expect(reads()).toBe(2);
  });

  it('that failed is not remembered: nothing is sent by a guess', async () => {
    const { channelSwitches, switches, fail } = world();
    fail(true);
    await expect(switches.look('sms')).rejects.toThrow('away');
    fail(false);
    await channelSwitches.put(OFF);
    expect(await switches.look('sms')).toEqual(OFF);
  });

  it('is not taken for one that could not be made again', async () => {
    const { clock, switches, fail } = world();
    await switches.look('sms');
    fail(true);
    await clock.advance(limits.lookAge + 1);
    await expect(switches.look('sms')).rejects.toThrow('away');
  });
});
