import { describe, expect, it } from 'vitest';
import type { Delivery, Progress } from '../../shared/delivery.ts';
import { takeDeadLetter } from '../../shared/dead-letters.ts';
import { takeEvents } from '../../shared/intake.ts';
import { INTAKE_SETTINGS } from '../shared/order-event.ts';
import { deliveryOf, PHONE, type planOf } from '../shared/stored-delivery.ts';
import { fakeWorld, NOW } from './world.ts';

const FAILED: Partial<Progress> = { status: 'failed', cause: 'carrier-blocked', revision: 2 };
const WHY = ['--why', 'Carrier has lifted it.'];

/** Deliveries of one subject that failed, as their event left them. */
async function withDeliveries(options: Parameters<typeof fakeWorld>[0], ...deliveries: readonly Delivery[]) {
  const world = fakeWorld(options);
  for (const delivery of deliveries) world.deliveries.rows.set(delivery.plan.id, delivery);
  for (const [eventId, rows] of Map.groupBy(deliveries, ({ plan }) => plan.eventId)) {
    const { source, subject, eventType: type, arrived, eventTime: time } = rows[0]!.plan;
    const record = { source, subject, id: eventId, type, arrived, time, contentHash: '' };
    const current = await world.subjects.current(source, subject);
    await world.subjects.take({ ...record, deliveries: rows.map(({ plan }) => plan.id) }, current);
  }
  return world;
}

const failed = (eventId: string, more: Parameters<typeof planOf>[0] = {}, progress = FAILED) =>
  deliveryOf({ eventId, ...more }, progress);

describe('notify resend', () => {
  it('sends what failed of a subject again, once, and says what is left alone', async () => {
    const rows = [
      failed('e-1'),
      deliveryOf({ eventId: 'e-1', channel: 'email' }, { status: 'delivered', cause: 'arrived' }),
    ];
    const world = await withDeliveries({}, ...rows);
    const { code, out, err } = await world.notify('resend', 'order:1042', '--yes', ...WHY);
    expect([code, world.broker.sms.length, world.broker.email.length]).toEqual([0, 1, 0]);
    expect(err).toContain('Sends 1 delivery again.');
    expect(err).toMatch(/Left alone: 1\. +It has arrived\./);
    const [resent] = [...world.deliveries.rows.values()].filter(({ plan }) => plan.resend);
    expect([resent?.plan.resend?.of, out]).toEqual([rows[0]!.plan.id, expect.stringContaining(resent!.plan.id)]);
    expect(world.staffActions.rows).toMatchObject([{ by: 'ann@desk', command: 'resend' }]);
    const again = await world.notify('resend', 'order:1042', '--yes', ...WHY);
    expect([again.code, world.broker.sms.length]).toEqual([1, 1]);
  });

  it('finds deliveries by a query, and lets nobody send everything by mistake', async () => {
    const rows = [
      failed('e-1'),
      failed('e-2', { version: 3 }),
      failed('e-3', { version: 3 }, { ...FAILED, cause: 'provider-error' }),
      failed('e-4', { version: 3, arrived: new Date(NOW.getTime() - 3 * 3_600_000) }),
    ];
    const world = await withDeliveries({}, ...rows);
    const query = ['--message', 'order-delayed', '--version', '3', '--cause', 'carrier-blocked', '--since', '2h'];
    const { out } = await world.notify('resend', ...query, '--yes', '--json', ...WHY);
    expect(JSON.parse(out)).toMatchObject({
      sentAgain: [{ id: rows[1]!.plan.id, recipient: '+49*********67' }],
      left: [],
    });
    expect(world.broker.sms).toHaveLength(1);
    const [second] = [...world.deliveries.rows.values()].filter(({ plan }) => plan.resend);
    const other = { ...rows[2]!.progress };
    world.deliveries.rows.set(second!.plan.id, { ...second!, progress: other });
    const again = await world.notify('resend', ...query, '--yes', ...WHY);
    expect([again.code, again.err]).toEqual([1, expect.stringContaining('It was sent again already.')]);
    for (const wrong of [['--since', '2h'], ['order:1042', '--cause', 'refused'], [], ['--cause', 'nonsense']])
      expect((await world.notify('resend', ...wrong, '--yes', ...WHY)).code, wrong.join(' ')).toBe(2);
    expect(
      (await world.notify('resend', ...query.slice(0, 2), '--since', '2h', '--limit', '1', '--yes', ...WHY)).code,
    ).toBe(2);
  });

  it('follows a delivery to what it was sent again as', async () => {
    const first = failed('e-1');
    const world = await withDeliveries({}, first);
    const ask = () => world.notify('resend', first.plan.id, '--yes', '--json', ...WHY);
    const [{ as }] = (JSON.parse((await ask()).out) as { sentAgain: [{ as: Delivery['plan']['id'] }] }).sentAgain;
    expect((await ask()).err).toContain('still under way');
    world.deliveries.rows.set(as, { ...world.deliveries.rows.get(as)!, progress: { ...first.progress } });
    expect(JSON.parse((await ask()).out)).toMatchObject({ sentAgain: [{ id: as }] });
    expect(world.broker.sms).toHaveLength(2);
  });

  it('wants a reason that may be kept', async () => {
    const world = await withDeliveries({}, failed('e-1'));
    for (const why of [[], ['--why', `Call ${PHONE}`], ['--why', 'write to ann@example.com'], ['--why', ' ']])
      expect((await world.notify('resend', 'order:1042', '--yes', ...why)).code).toBe(2);
    expect(world.broker.sms).toEqual([]);
  });
});

