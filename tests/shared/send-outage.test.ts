import { describe, expect, it } from 'vitest';
import type { Channel } from '../../shared/delivery.ts';
import type { PortCall } from '../fakes/calls.ts';
import { type Deed, MINUTE, SILENCE, answered, sendWorld } from './send-world.ts';

const TABLES = new Set(['deliveries', 'suppressions', 'subjects', 'failures']);

const DEEDS: readonly Deed[] = [
  { takes: false, answer: answered(429, {}, { 'retry-after': '5' }) },
  { takes: true, answer: SILENCE },
];

/** Runs one delivery to its end while some calls of the ports fail. */
async function live(channel: Channel, deeds: readonly Deed[], fails: (call: PortCall, number: number) => boolean) {
  let calls = 0;
  const world = sendWorld({
    channel,
    deeds,
    onCall: (call) => {
      calls += 1;
      if (fails(call, calls - 1)) throw new Error('away');
    },
  });
  let thrown = 0;
  for (let turns = 0; world.queue.length > 0; turns += 1) {
    if (turns > 300) throw new Error('it never ends');
    await world.takeNext().catch(() => (thrown += 1));
  }
  return { world, calls, thrown };
}

describe.each(['sms', 'email'] as const)('an %s while our own services fail', (channel) => {
  it.each([
    ['takes it', []],
    ['refuses and falls silent', DEEDS],
  ] as const)('is sent once whichever call fails, when the provider %s', async (_what, deeds) => {
    const { calls } = await live(channel, deeds, () => false);
    for (let failing = 0; failing < calls; failing += 1) {
      const fails = (call: PortCall, number: number) => number === failing && call.port !== 'provider';
      const { world, thrown } = await live(channel, deeds, fails);
      expect([failing, world.row().progress.status, world.effective.length, thrown]).toEqual([
        failing,
        'accepted',
        1,
        0,
      ]);
    }
  });

  it.each([1, 2, 4, 6])('is sent once when the tables refuse %i calls in a row, whenever that begins', async (many) => {
    const { calls } = await live(channel, DEEDS, () => false);
    for (let from = 0; from < calls; from += 1) {
      let left = many;
      const { world, thrown } = await live(
        channel,
        DEEDS,
        ({ port }, number) => number >= from && TABLES.has(port) && (left -= 1) >= 0,
      );
      expect([from, world.row().progress.status, world.effective.length, thrown]).toEqual([from, 'accepted', 1, 0]);
    }
  });

  it('counts as unanswered when the client of the provider itself breaks', async () => {
    let breaks = 1;
    const { world, thrown } = await live(
      channel,
      [],
      ({ port, moment }) => port === 'provider' && moment === 'after' && (breaks -= 1) >= 0,
    );
    expect([world.row().progress.status, world.effective.length, thrown]).toEqual(['accepted', 1, 0]);
    expect(world.requests[1]).toEqual(world.requests[0]);
  });

  it('carries its answer through an outage of ten minutes and records it without a call', async () => {
    let away = false;
    const world = sendWorld({
      channel,
      onCall: ({ port, operation, moment }) => {
        if (port === 'provider' && operation === 'send' && moment === 'after') away = true;
        if (away && TABLES.has(port)) throw new Error('away');
      },
    });
    await world.takeNext();
    const answeredAt = world.clock.now();
    while (world.clock.now().getTime() < answeredAt.getTime() + 10 * MINUTE) await world.takeNext();
    expect(world.queue).toHaveLength(1);
    away = false;
    await world.drain();
    expect(world.requests).toHaveLength(1);
    expect(world.row().progress).toMatchObject({ status: 'accepted', accepted: answeredAt });
  });

  it('makes no call while the tables are away, and parks under a new MessageId each time', async () => {
    let away = true;
    const world = sendWorld({
      channel,
      onCall: ({ port }) => {
        if (away && TABLES.has(port)) throw new Error('away');
      },
    });
    const ids: string[] = [];
    const pauses: number[] = [];
    for (let turns = 0; turns < 20; turns += 1) {
      await world.takeNext();
      ids.push(world.queue[0]!.messageId);
      pauses.push(world.queue[0]!.at.getTime() - world.clock.now().getTime());
    }
    expect(world.requests).toHaveLength(0);
    expect(new Set(ids).size).toBe(20);
    expect(world.broker.dropped).toEqual([]);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(MINUTE);
    expect(Math.max(...pauses)).toBeGreaterThan(20_000);
    expect(pauses[0]).toBeLessThanOrEqual(5_000);
    away = false;
    await world.drain();
    expect(world.effective).toHaveLength(1);
  });

  it('waits a little and gives the copy back only when it cannot be parked either', async () => {
    const world = sendWorld({
      channel,
      onCall: ({ port }) => {
        if (port !== 'provider') throw new Error('away');
      },
    });
    const before = world.clock.monotonic();
    await expect(world.takeNext()).rejects.toThrow('away');
    expect(world.clock.monotonic() - before).toBe(2_000);
    expect(world.requests).toHaveLength(0);
  });
});

