import { describe, expect, it } from 'vitest';
import type { Plan, Progress } from '../../shared/delivery.ts';
import { deliveryId } from '../../shared/delivery-id.ts';
import type { Quiet } from '../../shared/hold.ts';
import { LIMITS } from '../../shared/limits.ts';
import { placePlans } from '../../shared/place.ts';
import { type QuietHours, quietUntil } from '../../shared/quiet-hours.ts';
import { reachSlot } from '../../shared/reach-slot.ts';
import { fakeClock } from '../fakes/clock.ts';
import { fakePacing } from '../fakes/pacing.ts';
import { fakePorts } from '../fakes/ports.ts';
import { SCOPE } from './bookings-world.ts';
import { SILENCE, TAKEN, answered, planOf, rowOf, sendWorld } from './send-world.ts';

/** All of these begin at 14:00 in Vienna. */
const ZONE = 'Europe/Vienna';
const QUIET: Quiet = { zone: ZONE, tooLate: 'expire' };
const at = (local: string) => new Date(`2026-11-20T${local}+01:00`);
const NOW: QuietHours = { start: 13 * 60, end: 15 * 60 };
const SOON: QuietHours = { start: 14 * 60 + 2, end: 15 * 60 };
const limits = LIMITS.real;

/** Over a scope of 200 a minute. */
function pacing(hours: QuietHours) {
  const ports = fakePorts({ clock: fakeClock(undefined, 'skipped') });
  const dependencies = {
    ...ports,
    ...fakePacing(ports, { scopes: { sms: SCOPE, email: SCOPE } }),
    limits,
    quietHoursOf: () => hours,
  };
  return {
    ...dependencies,
    place: (...plans: Plan[]) => placePlans(plans, dependencies),
    reach: (plan: Plan, progress: Partial<Progress> = {}) =>
      reachSlot(rowOf(plan, progress), '+18005550199', dependencies),
    backlog: (windows: number) =>
      dependencies.bookings.book(
        SCOPE,
        Array.from({ length: windows * 200 }, () => ({ lane: 'normal' as const, units: 1, deadline: at('23:00') })),
        dependencies.log,
      ),
  };
}

const held = (change: Partial<Plan> = {}): Plan =>
  planOf('sms', { lane: 'normal', deadline: at('20:00'), quiet: QUIET, ...change });

const idOf = (occasion: string) =>
  deliveryId({
    instant: at('14:00'),
    source: '/shop',
    subject: 'order:1',
    occasion,
    role: 'customer',
    message: 'm',
    channel: 'sms',
  });

const isMorning = (instant: Date | undefined) => instant && instant >= at('15:00') && instant < at('15:15');

describe('new deliveries in quiet hours', () => {
  it('come when they are over, without a slot, and say why', async () => {
    const { place, senderCalendars } = pacing(NOW);
    const [plan] = await place(held());
    expect(plan).toMatchObject({ firstBooking: 'none', firstCause: 'quiet-hours' });
    expect(isMorning(plan!.firstSlot)).toBe(true);
    expect(senderCalendars.rows.size).toBe(0);
  });

  it('come at instants of their own', async () => {
    const plans = await pacing(NOW).place(
      ...Array.from({ length: 50 }, (_, index) => held({ id: idOf(String(index)) })),
    );
    expect(new Set(plans.map(({ firstSlot }) => firstSlot.getTime())).size).toBe(50);
  });

  it('have a slot when their message is sent at any hour', async () => {
    const { quiet: _, ...plan } = held();
    expect((await pacing(NOW).place(plan))[0]).toMatchObject({ firstBooking: 'own' });
  });

  it('come at once when the morning is too late: to be sent, or to end', async () => {
    const deadline = at('14:30');
    const [sent, expired] = await pacing(NOW).place(
      held({ deadline, quiet: { ...QUIET, tooLate: 'send' } }),
      held({ deadline, id: idOf('2') }),
    );
    expect(sent).toMatchObject({ firstBooking: 'own' });
    expect(expired).toMatchObject({ firstBooking: 'none', firstSlot: at('14:00') });
    expect(expired).not.toHaveProperty('firstCause');
  });

  it('do not keep one that cannot be sent at all', async () => {
    const [plan] = await pacing(NOW).place(held({ unsendable: 'bad-address' }));
    expect(plan).toMatchObject({ firstSlot: at('14:00') });
  });
});

