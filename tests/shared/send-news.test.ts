import { describe, expect, it } from 'vitest';
import { takeEvents } from '../../shared/intake.ts';
import type { EventType } from '../../shared/events.ts';
import type { OnCall, PortCall } from '../fakes/calls.ts';
import { bytesOf, INTAKE_SETTINGS, rawEvent } from './order-event.ts';
import { type Deed, SILENCE, sendWorld } from './send-world.ts';

/** One delivery about `order.delayed`, 13:00, and news of the same order that intake takes while it is under way. */
function newsWorld({ deeds = [], onCall }: { deeds?: readonly Deed[]; onCall?: OnCall } = {}) {
  const world = sendWorld({ plan: { subject: 'order:1042', source: '/shop' }, deeds, ...(onCall ? { onCall } : {}) });
  const take = (type: EventType, time: string) => {
    const envelope = { id: `${type}-${time}`, source: '/shop', time };
    const body = bytesOf(rawEvent(type, { order: { number: '1042' }, customer: { channels: [] }, envelope }));
    const incoming = { body, arrived: world.clock.now(), parked: 0, resubmitted: 0 };
    return takeEvents([incoming], { ...world, ...INTAKE_SETTINGS });
  };
  return { ...world, take };
}

const NEWER = ['order.out-for-delivery', '2026-11-20T13:00:01Z'] as const;
const endOf = ({ row }: ReturnType<typeof newsWorld>) => `${row().progress.status} ${row().progress.cause}`;

describe('a delivery whose news became old', () => {
  it('is skipped, its claim given back, nobody called', async () => {
    const world = newsWorld();
    await world.take(...NEWER);
    await world.drain();
    expect(endOf(world)).toBe('skipped superseded');
    expect(world.row().progress.claim).toBeUndefined();
    expect(world.requests).toEqual([]);
  });

  it('is sent when the other news is older, or is no news that it dies with', async () => {
    for (const [type, time] of [
      ['order.out-for-delivery', '2026-11-20T12:59:59Z'],
      ['order.placed', '2026-11-20T13:00:01Z'],
    ] as const) {
      const world = newsWorld();
      await world.take(type, time);
      await world.drain();
      expect(endOf(world)).toBe('accepted taken');
    }
  });

  it('is uncertain when a call is unanswered, and is never called again', async () => {
    const world = newsWorld({ deeds: [{ takes: true, answer: SILENCE }] });
    await world.takeNext();
    await world.take(...NEWER);
    await world.drain();
    expect(endOf(world)).toBe('uncertain no-answer');
    expect(world.row().progress.history.at(-1)).toMatchObject({ note: 'superseded' });
    expect(world.requests).toHaveLength(1);
  });

  it('costs a read of the subject only where its message can become old', async () => {
    for (const [eventType, reads] of [
      ['order.placed', 0],
      ['order.delayed', 1],
    ] as const) {
      const calls: PortCall[] = [];
      const world = sendWorld({ plan: { eventType }, onCall: (call) => void calls.push(call) });
      await world.drain();
      const asked = calls.filter(({ port, moment }) => port === 'subjects' && moment === 'before');
      expect(asked).toHaveLength(reads);
    }
  });
});

describe('news that is taken at any moment of a send', () => {
  it('stops it if it was acknowledged before the claim, and never doubles or loses it otherwise', async () => {
    const ends: string[] = [];
    for (let at = 0; ; at += 1) {
      let calls = 0;
      let taking = false;
      let claimed = false;
      let tookBeforeClaim = false;
      const world: ReturnType<typeof newsWorld> = newsWorld({
        onCall: async ({ port, operation, moment }) => {
          if (taking) return;
          if (port === 'deliveries' && operation === 'record' && moment === 'after') claimed = true;
          if (calls++ !== at) return;
          taking = true;
          await world.take(...NEWER);
          tookBeforeClaim = !claimed;
          taking = false;
        },
      });
      await world.drain();
      if (calls <= at) break;
      ends.push(endOf(world));
      const allowed = tookBeforeClaim ? ['skipped superseded 0'] : ['skipped superseded 0', 'accepted taken 1'];
      expect(allowed, `at call ${at}`).toContain(`${endOf(world)} ${world.effective.length}`);
    }
    expect(new Set(ends)).toEqual(new Set(['skipped superseded', 'accepted taken']));
  });
});