describe('the checks around the call', () => {
  it('makes no call when too much time went by since the row was read', async () => {
    let slow = true;
    const world = sendWorld({
      onCall: async ({ port, operation, moment }) => {
        if (!slow || port !== 'deliveries' || operation !== 'record' || moment !== 'after') return;
        slow = false;
        await world.clock.wait(10_001);
      },
    });
    await world.takeNext();
    expect(world.requests).toHaveLength(0);
    expect(world.row().progress).toMatchObject({ status: 'sending', cause: 'slot-missed', unanswered: false, copy: 1 });
    await world.drain();
    expect(world.effective).toHaveLength(1);
  });

  it('makes no call when it was paused over its lease and another run took its place', async () => {
    let paused = false;
    const world = sendWorld({
      onCall: async ({ port, moment }) => {
        if (paused || port !== 'suppressions' || moment !== 'after') return;
        paused = true;
        await world.clock.wait(40_000);
        world.put({ delivery: world.plan.id, copy: 0 });
        await world.takeNext();
      },
    });
    await world.drain();
    expect(world.requests).toHaveLength(1);
    expect(world.entries.filter(({ event }) => event === 'answer-dropped')).toHaveLength(1);
    expect(world.row().progress.status).toBe('accepted');
  });

  it('keeps its claim when the write was done and only its answer lost', async () => {
    let lost = true;
    const world = sendWorld();
    world.dependencies.deliveries = {
      ...world.deliveries,
      record: async (delivery, progress) => {
        const written = await world.deliveries.record(delivery, progress);
        if (!lost) return written;
        lost = false;
        return undefined;
      },
    };
    await world.takeNext();
    expect(world.effective).toHaveLength(1);
    expect(world.queue).toHaveLength(0);
    expect(world.row().progress.status).toBe('accepted');
  });

  it('drops an answer when another run has taken the claim over', async () => {
    const world = sendWorld({
      onCall: ({ port, moment }) => {
        if (port !== 'provider' || moment !== 'after') return;
        const row = world.row();
        const leaseUntil = new Date(world.clock.now().getTime() + 30_000);
        world.deliveries.rows.set(world.plan.id, {
          ...row,
          etag: 'W/"taken over"',
          progress: { ...row.progress, claim: { run: 'another', leaseUntil } },
        });
      },
    });
    await world.takeNext();
    expect(world.row().progress).toMatchObject({ status: 'sending', claim: { run: 'another' } });
    expect(world.entries.find(({ event }) => event === 'answer-dropped')?.fields).toEqual({
      trace: world.plan.trace,
      delivery: world.plan.id,
      attempt: 0,
    });
    expect(world.queue).toHaveLength(1);
  });

  it('keeps what an early report said, and records the answer beside it', async () => {
    const reported = new Date('2026-11-20T12:59:59Z');
    const world = sendWorld({
      onCall: ({ port, moment }) => {
        if (port !== 'provider' || moment !== 'after') return;
        const row = world.row();
        world.deliveries.rows.set(world.plan.id, {
          ...row,
          etag: 'W/"reported"',
          progress: { ...row.progress, status: 'delivered', cause: 'arrived', reported },
        });
      },
    });
    await world.drain();
    const { progress } = world.row();
    expect(progress).toMatchObject({ status: 'delivered', cause: 'arrived', reported, accepted: world.plan.arrived });
    expect(progress.providerId).not.toBe('');
    expect(progress.claim).toBeUndefined();
  });

  it('does not come again when an early report has settled a silent call', async () => {
    const world = sendWorld({
      deeds: [{ takes: true, answer: SILENCE }],
      onCall: ({ port, moment }) => {
        if (port !== 'provider' || moment !== 'after') return;
        const row = world.row();
        world.deliveries.rows.set(world.plan.id, {
          ...row,
          etag: 'W/"reported"',
          progress: { ...row.progress, status: 'delivered', cause: 'arrived', reported: world.clock.now() },
        });
      },
    });
    await world.takeNext();
    expect(world.queue).toHaveLength(0);
    expect(world.row().progress.status).toBe('delivered');
  });
});

describe('a mail that was not answered', () => {
  const silent: Deed = { takes: true, answer: SILENCE };

  it('is asked about at once when a repeat is refused, and accepted when it is known', async () => {
    const world = sendWorld({
      channel: 'email',
      deeds: [
        { ...silent, takes: false },
        { takes: true, answer: answered(400) },
      ],
    });
    await world.drain();
    expect(world.requests).toHaveLength(2);
    expect(world.row().progress).toMatchObject({ status: 'accepted', attempt: 0, asking: true });
  });

  it('is sent under a new id only after two misses a minute apart', async () => {
    const world = sendWorld({
      channel: 'email',
      deeds: [
        { takes: false, answer: SILENCE },
        { takes: false, answer: answered(412) },
      ],
    });
    await world.drain();
    const { history, attempt, status } = world.row().progress;
    expect([status, attempt, world.effective.length, world.requests.length]).toEqual(['accepted', 1, 1, 3]);
    const misses = history.filter(({ note }) => note?.startsWith('not known')).map(({ at }) => at.getTime());
    expect(misses).toHaveLength(2);
    expect(misses[1]! - misses[0]!).toBeGreaterThanOrEqual(MINUTE);
  });

  it('is not taken for refused by one miss seen twice in the same minute', async () => {
    const world = sendWorld({
      channel: 'email',
      deeds: [
        { takes: false, answer: SILENCE },
        { takes: false, answer: answered(409) },
      ],
    });
    while (!world.row().progress.missing) await world.takeNext();
    world.put({ delivery: world.plan.id, copy: world.row().progress.copy });
    await world.takeNext();
    expect(world.row().progress).toMatchObject({ attempt: 0, asking: true });
    await world.drain();
    expect(world.effective).toHaveLength(1);
  });
});