describe('a command that changes something', () => {
  const command = ['resend', 'order:1042', ...WHY];

  it('does nothing in a dry run, without a yes, and where nobody can be asked', async () => {
    const [dry, no, nobody] = [
      await withDeliveries({}, failed('e-1')),
      await withDeliveries({ answer: false }, failed('e-1')),
      await withDeliveries({}, failed('e-1')),
    ];
    const results = [
      await dry.notify(...command, '--dry-run'),
      await no.notify(...command),
      await nobody.notify(...command),
    ];
    expect(results.map(({ code }) => code)).toEqual([0, 0, 2]);
    for (const { broker, staffActions } of [dry, no, nobody]) expect([broker.sms, staffActions.rows]).toEqual([[], []]);
  });

  it('goes on when it is told so', async () => {
    const world = await withDeliveries({ answer: true }, failed('e-1'));
    expect((await world.notify(...command, '--by', 'eve')).code).toBe(0);
    expect(world.asked).toHaveLength(1);
    const [resent] = [...world.deliveries.rows.values()].filter(({ plan }) => plan.resend);
    expect(resent?.plan.resend).toMatchObject({ by: 'eve', why: 'Carrier has lifted it.' });
  });
});

describe('notify rejected retry', () => {
  it('takes those again that wait, by the path of their fault, once', async () => {
    const world = fakeWorld();
    const arrived = new Date(NOW.getTime() - 60_000);
    const bodies = ['{"specversion":"1.0","id":"e-1"}', 'no JSON'].map((text) => Buffer.from(text));
    await takeEvents(
      bodies.map((body) => ({ body, arrived, parked: 0, resubmitted: 0 })),
      { ...world, ...INTAKE_SETTINGS },
    );
    const ask = () => world.notify('rejected', 'retry', '--since', '1h', '--reason-path', 'source', '--yes');
    expect((await ask()).code).toBe(0);
    expect(world.broker.retriedEvents.map(({ body }) => [body.arrived, Buffer.from(body.body)])).toEqual([
      [arrived, bodies[0]],
    ]);
    expect((await ask()).code).toBe(1);
    expect((await world.notify('rejected', 'retry', '--yes')).code).toBe(2);
    expect(world.broker.retriedEvents).toHaveLength(1);
  });
});