describe('a backlog that leads into quiet hours', () => {
  it('ends before them: who finds no slot any more is held, and takes none from others', async () => {
    const { place, backlog, bookings, log } = pacing(SOON);
    await backlog(1);
    const plans = await place(...Array.from({ length: 400 }, (_, index) => held({ id: idOf(String(index)) })));
    const booked = plans.filter(({ firstBooking }) => firstBooking !== 'none');
    const waiting = plans.filter(({ firstBooking }) => firstBooking === 'none');
    expect(booked.length).toBeGreaterThan(150);
    expect(waiting.length).toBeGreaterThan(150);
    for (const { firstSlot } of booked) expect(firstSlot.getTime()).toBeLessThan(at('14:02').getTime() - limits.guard);
    for (const plan of waiting) expect([isMorning(plan.firstSlot), plan.firstCause]).toEqual([true, 'quiet-hours']);
    const [next] = await bookings.book(SCOPE, [{ lane: 'normal', units: 1, deadline: at('23:00') }], log);
    expect(next!.at.getTime()).toBeLessThan(at('14:04').getTime());
  });

  it('holds who missed a slot and finds none before them', async () => {
    const { reach, backlog, place } = pacing(SOON);
    await backlog(3);
    await place(...Array.from({ length: 10 }, () => planOf('sms')));
    const late = held({ firstSlot: at('13:59'), firstBooking: 'own' });
    const reached = await reach(late);
    expect(reached).toMatchObject({ do: 'come-again', slot: { booking: 'none' }, cause: 'quiet-hours' });
    expect('slot' in reached && isMorning(reached.slot.at)).toBe(true);
  });
});

describe('a slot that lies in quiet hours', () => {
  it.each(['14:00:00', '13:59:00', '14:00:01.900'])('is not used, booked for %s', async (slot) => {
    const reached = await pacing(NOW).reach(held({ firstSlot: at(slot), firstBooking: 'own' }));
    expect(reached).toMatchObject({ do: 'come-again', slot: { booking: 'none' }, cause: 'quiet-hours' });
  });

  it('holds a late delivery until they are over, also while its channel is off', async () => {
    const { reach, channelSwitches } = pacing(NOW);
    await channelSwitches.put({ channel: 'sms', off: true, canaries: [], by: 'ann@desk', at: at('13:00'), why: 'x' });
    const late = held({ firstSlot: at('12:59'), firstBooking: 'own' });
    expect(await reach(late)).toMatchObject({ do: 'come-again', cause: 'quiet-hours' });
  });

  it('is not used when they begin before it', async () => {
    const hours = { ...NOW, start: 14 * 60 + 1 };
    const { reach, clock } = pacing(hours);
    await clock.wait(59_000);
    expect(await reach(held({ firstSlot: at('14:01:00.500'), firstBooking: 'own' }))).toMatchObject({
      do: 'come-again',
    });
  });

  it('is used for a call that has to be repeated', async () => {
    const progress = {
      unanswered: true,
      firstSent: at('13:59:30'),
      sender: '+18005550199',
      slot: at('14:00'),
      booking: 'own',
    } as const;
    expect(await pacing(NOW).reach(held(), progress)).toMatchObject({ do: 'call' });
  });

  it('ends a delivery for which the morning is too late', async () => {
    expect(await pacing(NOW).reach(held({ deadline: at('14:59') }))).toEqual({ do: 'expire' });
  });
});

/** One delivery in its queue from 14:00 on, and every call that was made for it. */
function night(
  hours: QuietHours,
  { plan = {}, deeds = [] }: Pick<NonNullable<Parameters<typeof sendWorld>[0]>, 'plan' | 'deeds'> = {},
) {
  const world = sendWorld({ plan: { deadline: at('20:00'), quiet: QUIET, ...plan }, deeds });
  world.dependencies.quietHoursOf = () => hours;
  return world;
}

