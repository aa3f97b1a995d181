import { describe, expect, it } from 'vitest';
import { sendWorld } from './send-world.ts';

describe('a channel that is switched off while a delivery waits for its slot', () => {
  it('is called no more two seconds later', async () => {
    const world = sendWorld();
    const { clock, plan, dependencies } = world;
    const in3Seconds = new Date(clock.now().getTime() + 3_000);
    world.deliveries.rows.get(plan.id)!.plan.firstSlot = in3Seconds;
    await dependencies.switches.look('sms');
    await clock.wait(500);
    const off = { channel: 'sms', off: true, canaries: [], by: 'ann@desk', at: clock.now(), why: 'A test.' } as const;
    await world.channelSwitches.put(off);
    await clock.wait(1_000);
    await world.drain();
    expect(world.requests).toEqual([]);
    expect(world.row().progress).toMatchObject({ status: 'expired', cause: 'channel-off' });
  });
});
