import { LIMITS } from '../../shared/limits.ts';
import { describe, expect, it } from 'vitest';
import { attemptId } from '../../shared/delivery-id.ts';
import type { Plan, Progress } from '../../shared/delivery.ts';
import { HOUR } from '../../shared/messages/message.ts';
import { lastOf, reasonAgainst, resend, type ResendDependencies } from '../../shared/resend.ts';
import type { OnCall, PortCall } from '../fakes/calls.ts';
import { rowOf, sendWorld } from './send-world.ts';

const WORDS = { by: 'ann@desk', why: 'The phone was off.' };
const FAILED: Partial<Progress> = { status: 'failed', cause: 'handset-unreachable', revision: 3 };

/** A delivery that failed, its send queue empty. */
function failedWorld(
  change: { plan?: Partial<Plan>; progress?: Partial<Progress>; channel?: 'sms' | 'email'; onCall?: OnCall } = {},
) {
  const { plan, channel, onCall, progress } = change;
  const world = sendWorld({ ...(plan && { plan }), ...(channel && { channel }), ...(onCall && { onCall }) });
  world.queue.length = 0;
  const failed = rowOf(world.plan, { ...FAILED, ...progress });
  world.deliveries.rows.set(world.plan.id, failed);
  const dependencies: ResendDependencies = {
    limits: LIMITS.real,
    ...world,
    addressHashes: (_channel, address) => [`k1:${address}`],
  };
  return { ...world, failed, dependencies };
}

const against = ({ failed, dependencies }: ReturnType<typeof failedWorld>, evenIfArrived = false) =>
  reasonAgainst(failed, evenIfArrived, dependencies);

describe('a resend', () => {
  it.each(['sms', 'email'] as const)(
    'sends the same content to the same address, as a delivery of its own (%s)',
    async (channel) => {
      const world = failedWorld({ channel });
      const plan = await resend(world.failed, WORDS, world.dependencies);
      await world.drain();
      expect(plan.id).not.toBe(world.plan.id);
      expect(world.effective).toEqual([attemptId(plan.id, 0)]);
      expect(world.requests).toMatchObject([{ address: world.plan.address, content: world.plan.content }]);
      expect(world.deliveries.rows.get(plan.id)).toMatchObject({
        plan: { resend: { of: world.plan.id, ...WORDS }, eventId: world.plan.eventId, eventTime: world.plan.eventTime },
        progress: { status: 'accepted' },
      });
      expect(world.row()).toEqual(world.failed);
    },
  );

  it('stands in the index of its subject, beside a record of itself', async () => {
    const world = failedWorld();
    const { id } = await resend(world.failed, WORDS, world.dependencies);
    const { events, deliveries } = await world.subjects.find('order:1042');
    expect(deliveries).toEqual([id]);
    expect(events).toMatchObject([{ type: 'resend', id: `resend:${world.plan.id}` }]);
  });

  it('counts its deadline anew, but not past the end that upstream set', async () => {
    const world = failedWorld();
    await world.clock.wait(3 * HOUR);
    const { arrived, deadline } = await resend(world.failed, WORDS, world.dependencies);
    expect([arrived, deadline]).toEqual([world.clock.now(), new Date(world.clock.now().getTime() + 12 * HOUR)]);
    const expiresAt = new Date(world.plan.eventTime.getTime() + HOUR);
    const ending = failedWorld({ plan: { expiresAt } });
    expect((await resend(ending.failed, WORDS, ending.dependencies)).deadline).toEqual(expiresAt);
    await ending.clock.wait(HOUR);
    expect(await against(ending)).toContain('It has been pointless since');
  });

  it('happens once, whoever wants it and however often', async () => {
    const world = failedWorld();
    const first = await resend(world.failed, WORDS, world.dependencies);
    await world.clock.wait(HOUR);
    const others = [
      await resend(world.failed, { by: 'bob@desk', why: 'Again.' }, world.dependencies),
      await resend(world.failed, WORDS, world.dependencies),
    ];
    for (const other of others) expect([other.id, other.resend]).toEqual([first.id, first.resend]);
    await world.drain();
    await world.clock.wait(2 * HOUR);
    await resend(world.failed, WORDS, world.dependencies);
    expect([world.queue, world.effective.length]).toEqual([[], 1]);
  });

  it('of a resend that failed too is another delivery', async () => {
    const world = failedWorld();
    const first = await resend(world.failed, WORDS, world.dependencies);
    await world.drain();
    world.deliveries.rows.set(first.id, rowOf(first, FAILED));
    const last = await lastOf(world.failed, world.dependencies);
    expect(last.plan.id).toBe(first.id);
    const second = await resend(last, WORDS, world.dependencies);
    await world.drain();
    expect(world.effective).toEqual([attemptId(first.id, 0), attemptId(second.id, 0)]);
    expect(second.resend?.of).toBe(first.id);
  });

  it('is made under no event that happens to have the id of its record', async () => {
    const world = failedWorld();
    const { source, subject, eventTime, id } = world.plan;
    const event = { source, subject, id: `resend:${id}`, type: 'order.placed', arrived: eventTime, time: eventTime };
    await world.subjects.take({ ...event, contentHash: '', deliveries: [] }, { newest: {} });
    expect(await lastOf(world.failed, world.dependencies)).toEqual(world.failed);
    await expect(resend(world.failed, WORDS, world.dependencies)).rejects.toThrow('has the id');
    expect(world.queue).toEqual([]);
  });

  it('sends once when it died at any moment and is asked for again', async () => {
    const moments = await countCalls();
    expect(moments).toBeGreaterThan(8);
    for (let moment = 1; moment <= moments; moment += 1) {
      let calls = 0;
      const world = failedWorld({ onCall: () => void ((calls += 1) === moment && die()) });
      await expect(resend(world.failed, WORDS, world.dependencies)).rejects.toThrow('died');
      await world.clock.wait(1_000);
      await resend(world.failed, WORDS, world.dependencies);
      await world.drain();
      expect(world.effective, `died at ${moment}`).toHaveLength(1);
    }
  });
});