describe('a delivery whose copy comes in quiet hours', () => {
  it('says so in its row, and is sent once they are over', async () => {
    const world = night(NOW);
    const { row, requests, clock } = world;
    await world.takeNext();
    expect(row().progress).toMatchObject({ status: 'sending', cause: 'quiet-hours', booking: 'none', copy: 1 });
    expect(row().progress.history).toEqual([
      {
        at: at('14:00'),
        status: 'sending',
        cause: 'quiet-hours',
        attempt: 0,
        note: 'quiet hours',
        next: row().progress.slot,
      },
    ]);
    expect(requests).toEqual([]);
    await world.drain();
    expect(requests.map(({ firstSent }) => isMorning(firstSent))).toEqual([true]);
    expect(row().progress).toMatchObject({ status: 'accepted' });
    expect(isMorning(clock.now())).toBe(true);
  });

  it('expires with its cause, and a row for support staff', async () => {
    const world = night(NOW, { plan: { deadline: at('14:59') } });
    const { row, requests, failureRows } = world;
    await world.drain();
    expect(row().progress).toMatchObject({ status: 'expired', cause: 'quiet-hours' });
    expect(requests).toEqual([]);
    expect(failureRows).toHaveLength(1);
  });

  it('is sent at once when its message says so', async () => {
    const world = night(NOW, { plan: { deadline: at('14:59'), quiet: { ...QUIET, tooLate: 'send' } } });
    const { requests } = world;
    await world.drain();
    expect(requests.map(({ firstSent }) => firstSent)).toEqual([at('14:00')]);
  });

  it('is told nothing that has become old news meanwhile', async () => {
    const world = night(NOW);
    const { row, requests, subjects, plan } = world;
    await subjects.take(
      {
        source: plan.source,
        subject: plan.subject,
        id: 'e-2',
        type: 'order.delivered',
        arrived: at('14:30'),
        time: at('14:30'),
        contentHash: 'x',
        deliveries: [],
      },
      { newest: { 'order.delivered': { id: 'e-2', time: at('14:30').toISOString() } } },
    );
    await world.drain();
    expect(row().progress).toMatchObject({ status: 'skipped', cause: 'superseded' });
    expect(requests).toEqual([]);
  });
});

describe('a delivery that is refused shortly before quiet hours', () => {
  it('waits for their end with its next attempt', async () => {
    const refusal = { takes: false, answer: answered(429, {}, { 'retry-after': '180' }) };
    const world = night(SOON, { deeds: [refusal] });
    const { requests } = world;
    await world.drain();
    expect(requests.map(({ firstSent }) => firstSent < at('14:02') || isMorning(firstSent))).toEqual([true, true]);
  });

  it('is repeated in them when nobody knows whether it was taken', async () => {
    const hours = { start: 14 * 60, end: 15 * 60 };
    const world = night(hours, { deeds: [{ takes: true, answer: SILENCE }] });
    world.dependencies.quietHoursOf = () => (world.clock.now() > at('14:00') ? hours : undefined);
    await world.drain();
    expect(world.requests).toHaveLength(2);
    expect(world.clock.now().getTime()).toBeLessThan(at('14:04').getTime());
    expect(world.effective).toHaveLength(1);
  });
});

describe('whatever happens to its calls', () => {
  const deeds = [
    { takes: false, answer: answered(429, {}, { 'retry-after': '50' }) },
    { takes: false, answer: answered(503) },
    { takes: false, answer: { kind: 'not-reached', code: 'ECONNREFUSED' } as const },
    { takes: false, answer: answered(401) },
    { takes: true, answer: TAKEN.sms('x') },
  ];

  it.each(Array.from({ length: 30 }, (_, minute) => minute))(
    'a first call is never made in them, beginning in %i minutes',
    async (minute) => {
      const start = 14 * 60 + minute;
      const hours = { start, end: (start + 45) % 1_440 };
      for (const first of deeds) {
        const world = night(hours, { deeds: [first, first, first] });
        await world.drain();
        expect(world.row().progress.status).toBe('accepted');
        for (const { firstSent } of world.requests) expect(quietUntil(hours, ZONE, firstSent)).toEqual(firstSent);
      }
    },
  );
});
