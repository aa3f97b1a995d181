import { describe, expect, it } from 'vitest';
import { bookSlots } from '../../shared/calendar.ts';
import type { Plan, Progress } from '../../shared/delivery.ts';
import { LIMITS } from '../../shared/limits.ts';
import { awaitSlot, type Reached, reachSlot } from '../../shared/reach-slot.ts';
import { fakeClock } from '../fakes/clock.ts';
import { fakePacing } from '../fakes/pacing.ts';
import { fakePorts } from '../fakes/ports.ts';
import { KEY, RULES, SCOPE } from './bookings-world.ts';
import { planOf, rowOf } from './send-world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const limits = LIMITS.real;
const timeOf = (reached: Reached) => ('slot' in reached ? reached.slot.at.getTime() : undefined);

/** One delivery with a slot so many ms ahead, at a scope of 200 a minute; a wait is over at once, and time has gone on. */
function world({
  slot = 0,
  booking = 'own',
  plan: change = {},
  progress = {},
}: { slot?: number; booking?: Plan['firstBooking']; plan?: Partial<Plan>; progress?: Partial<Progress> } = {}) {
  const clock = fakeClock(undefined, 'skipped');
  const ports = fakePorts({ clock });
  const start = clock.now().getTime();
  const scopes = { sms: SCOPE, email: SCOPE };
  const dependencies = { ...ports, ...fakePacing(ports, { scopes }), limits };
  const at = (milliseconds: number) => new Date(start + milliseconds);
  const plan = planOf('sms', { lane: 'normal', firstSlot: at(slot), firstBooking: booking, ...change });
  const { bookings, log } = dependencies;
  return {
    ...dependencies,
    at,
    reach: () => reachSlot(rowOf(plan, progress), '+18005550199', dependencies),
    /** As a claimed delivery does. */
    await: () =>
      awaitSlot(
        rowOf(plan, { sender: '+18005550199', ...progress }),
        { slot: { at: at(slot), booking }, before: plan.deadline },
        () => true,
        dependencies,
      ),
    /** Fills the normal lane for so many windows. */
    backlog: (windows: number) =>
      bookings.book(
        SCOPE,
        Array.from({ length: windows * 200 }, () => ({
          lane: 'normal' as const,
          units: 1,
          deadline: at(24 * 60 * MINUTE),
        })),
        log,
      ),
    silence: async (calls: number) => {
      for (let call = 0; call < calls; call += 1) await bookings.tell(SCOPE, { kind: 'silent', at: clock.now() }, log);
    },
    calendar: async () => (await bookings.look(SCOPE, log)).calendar,
    elapsed: () => clock.now().getTime() - start,
  };
}

describe('a delivery at its slot', () => {
  it.each([0, 1_500, -limits.late])('is called there, %i ms ahead, without another booking', async (slot) => {
    const { reach, at, elapsed, senderCalendars } = world({ slot });
    expect(await reach()).toMatchObject({ do: 'call', slot: { at: at(slot), booking: 'own' } });
    expect(elapsed()).toBe(0);
    expect(senderCalendars.rows.size).toBe(0);
  });

  it('that is a loan is called there while nobody has taken it back', async () => {
    const { reach, at } = world({ slot: 900, booking: 'loan' });
    expect(await reach()).toMatchObject({ do: 'call', slot: { at: at(900), booking: 'loan' } });
  });
});

describe('a delivery that missed its slot', () => {
  it('by more than the guard has another at once where there is room', async () => {
    const { reach, at } = world({ slot: -limits.late - 1 });
    expect(await reach()).toMatchObject({ do: 'call', slot: { at: at(0), booking: 'own' } });
  });

  it('does not go to the end of a backlog', async () => {
    const { reach, at, backlog } = world({ slot: -limits.late - 1 });
    await backlog(8);
    const reached = await reach();
    expect(reached).toMatchObject({ slot: { booking: 'own' } });
    expect(timeOf(reached)).toBeLessThan(at(MINUTE + 5 * SECOND).getTime());
  });

  it('comes again for one that is too far ahead to wait for, and says why', async () => {
    const { reach, at, bookings, log } = world({ slot: -SECOND });
    await bookings.tell(SCOPE, { kind: 'throttled', pause: 20 * SECOND, at: at(0) }, log);
    expect(await reach()).toEqual({
      do: 'come-again',
      slot: { at: at(20 * SECOND), booking: 'own' },
      cause: 'slot-missed',
      note: 'late for its slot',
    });
  });

  it('gives up when none is free before its deadline', async () => {
    const { reach, at, backlog } = world({ slot: -SECOND, plan: { deadline: new Date('2026-11-20T13:00:01.000Z') } });
    await backlog(1);
    expect(at(SECOND)).toEqual(new Date('2026-11-20T13:00:01.000Z'));
    expect(await reach()).toEqual({ do: 'give-up' });
  });
});