async function countCalls(): Promise<number> {
  const calls: PortCall[] = [];
  const world = failedWorld({ onCall: (call) => void calls.push(call) });
  await resend(world.failed, WORDS, world.dependencies);
  return calls.length;
}

function die(): never {
  throw new Error('died');
}

describe('nothing is sent again', () => {
  it.each(['planned', 'sending'] as const)('while it is %s', async (status) => {
    expect(await against(failedWorld({ progress: { status, cause: 'waiting' } }), true)).toContain('under way');
  });

  it.each(['accepted', 'delivered', 'unknown', 'uncertain'] as const)(
    'that is %s, unless somebody insists',
    async (status) => {
      const world = failedWorld({ progress: { status } });
      expect(await against(world)).toMatch(/arrived/);
      expect(await against(world, true)).toBeUndefined();
    },
  );

  it.each(['failed', 'expired', 'skipped'] as const)(
    'but what is %s is, when nothing stands against it',
    async (status) => {
      expect(await against(failedWorld({ progress: { status } }))).toBeUndefined();
    },
  );

  it('that has no text or no address', async () => {
    const { content: _, ...plan } = failedWorld().plan;
    const world = failedWorld();
    expect(await reasonAgainst({ ...world.failed, plan }, false, world.dependencies)).toContain('nothing to send');
    const nobody = failedWorld({ plan: { address: '' }, progress: { cause: 'no-usable-address' } });
    expect(await against(nobody)).toContain('nothing to send');
  });

  it('that is old news, before and after it was asked for', async () => {
    const world = failedWorld({ progress: { status: 'skipped', cause: 'superseded' } });
    const { source, subject, eventTime } = world.plan;
    const tell = async (id: string, minutes: number) => {
      const time = new Date(eventTime.getTime() + minutes * 60_000);
      const newest = { 'order.delayed': { time: time.toISOString(), id } };
      const current = await world.subjects.current(source, subject);
      const event = {
        source,
        subject,
        id,
        type: 'order.delayed',
        arrived: time,
        time,
        contentHash: '',
        deliveries: [],
      };
      await world.subjects.take(event, { ...current, newest });
    };
    const plan = await resend(world.failed, WORDS, world.dependencies);
    await tell('e-2', 5);
    expect(await against(world)).toContain('newer news');
    await world.drain();
    expect(world.effective).toEqual([]);
    expect(world.deliveries.rows.get(plan.id)?.progress).toMatchObject({ status: 'skipped', cause: 'superseded' });
  });

  it('to an address that is suppressed, before and after it was asked for', async () => {
    const world = failedWorld();
    const plan = await resend(world.failed, WORDS, world.dependencies);
    const address = `k1:${world.plan.address}`;
    await world.suppressions.record({
      channel: 'sms',
      address,
      cause: 'opted-out',
      since: world.clock.now(),
      by: 'report',
    });
    expect(await against(world)).toContain('opted out');
    await world.drain();
    expect(world.effective).toEqual([]);
    expect(world.deliveries.rows.get(plan.id)?.progress).toMatchObject({ status: 'skipped', cause: 'opted-out' });
  });
});
