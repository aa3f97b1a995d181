import { beforeEach, describe, expect, it } from 'vitest';
import { fingerprintOf } from '../../commands/fingerprint.ts';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { QueueError } from '../../shared/azure/queues.ts';
import { readSettings } from '../../shared/config.ts';
import { UNTOUCHED } from '../../shared/delivery.ts';
import { projectFailure } from '../../shared/failures.ts';
import { deliveryOf, planOf } from '../shared/stored-delivery.ts';
import { fakeWorld, NOW } from './world.ts';

const before = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);

describe('status', () => {
  let world: ReturnType<typeof fakeWorld>;

  /** @param minutes since its event */
  async function delivered(
    eventId: string,
    minutes: number,
    after: number,
    status: 'delivered' | 'accepted' = 'delivered',
  ) {
    const plan = planOf({ eventId, arrived: before(minutes) });
    await world.deliveries.plan([plan]);
    const at = before(minutes - after);
    await world.deliveries.record(world.deliveries.rows.get(plan.id)!, {
      ...UNTOUCHED,
      status,
      cause: 'taken',
      accepted: at,
      ...(status === 'delivered' ? { reported: at } : {}),
    });
  }

  beforeEach(async () => {
    world = fakeWorld();
    await delivered('in time', 30, 2);
    await delivered('late', 29, 6);
    await delivered('only accepted', 28, 1, 'accepted');
    await delivered('too young to be judged', 3, 1);
    await delivered('too old to be counted', 90, 1);
    await world.queues.sendCopies('sms', [
      { copy: { delivery: planOf().id, copy: 0 } },
      { copy: { delivery: planOf().id, copy: 1 }, at: before(-5) },
    ]);
    await world.clock.advance(75_000);
  });

  it('judges nothing that was sent again: it is late by nature', async () => {
    const judged = async () =>
      (
        JSON.parse((await world.notify('status', '--json')).out) as {
          deliveries: { judged: number; planned: number }[];
        }
      ).deliveries[0];
    const earlier = await judged();
    const resend = { of: planOf().id, by: 'ann@desk', why: 'She asks for it.' };
    await world.deliveries.plan([planOf({ eventId: 'again', arrived: before(20), eventTime: before(50), resend })]);
    expect(await judged()).toMatchObject({ judged: 3, planned: (earlier?.planned ?? 0) + 1 });
  });

  it('tells what waits, what became of the last hour, and what wants attention', async () => {
    const { code, out } = await world.notify('status');
    expect(code).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "2026-11-20 14:31:15 UTC · tables at tables.test · broker at servicebus.test

      What waits at the broker

                        now  scheduled  oldest      dead-lettered
        retried-events    0          0  –                       –
        sms               1          1  1 min 15 s              –
        email             0          0  –                       –

      Deliveries of events since 2026-11-20 13:31:15 UTC

                               sms  email
        accepted                 1      0
        delivered                3      0
        all                      4      0
        accepted in time*   66.7 %      –
        delivered in time*  33.3 %      –
        * within five minutes of the event, of those whose five minutes are over

      Channels

        ✔ sms    on
        ✔ email  on

      The rate calendar

                                booked  limit  within  booked until
        toll-free +18005550100       0    200  60 s               –
        alphanumeric names           0    600  60 s               –
        custom-domain mail           0     30  60 s               –
                                     0    100  1 h

      The last 24 hours

        0 deliveries did not arrive
        0 events could not be used
        0 messages given up, none waiting for a person

      Settings: fingerprint 4b6e8f7a5393 (the same wherever the app is set up alike)
      "
    `);
  });

  it('names the whole command for what wants attention', async () => {
    const cause = 'handset-unreachable';
    const failed = deliveryOf({}, { status: 'failed', cause, history: [{ at: before(20), status: 'failed', cause }] });
    await world.failures.put(projectFailure(failed, NOW)!);
    const { out } = await world.notify('status');
    expect(out).toContain('  1 delivery did not arrive\n    npm run notify -- failures --by cause,region\n');
    expect(out.match(/npm run/g)).toHaveLength(1);
  });

  it('keeps within 80 columns whatever there is', async () => {
    world = fakeWorld({ width: 80 });
    const statuses = [
      'planned',
      'sending',
      'accepted',
      'failed',
      'unknown',
      'uncertain',
      'skipped',
      'expired',
    ] as const;
    for (const status of statuses) {
      const plan = planOf({ eventId: status, arrived: before(20) });
      await world.deliveries.plan([plan]);
      await world.deliveries.record(world.deliveries.rows.get(plan.id)!, { ...UNTOUCHED, status, cause: 'waiting' });
    }
    const { out } = await world.notify('status');
    for (const status of statuses) expect(out).toContain(status);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('says that there is more than it looked at', async () => {
    expect((await world.notify('status', '--peek', '1')).out).toMatch(/sms +≥ 1 /);
  });

  it('judges only those whose five minutes are over', async () => {
    const { deliveries } = JSON.parse((await world.notify('status', '--json')).out) as { deliveries: object[] };
    expect(deliveries[0]).toEqual({
      channel: 'sms',
      planned: 4,
      byStatus: { delivered: 3, accepted: 1 },
      judged: 3,
      acceptedInTime: 2,
      deliveredInTime: 1,
    });
  });

  it('tells the rest, and fails, when the broker is away', async () => {
    world.queues.peek = () => Promise.reject(new QueueError('sms', 'peek at messages', { code: 'ECONNREFUSED' }));
    const { code, out, err } = await world.notify('status');
    expect(code).toBe(1);
    expect(out).toContain('Deliveries of events since');
    expect(err).toMatch(/^The broker could not be reached/);
  });
});

describe('the fingerprint of settings', () => {
  const settings = (more: Record<string, string>) => fingerprintOf(readSettings({ ...sample.Values, ...more }));

  it('changes with a setting and with the name of a key, not with a secret', () => {
    const one = settings({});
    expect(one).toMatch(/^[0-9a-f]{12}$/);
    expect(settings({})).toBe(one);
    expect(settings({ RETENTION_DAYS: '7' })).not.toBe(one);
    expect(settings({ ServiceBus: 'Endpoint=sb://elsewhere;SharedAccessKeyName=a;SharedAccessKey=b' })).not.toBe(one);
    expect(
      settings({ ServiceBus: sample.Values.ServiceBus.replace('SharedAccessKey=local', 'SharedAccessKey=other') }),
    ).toBe(one);
    const key = sample.Values.ADDRESS_HASH_KEYS.slice('k1='.length);
    expect(settings({ ADDRESS_HASH_KEYS: `k1=${Buffer.alloc(32, 7).toString('base64')}` })).toBe(one);
    expect(settings({ ADDRESS_HASH_KEYS: `k2=${key}` })).not.toBe(one);
  });
});