describe('notify dead-letters', () => {
  async function withLetters() {
    const world = await withDeliveries({}, deliveryOf());
    const [delivery] = world.deliveries.rows.keys();
    const common = { at: NOW, reason: 'MaxDeliveryCountExceeded', description: '', deliveryCount: 10, enqueued: NOW };
    const letter = { ...common, messageId: 'm', arrived: NOW, resubmitted: 1 };
    const copy = Buffer.from(JSON.stringify({ delivery, copy: 0 }));
    for (const more of [
      { entity: 'sms', sequenceNumber: '42', body: copy },
      { entity: 'retried-events', sequenceNumber: '7', body: Buffer.from('no JSON') },
    ])
      await takeDeadLetter({ ...letter, ...more }, { ...world, ...INTAKE_SETTINGS });
    return world;
  }

  it('puts them back by queue, and keeps who did that', async () => {
    const world = await withLetters();
    const { code, out } = await world.notify(
      'dead-letters',
      'resubmit',
      '--since',
      '1h',
      '--entity',
      'sms',
      '--yes',
      '--json',
    );
    expect([code, JSON.parse(out)]).toEqual([0, { putBack: ['2026-11-20/sms@42'], left: [] }]);
    expect(world.broker.sms.map(({ messageId }) => messageId)).toEqual([expect.stringMatching(/\/r2026-11-20T14:30/)]);
    const [row] = [...world.deadLetters.rows.values()];
    expect(row?.putBack).toEqual({ at: NOW, by: 'ann@desk' });
    expect((await world.notify('dead-letters', 'resubmit', '--since', '1h', '--entity', 'sms', '--yes')).code).toBe(1);
  });

  it('removes rows, those that wait for a person only when told so', async () => {
    const world = await withLetters();
    const purge = (...flags: string[]) =>
      world.notify('dead-letters', 'purge', '--since', '1h', '--yes', '--why', 'A test.', ...flags);
    expect((await purge()).out).toContain('1 dead letter removed');
    expect([...world.deadLetters.rows.values()].map(({ entity }) => entity)).toEqual(['retried-events']);
    expect((await purge()).code).toBe(1);
    expect((await purge('--waiting-too')).code).toBe(0);
    expect(world.deadLetters.rows.size).toBe(0);
    expect(world.staffActions.rows).toHaveLength(2);
  });
});

describe('notify suppressions', () => {
  it('adds and lifts, with who and why, and no address anywhere', async () => {
    const world = fakeWorld();
    const why = ['--why', 'Asked for it in ticket 4711.', '--yes'];
    expect((await world.notify('suppressions', 'add', PHONE, ...why)).out).toContain('Done.');
    expect((await world.notify('suppressions', 'add', PHONE, ...why)).out).toContain('Nothing to do');
    const [row] = [...world.suppressions.rows.values()];
    expect(row).toMatchObject({ cause: 'blocked-by-staff', by: 'ann@desk', reason: 'Asked for it in ticket 4711.' });
    const lifted = await world.notify('suppressions', 'lift', PHONE, ...why);
    expect([lifted.code, lifted.err]).toEqual([0, expect.stringContaining('Lets +49*********67 be written to again.')]);
    expect((await world.notify('suppressions', 'lift', PHONE, ...why)).code).toBe(1);
    const kept = JSON.stringify([[...world.suppressions.rows.values()], world.staffActions.rows]);
    expect(kept).toContain('"lifts":[{');
    expect(kept).not.toContain(PHONE.slice(1));
  });

  it('refuses what is no address, and an end that is over', async () => {
    const world = fakeWorld();
    const why = ['--why', 'x', '--yes'];
    expect((await world.notify('suppressions', 'add', '12', ...why)).code).toBe(2);
    expect((await world.notify('suppressions', 'add', PHONE, '--until', '2026-11-20', ...why)).code).toBe(2);
    expect(world.suppressions.rows.size).toBe(0);
  });
});
