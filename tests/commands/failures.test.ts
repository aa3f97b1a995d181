import { beforeEach, describe, expect, it } from 'vitest';
import { projectFailure } from '../../shared/failures.ts';
import type { Plan, Progress } from '../../shared/delivery.ts';
import { ARRIVED, deliveryOf, MAIL, PHONE } from '../shared/stored-delivery.ts';
import { fakeWorld, NOW } from './world.ts';

const at = (minutes: number) => new Date(ARRIVED.getTime() + minutes * 60_000);

describe('failures', () => {
  let world: ReturnType<typeof fakeWorld>;

  async function failed(plan: Partial<Plan>, cause: Progress['cause'], minutes: number, more: Partial<Progress> = {}) {
    const progress = {
      cause,
      status: 'failed',
      history: [{ at: at(minutes), status: 'failed', cause }],
      ...more,
    } as const;
    const delivery = deliveryOf(plan, progress);
    await world.deliveries.plan([delivery.plan]);
    await world.failures.put(projectFailure(delivery, NOW)!);
    return delivery.plan.id;
  }

  beforeEach(async () => {
    world = fakeWorld();
    await failed({ eventId: '1', subject: 'order:1042', region: 'Tirol' }, 'number-does-not-exist', 10);
    await failed({ eventId: '2', subject: 'order:1043', region: 'Tirol' }, 'handset-unreachable', 20);
    await failed({ eventId: '3', subject: 'order:1044', region: 'Wien', channel: 'email' }, 'hard-bounced', 30);
    await failed({ eventId: '4', subject: 'order:1045', region: '' }, 'number-does-not-exist', 80);
    await failed({ eventId: '5', subject: 'order:1046', region: 'Wien' }, 'no-report', 40, {
      status: 'delivered',
      cause: 'arrived',
      reported: at(50),
      history: [
        { at: at(40), status: 'unknown', cause: 'no-report' },
        { at: at(50), status: 'delivered', cause: 'arrived' },
      ],
    });
  });

  it('stand under their cause and what to do, masked, the latest first', async () => {
    expect((await world.notify('failures')).out).toMatchInlineSnapshot(`
      "4 deliveries did not arrive since 2026-11-19 14:30:00 UTC (1 more arrived after all).

      2 failed: The phone number is not in service.
        Reach the customer another way and ask for a working address.

        2026-11-20 14:20  order:1045  sms  +49*********67  DE        order-delayed v1
        2026-11-20 13:10  order:1042  sms  +49*********67  DE Tirol  order-delayed v1

      1 failed: The mailbox does not exist; a mail to it bounced.
        Reach the customer another way and ask for a working address.

        2026-11-20 13:30  order:1044  email  a***@example.com  DE Wien  order-delayed v1

      1 failed: The phone was switched off or out of reach for too long.
        Call the customer, or send again later.

        2026-11-20 13:20  order:1043  sms  +49*********67  DE Tirol  order-delayed v1
      "
    `);
  });

  it('keep within 80 columns', async () => {
    world = fakeWorld({ width: 80 });
    const subject = `order:${'long-'.repeat(20)}`;
    await failed({ subject, region: 'a region with quite a long name', shop: 'x' }, 'hard-bounced', 10);
    for (const flags of [[], ['--by', 'subject,region,cause']]) {
      const { out } = await world.notify('failures', ...flags);
      expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
      expect(out).toContain('…');
    }
  });

  it('can be counted by up to three columns, with bars', async () => {
    expect((await world.notify('failures', '--by', 'region,channel')).out).toMatchInlineSnapshot(`
      "4 deliveries did not arrive since 2026-11-19 14:30:00 UTC (1 more arrived after all).

        region  channel  count
        Tirol   sms          2  ████████████████████
        (none)  sms          1  ██████████
        Wien    email        1  ██████████
      "
    `);
    const { code, err } = await world.notify('failures', '--by', 'region,cause,channel,shop');
    expect([code, err]).toEqual([2, '--by: at most 3 columns.\n']);
  });

  it('say what each cause means when they are counted by cause', async () => {
    const { out } = await world.notify('failures', '--by', 'cause');
    expect(out).toContain('number-does-not-exist      2  ████████████████████');
    expect(out).toContain('The phone number is not in service.');
  });

  it('are those since a time, by when they failed', async () => {
    expect((await world.notify('failures', '--since', '20m')).out).toContain('1 delivery did not arrive');
    expect((await world.notify('failures', '--since', '5m')).out).toBe(
      'Everything arrived since 2026-11-20 14:25:00 UTC.\n',
    );
  });

  it('are found although their events came days before', async () => {
    const arrived = new Date('2026-11-18T23:00:00Z');
    await failed({ eventId: 'old', arrived, region: 'Salzburg' }, 'no-report', 85, { status: 'unknown' });
    expect((await world.notify('failures', '--since', '1h', '--where', 'region=Salzburg')).out).toContain('1 delivery');
  });

  it('can be chosen by columns', async () => {
    const { out } = await world.notify(
      'failures',
      '--where',
      'region=Tirol',
      '--where',
      'cause=handset-unreachable',
      '--json',
    );
    expect((JSON.parse(out) as object[]).length).toBe(1);
    expect(JSON.parse(out)).toMatchObject([{ subject: 'order:1043', recipient: '+49*********67', region: 'Tirol' }]);
    expect(await world.notify('failures', '--where', 'planet=Mars')).toMatchObject({ code: 2, out: '' });
  });

  it('leave out what arrived after all, unless that is asked for', async () => {
    expect((await world.notify('failures', '--resolved', '--json')).out).toContain('order:1046');
    expect((await world.notify('failures', '--json')).out).not.toContain('order:1046');
  });

  it('are CSV with all columns, and counts as CSV', async () => {
    const lines = (await world.notify('failures', '--csv')).out.split('\n');
    expect(lines[0]).toBe(
      'delivery,at,subject,shop,message,version,locale,channel,country,region,carrier,mailHost,recipient,status,cause,reason,nextStep,sender,resolvedAt',
    );
    expect(lines).toHaveLength(1 + 4 + 1);
    expect((await world.notify('failures', '--csv', '--by', 'region')).out).toBe('region,count\nTirol,2\n,1\nWien,1\n');
  });

  it('are cut to the latest, and say so', async () => {
    const { out, err } = await world.notify('failures', '--limit', '1', '--json');
    expect(JSON.parse(out)).toMatchObject([{ subject: 'order:1045' }]);
    expect(err).toBe('The latest 1 of 4 are shown; --limit 0 shows all, --by counts them.\n');
    expect(JSON.parse((await world.notify('failures', '--limit', '0', '--json')).out)).toHaveLength(4);
  });

  it('show their recipients only on record', async () => {
    const { out, err } = await world.notify('failures', '--reveal', '--json');
    for (const secret of [PHONE, MAIL]) expect(out).toContain(secret);
    expect(err).toContain('on record, with your name: ann@desk');
    expect(world.staffActions.rows).toEqual([
      { at: NOW, by: 'ann@desk', command: 'failures', what: 'Reveals the recipients of 4 deliveries.' },
    ]);
  });

  it('do not show them when there can be no record of it', async () => {
    world.staffActions.put = () => Promise.reject(new Error('away'));
    await expect(world.notify('failures', '--reveal')).rejects.toThrow('away');
  });

  it('say how far they have come', async () => {
    await world.notify('failures', '--since', '1h');
    expect(world.progress[0]).toBe('Reading 2026-11-20, 1 of 5 days: 0 found');
  });
});