describe('a delivery that cannot keep up with its slots', () => {
  it('books once in a run, then comes again', async () => {
    const slow = fakeClock(undefined, 'skipped');
    const ports = fakePorts({
      clock: slow,
      onCall: ({ operation, moment }) => (operation === 'write' && moment === 'after' ? slow.wait(1_500) : undefined),
    });
    const dependencies = { ...ports, ...fakePacing(ports, { scopes: { sms: SCOPE, email: SCOPE } }), limits };
    const plan = planOf('sms', { firstSlot: new Date(slow.now().getTime() - SECOND), firstBooking: 'own' });
    expect(await reachSlot(rowOf(plan), '+18005550199', dependencies)).toMatchObject({
      do: 'come-again',
      note: 'late for its slot',
    });
  });
});

describe('a claimed delivery that has become late for its slot', () => {
  const late = -limits.late - 1;

  it('has another that is near, without a new claim', async () => {
    expect(await world({ slot: late }).await()).toBe(true);
  });

  it('takes none of those that are too far off to wait for', async () => {
    const one = world({ slot: late });
    await one.backlog(8);
    const before = await one.calendar();
    expect(await one.await()).toBe(false);
    expect(await one.calendar()).toEqual(before);
  });
});

describe('a loan that was taken back', () => {
  it('is not used, and a normal delivery waits its turn', async () => {
    const { reach, backlog, bookings, log, at, calendar } = world();
    await backlog(3);
    const loan = (await calendar()).loans.at(-1)!;
    await bookings.book(SCOPE, [{ lane: 'urgent', units: 1, deadline: at(MINUTE * 60) }], log);
    expect((await calendar()).voids).toContain(loan);
    const holder = world({ slot: loan - at(0).getTime(), booking: 'loan' });
    holder.senderCalendars.rows.set(KEY, {
      etag: 'x',
      state: { calendar: await calendar(), gate: { silent: 0, strangers: 0 } },
    });
    const reached = await holder.reach();
    expect(reached).toMatchObject({ do: 'come-again', cause: 'slot-missed', note: 'slot taken back for urgent news' });
    expect(timeOf(reached)).not.toBe(loan);
    expect(await reach()).toMatchObject({ do: 'call' });
  });

  it('does not make an own slot at the same instant void', async () => {
    const { reach, at, senderCalendars, clock } = world({ slot: SECOND });
    const { calendar } = bookSlots(await world().calendar(), [], clock.now(), RULES);
    const voids = [at(SECOND).getTime()];
    senderCalendars.rows.set(KEY, {
      etag: 'x',
      state: { calendar: { ...calendar, voids }, gate: { silent: 0, strangers: 0 } },
    });
    expect(await reach()).toMatchObject({ do: 'call', slot: { at: at(SECOND) } });
  });
});

describe('a delivery whose scope refuses or is silent', () => {
  it('has a slot behind the block, not the one that it had', async () => {
    const { reach, at, bookings, log } = world({ slot: SECOND });
    await bookings.tell(SCOPE, { kind: 'throttled', pause: MINUTE, at: at(0) }, log);
    expect(await reach()).toEqual({
      do: 'come-again',
      slot: { at: at(MINUTE), booking: 'own' },
      cause: 'throttled',
      note: 'scope blocked',
    });
  });

  it('goes on when the block is over by its slot', async () => {
    const { reach, at, bookings, log } = world({ slot: 1_500 });
    await bookings.tell(SCOPE, { kind: 'throttled', pause: 1_400, at: at(0) }, log);
    expect(await reach()).toMatchObject({ do: 'call', slot: { at: at(1_500) } });
  });

  it('sees a block that another process has found, two seconds later at most', async () => {
    const { reach, at, bookings, log, clock, senderCalendars } = world({ slot: limits.lookAge + SECOND });
    await bookings.look(SCOPE, log);
    const other = fakePacing({ ...world(), senderCalendars, clock });
    await other.bookings.tell(SCOPE, { kind: 'throttled', pause: MINUTE, at: at(0) }, log);
    await clock.wait(limits.lookAge + 1);
    expect(await reach()).toMatchObject({ do: 'come-again', cause: 'throttled' });
  });

  it('comes again at the next probe, and is called when that is due', async () => {
    const { reach, at, silence, clock } = world({ slot: SECOND });
    await silence(3);
    expect(await reach()).toMatchObject({
      do: 'come-again',
      slot: { at: at(limits.probeEvery), booking: 'own' },
      cause: 'provider-away',
    });
    await clock.wait(limits.probeEvery);
    const probe = world({ slot: limits.probeEvery });
    await probe.silence(3);
    await probe.clock.wait(limits.probeEvery);
    expect(await probe.reach()).toMatchObject({ do: 'call' });
  });
});

