import { describe, expect, it } from 'vitest';
import { takeDeadLetter } from '../../shared/dead-letters.ts';
import { takeEvents } from '../../shared/intake.ts';
import type { DeadLetter, DeadLetterRow } from '../../shared/ports.ts';
import { resubmit } from '../../shared/resubmit.ts';
import { type OnCall } from '../fakes/calls.ts';
import { fakeClock } from '../fakes/clock.ts';
import { fakePorts } from '../fakes/ports.ts';
import { ARRIVED, bytesOf, INTAKE_SETTINGS, rawEvent } from './order-event.ts';
import { MINUTE, rowOf, sendWorld } from './send-world.ts';

const letterOf = (more: Partial<DeadLetter>): DeadLetter => ({
  at: ARRIVED,
  entity: 'sms',
  sequenceNumber: '42',
  messageId: 'm-1',
  reason: 'MaxDeliveryCountExceeded',
  description: '',
  deliveryCount: 10,
  enqueued: ARRIVED,
  arrived: ARRIVED,
  resubmitted: 0,
  body: Buffer.from('{}'),
  ...more,
});

/** A delivery whose copy was dead-lettered. */
async function copyWorld(onCall?: OnCall) {
  const world = sendWorld(onCall ? { onCall } : {});
  const letter = letterOf({ body: Buffer.from(JSON.stringify(world.queue.splice(0)[0]?.body)) });
  await takeDeadLetter(letter, { ...world, ...INTAKE_SETTINGS });
  const row = () => [...world.deadLetters.rows.values()][0]!;
  return { ...world, row: world.row, letterRow: row, resubmit: () => resubmit(row(), 'ann@desk', world) };
}

describe('a copy that is resubmitted', () => {
  it('sends its delivery once, however often it is put back, and says who did that and when', async () => {
    const world = await copyWorld();
    for (const _ of [1, 2]) {
      expect(await world.resubmit()).toBeUndefined();
      await world.clock.wait(1_000);
    }
    expect(world.queue).toHaveLength(2);
    await world.drain();
    expect(world.effective).toHaveLength(1);
    expect(world.letterRow().putBack).toEqual({ at: expect.any(Date), by: 'ann@desk' });
  });

  it('expires when its deadline is over', async () => {
    const world = await copyWorld();
    await world.clock.wait(120 * MINUTE);
    await world.resubmit();
    await world.drain();
    expect([world.effective, world.row().progress.status]).toEqual([[], 'expired']);
  });

  it('does nothing when its delivery has ended or is gone', async () => {
    const world = await copyWorld();
    world.deliveries.rows.set(world.plan.id, rowOf(world.plan, { status: 'expired', cause: 'deadline-passed' }));
    expect(await world.resubmit()).toContain('ended: expired');
    world.deliveries.rows.clear();
    expect(await world.resubmit()).toContain('retention');
    expect(world.queue).toEqual([]);
    expect(world.letterRow()).not.toHaveProperty('putBack');
  });
});

/** An intact event that was dead-lettered for the second time. */
async function eventWorld(more: Partial<DeadLetter> = {}) {
  const ports = fakePorts({ clock: fakeClock(new Date(ARRIVED.getTime() + 90 * MINUTE), 'skipped') });
  const dependencies = { ...ports, ...INTAKE_SETTINGS };
  const body = bytesOf(rawEvent('order.delayed'));
  await takeDeadLetter(letterOf({ entity: 'retried-events', resubmitted: 1, body, ...more }), dependencies);
  const row = (): DeadLetterRow => [...ports.deadLetters.rows.values()][0]!;
  return {
    ...ports,
    row,
    resubmit: () => resubmit(row(), 'ann@desk', ports),
    takeRetried: () =>
      takeEvents(
        ports.broker.retriedEvents.splice(0).map((message) => message.body),
        dependencies,
      ),
  };
}

describe('an event that is resubmitted', () => {
  it('is taken once, as of its first arrival, however often it is put back', async () => {
    const world = await eventWorld();
    for (const _ of [1, 2]) expect(await world.resubmit()).toBeUndefined();
    expect(world.broker.retriedEvents.map(({ body }) => [body.arrived, body.resubmitted])).toEqual([
      [ARRIVED, 2],
      [ARRIVED, 2],
    ]);
    await world.takeRetried();
    expect(world.subjects.taken.map(({ id, arrived }) => [id, arrived])).toEqual([['evt-1', ARRIVED]]);
    expect([world.broker.sms.length, world.broker.email.length]).toEqual([1, 1]);
    expect(world.row().putBack).toMatchObject({ by: 'ann@desk' });
    for await (const { retried } of world.rejectedEvents.ofDay('2026-11-21'))
      expect(retried).toMatchObject({ by: 'ann@desk' });
  });

  it('is left alone when its body is not kept any more, or it was put back by itself', async () => {
    const world = await eventWorld();
    world.rejectedEvents.rows.clear();
    expect(await world.resubmit()).toContain('past its retention');
    const other = await eventWorld({ resubmitted: 0 });
    other.broker.retriedEvents.length = 0;
    expect(await other.resubmit()).toContain('by itself already');
    expect([...world.broker.retriedEvents, ...other.broker.retriedEvents]).toEqual([]);
  });
});
