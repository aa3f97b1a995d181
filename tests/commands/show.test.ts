import { beforeEach, describe, expect, it } from 'vitest';
import { UNTOUCHED } from '../../shared/delivery.ts';
import { ARRIVED, MAIL, PHONE, planOf } from '../shared/stored-delivery.ts';
import { fakeWorld, NOW } from './world.ts';

describe('show of an address', () => {
  let world: ReturnType<typeof fakeWorld>;

  beforeEach(async () => {
    world = fakeWorld();
    const hoursAgo = (hours: number) => new Date(ARRIVED.getTime() - hours * 3_600_000);
    await world.deliveries.plan([
      planOf({ eventId: '1', subject: 'order:1042' }),
      planOf({ eventId: '2', subject: 'order:1043', arrived: hoursAgo(50) }),
      planOf({ eventId: '3', subject: 'order:1044', arrived: hoursAgo(200) }),
      planOf({ eventId: '4', subject: 'order:1045', address: '+4915112345668' }),
      planOf({ eventId: '5', subject: 'order:1046', channel: 'email' }),
    ]);
    const [first] = [...world.deliveries.rows.values()];
    await world.deliveries.record(first!, { ...UNTOUCHED, status: 'failed', cause: 'handset-unreachable' });
  });

  it('lists what went there, masked, the latest first, and what it means', async () => {
    expect((await world.notify('show', PHONE)).out).toMatchInlineSnapshot(`
      "2 deliveries to +49*********67 since 2026-11-13 14:30:00 UTC

        event             subject     message           status   cause
        2026-11-20 13:00  order:1042  order-delayed v1  failed   handset-unreachable
        2026-11-18 11:00  order:1043  order-delayed v1  planned  waiting

        handset-unreachable: The phone was switched off or out of reach for too long. Call the customer,
          or send again later.
        waiting: It waits for its turn. Nothing to do.

      The timeline of one: npm run notify -- show order:1042
      "
    `);
  });

  it('reads the hours that hold deliveries, and none before the time asked for', async () => {
    await world.notify('show', PHONE);
    expect(world.progress.map((line) => /reading (\S+),/.exec(line)?.[1])).toEqual(['2026-11-18T11', '2026-11-20T13']);
    const { out } = await world.notify('show', PHONE, '--since', '30d', '--json');
    expect((JSON.parse(out) as { deliveries: object[] }).deliveries).toHaveLength(3);
  });

  it('compares mail addresses as they are told apart when they are suppressed', async () => {
    const { code, out } = await world.notify('show', 'Anna.Muster@EXAMPLE.com', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      recipient: 'A***@example.com',
      deliveries: [
        { subject: 'order:1046', recipient: 'A***@example.com', status: 'planned', meaning: expect.any(String) },
      ],
    });
    expect(out).not.toContain(MAIL);
  });

  it('never prints the address unless asked to, which is recorded masked', async () => {
    for (const flags of [[], ['--json']]) {
      const { out, err } = await world.notify('show', PHONE, ...flags);
      expect(out + err + world.progress.join()).not.toContain(PHONE);
    }
    expect((await world.notify('show', PHONE, '--reveal')).out).toContain(`to ${PHONE}`);
    expect(world.staffActions.rows).toEqual([
      { at: NOW, by: 'ann@desk', command: 'show', what: 'Reveals what went to +49*********67.' },
    ]);
  });

  it('says that nothing went there', async () => {
    const { code, out, err } = await world.notify('show', '+4915112345669');
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^Nothing was planned for \+49\*{9}69 since 2026-11-13 14:30:00 UTC/);
  });
});

describe('show of a delivery', () => {
  it('shows that one with its event', async () => {
    const world = fakeWorld();
    const plans = [planOf(), planOf({ channel: 'email' })];
    await world.deliveries.plan(plans);
    const { code, out } = await world.notify('show', plans[1]!.id.toUpperCase());
    expect(code).toBe(0);
    expect(out).toContain('order:1042 · Nordlicht · 1 delivery: 1 planned');
    expect(out).toContain('Email to a***@example.com');
    expect(await world.notify('show', planOf({ eventId: 'other' }).id)).toMatchObject({ code: 1, out: '' });
  });
});

describe('show of an order', () => {
  let world: ReturnType<typeof fakeWorld>;
  const plans = [planOf(), planOf({ channel: 'email' })];

  beforeEach(async () => {
    world = fakeWorld();
    await world.deliveries.plan(plans);
    const { source, subject, eventId: id, eventType: type } = plans[0]!;
    const event = { source, subject, id, type, arrived: ARRIVED, time: ARRIVED, contentHash: '' };
    await world.subjects.take({ ...event, deliveries: plans.map((plan) => plan.id) }, { newest: {} });
  });

  it('takes an order number for what it is', async () => {
    const { code, out } = await world.notify('show', '1042');
    expect(code).toBe(0);
    expect(out).toContain('order:1042 · Nordlicht · 2 deliveries: 2 planned');
  });

  it('is JSON for programs, masked and without texts unless revealed', async () => {
    const { out } = await world.notify('show', 'order:1042', '--json');
    expect(JSON.parse(out)).toMatchObject({
      subject: 'order:1042',
      events: [{ id: 'evt-1' }],
      deliveries: [
        { id: plans[0]!.id, recipient: '+49*********67', status: 'planned', cause: 'waiting', timeline: [] },
        { id: plans[1]!.id, recipient: 'a***@example.com' },
      ],
    });
    expect(out).not.toMatch(/"content"|anna\.muster|\+4915112345667/);
    const revealed = JSON.parse((await world.notify('show', 'order:1042', '--json', '--reveal')).out) as object;
    expect(revealed).toMatchObject({
      deliveries: [{ recipient: PHONE, content: { segments: 1 } }, { recipient: MAIL }],
    });
  });

  it('says in a line that nothing is known of it', async () => {
    const { code, out, err } = await world.notify('show', 'order:7');
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^Nothing is known of order:7\..*\n$/);
  });
});
