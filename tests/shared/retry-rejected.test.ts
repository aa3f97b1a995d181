import { describe, expect, it } from 'vitest';
import { type IntakeDependencies, takeEvents } from '../../shared/intake.ts';
import type { RejectedOutline } from '../../shared/ports.ts';
import { dayOfRejected, retryRejected, waitsForRetry } from '../../shared/retry-rejected.ts';
import type { OnCall, PortCall } from '../fakes/calls.ts';
import { fakeClock } from '../fakes/clock.ts';
import { fakePorts } from '../fakes/ports.ts';
import { ARRIVED, bytesOf, INTAKE_SETTINGS, rawEvent } from './order-event.ts';

const NOW = new Date(ARRIVED.getTime() + 90 * 60_000);
const HOST = 'parcels.example';

/** An intake that does not know a host of links yet; `allow` puts that right. */
function world(onCall: OnCall = () => undefined) {
  const ports = fakePorts({ clock: fakeClock(NOW, 'skipped'), onCall });
  let hosts = ['track.example.com'];
  const dependencies = (): IntakeDependencies => ({
    ...ports,
    ...INTAKE_SETTINGS,
    linkHosts: hosts,
  });
  const outlines = async () => {
    const found: RejectedOutline[] = [];
    for await (const outline of ports.rejectedEvents.outlinesOfDay(dayOfRejected({ arrived: ARRIVED })))
      found.push(outline);
    return found;
  };
  return {
    ...ports,
    allow: () => void hosts.push(HOST),
    forbid: () => void (hosts = []),
    outlines,
    take: (...bodies: Uint8Array[]) =>
      takeEvents(
        bodies.map((body) => ({ body, arrived: ARRIVED, parked: 0, resubmitted: 0 })),
        dependencies(),
      ),
    /** What the app does with everything on `retried-events`. */
    takeRetried: () =>
      takeEvents(
        ports.broker.retriedEvents.splice(0).map(({ body }) => body),
        dependencies(),
      ),
    retry: async () => retryRejected((await outlines()).filter(waitsForRetry), 'ann@desk', ports),
  };
}

const event = (id: string): Uint8Array =>
  bytesOf(rawEvent('order.delayed', { envelope: { id }, order: { trackingLink: `https://${HOST}/1` } }));

describe('rejected events that are retried', () => {
  it('are taken under their own ids, as of when they first arrived', async () => {
    const { take, takeRetried, allow, retry, outlines, subjects, deliveries, broker } = world();
    await take(event('e-1'), event('e-2'));
    allow();
    expect(await retry()).toBe(2);
    expect(broker.retriedEvents.map(({ body }) => [body.arrived, body.parked])).toEqual([
      [ARRIVED, 0],
      [ARRIVED, 0],
    ]);
    await takeRetried();
    expect(subjects.taken.map(({ id, arrived }) => [id, arrived])).toEqual([
      ['e-1', ARRIVED],
      ['e-2', ARRIVED],
    ]);
    expect(deliveries.rows.size).toBeGreaterThanOrEqual(2);
    expect((await outlines()).map(({ retried }) => retried)).toEqual([
      { at: NOW, by: 'ann@desk', times: 1 },
      { at: NOW, by: 'ann@desk', times: 1 },
    ]);
  });

  it('wait no more, so that a second retry sends nothing', async () => {
    const { take, allow, retry, broker } = world();
    await take(event('e-1'));
    allow();
    await retry();
    expect(await retry()).toBe(0);
    expect(broker.retriedEvents).toHaveLength(1);
  });

  it('are rejected again on the same row when they are still bad, with the reasons of now, and wait again', async () => {
    const { take, takeRetried, forbid, retry, outlines, rejectedEvents } = world();
    await take(event('e-1'));
    const [before] = await outlines();
    forbid();
    await retry();
    await takeRetried();
    expect(rejectedEvents.rows.size).toBe(1);
    const [after] = await outlines();
    expect([after?.times, after && waitsForRetry(after)]).toEqual([2, true]);
    expect(after?.reasons).not.toEqual(before?.reasons);
    expect(await retry()).toBe(1);
  });

  it('wait again also when they are rejected before the record of the retry is written', async () => {
    let early: (() => Promise<void>) | undefined;
    const racing = world(async ({ operation, moment }: PortCall) => {
      if (operation !== 'parkEvents' || moment !== 'after') return;
      const run = early;
      early = undefined;
      await run?.();
    });
    await racing.take(event('e-1'));
    early = () => racing.takeRetried();
    await racing.retry();
    const [after] = await racing.outlines();
    expect([after?.retried?.times, after?.times, after && waitsForRetry(after)]).toEqual([1, 2, true]);
  });

  it('go out once when the retry died at any moment and is done again', async () => {
    let moments = 0;
    const counting = world(() => void (moments += 1));
    await counting.take(event('e-1'));
    counting.allow();
    moments = 0;
    await counting.retry();
    expect(moments).toBeGreaterThan(4);
    for (let moment = 1; moment <= moments; moment += 1) {
      let left = Infinity;
      const one = world(() => {
        if ((left -= 1) === 0) throw new Error('died');
      });
      await one.take(event('e-1'));
      one.allow();
      left = moment;
      await expect(one.retry()).rejects.toThrow('died');
      await one.retry();
      await one.takeRetried();
      await one.retry();
      await one.takeRetried();
      expect(one.subjects.taken, `died at ${moment}`).toHaveLength(1);
      expect(one.broker.sms, `died at ${moment}`).toHaveLength(1);
    }
  });
});