describe('a delivery without a slot', () => {
  it('waits until it is due, then books like all others', async () => {
    const { reach, at, elapsed, backlog } = world({ slot: 1_500, booking: 'none' });
    await backlog(2);
    expect(await reach()).toMatchObject({ do: 'come-again', cause: 'waiting', note: 'booked' });
    expect(elapsed()).toBe(1_500);
    const idle = world({ slot: 1_500, booking: 'none' });
    expect(await idle.reach()).toMatchObject({ do: 'call', slot: { at: at(1_500), booking: 'own' } });
  });

  it('that was refused before does not go to the end of a backlog', async () => {
    const { reach, at, backlog } = world({
      booking: 'none',
      progress: { status: 'sending', cause: 'throttled', sender: '+18005550199', attempt: 1, copy: 1 },
    });
    await backlog(8);
    const reached = await reach();
    expect(timeOf(reached)).toBeLessThan(at(MINUTE + 5 * SECOND).getTime());
  });

  it('passes a backlog when it is urgent', async () => {
    const { reach, at, backlog } = world({ booking: 'none', plan: { lane: 'urgent' } });
    await backlog(8);
    const reached = await reach();
    expect(timeOf(reached)).toBeLessThan(at(MINUTE).getTime());
  });

  it('that is not answered has none past the time that it may be repeated in', async () => {
    const repeat = (firstSent: number) => {
      const created = world({ slot: -SECOND });
      return world({
        slot: -SECOND,
        progress: { unanswered: true, firstSent: created.at(firstSent), sender: '+18005550199', cause: 'no-answer' },
      });
    };
    expect(await repeat(-limits.repeatUntil + 2 * SECOND).reach()).toMatchObject({ do: 'call' });
    expect(await repeat(-limits.repeatUntil).reach()).toEqual({ do: 'give-up' });
    const { at } = world();
    const late = world({
      slot: -SECOND,
      plan: { deadline: at(0) },
      progress: { unanswered: true, firstSent: at(-2 * SECOND), sender: '+18005550199', cause: 'no-answer' },
    });
    expect(await late.reach()).toEqual({ do: 'give-up' });
  });
});

describe('a delivery whose channel is off', () => {
  const off = { channel: 'sms', off: true, canaries: [], by: 'ann@desk', at: new Date(0), why: 'A test.' } as const;

  it('comes again without a slot, ever less often, the last time at its deadline', async () => {
    const pauses: number[] = [];
    for (let earlier = 0; earlier < 6; earlier += 1) {
      const { reach, channelSwitches, at } = world({
        progress: earlier === 0 ? {} : { status: 'sending', cause: 'channel-off', pauses: earlier },
      });
      await channelSwitches.put(off);
      const reached = await reach();
      expect(reached).toMatchObject({ do: 'come-again', slot: { booking: 'none' }, cause: 'channel-off' });
      pauses.push(reached.do === 'come-again' ? (reached.slot.at.getTime() - at(0).getTime()) / MINUTE : 0);
    }
    expect(pauses).toEqual([1, 2, 4, 8, 10, 10]);
    const last = world({ plan: { deadline: new Date('2026-11-20T13:00:20.000Z') } });
    await last.channelSwitches.put(off);
    expect(await last.reach()).toMatchObject({ slot: { at: last.at(20 * SECOND) } });
  });

  it('books nothing', async () => {
    const { reach, channelSwitches, senderCalendars } = world({ slot: -SECOND });
    await channelSwitches.put(off);
    await reach();
    expect(senderCalendars.rows.size).toBe(0);
  });

  it('or open to a few is called only for those', async () => {
    const one = world();
    const address = planOf('sms').address;
    await one.channelSwitches.put({ ...off, off: false, canaries: [`k1:${address}`] });
    expect(await one.reach()).toMatchObject({ do: 'call' });
    const another = world();
    await another.channelSwitches.put({ ...off, off: false, canaries: ['k1:somebody-else'] });
    expect(await another.reach()).toMatchObject({ do: 'come-again', cause: 'channel-off' });
  });
});
