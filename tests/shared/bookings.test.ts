import { describe, expect, it } from 'vitest';
import { NewerCalendarError, type SenderCalendars, createBookings } from '../../shared/bookings.ts';
import type { Slot } from '../../shared/calendar.ts';
import type { OnCall, PortCall } from '../fakes/calls.ts';
import { URGENT } from '../fakes/pacing.ts';
import { KEY, SCOPE, bookingsWorld, limits } from './bookings-world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const timesOf = (slots: readonly (Slot | undefined)[]) => slots.map((slot) => slot!.at.getTime());

/** Holds up the first such call of the table, once it is reached, until it is let go. */
function heldOnce(operation: string, moment: PortCall['moment']) {
  const [reached, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let calls = 0;
  const hook: OnCall = (call) => {
    if (call.operation !== operation || call.moment !== moment || (calls += 1) > 1) return;
    reached.resolve();
    return end.promise;
  };
  return { hook, reached: reached.promise, letGo: end.resolve };
}

describe('booking', () => {
  it('gives a slot for each request, in their order, by one write', async () => {
    const { process, request, log, calls, row, clock } = bookingsWorld();
    const now = clock.now().getTime();
    const none = request({ deadline: clock.now() });
    const [first, missing, third] = await process().book(SCOPE, [request(), none, request()], log);
    expect(first).toEqual({ at: new Date(now + limits.headway), booking: 'own' });
    expect(missing).toBeUndefined();
    expect(third!.at.getTime()).toBe(now + limits.headway + limits.spacing);
    expect(calls).toEqual(['read', 'write']);
    expect(row()).toMatchObject({ state: { calendar: { normal: { last: third!.at.getTime() } } } });
  });

  it('of all that come together in one process is one write, and the next in line another', async () => {
    const { process, request, log, calls } = bookingsWorld();
    const bookings = process();
    const all = await Promise.all(Array.from({ length: 60 }, () => bookings.book(SCOPE, [request()], log)));
    expect(new Set(all.flatMap(timesOf)).size).toBe(60);
    expect(calls.filter((call) => call === 'write').length).toBeLessThanOrEqual(2);
    expect(calls.filter((call) => call === 'read')).toHaveLength(1);
  });

  it('writes nothing when nobody gets a slot', async () => {
    const { process, request, log, calls, clock, rows } = bookingsWorld();
    expect(await process().book(SCOPE, [request({ deadline: clock.now() })], log)).toEqual([undefined]);
    expect(await process().book(SCOPE, [], log)).toEqual([]);
    expect(calls).toEqual(['read', 'read']);
    expect(rows.size).toBe(0);
  });

  it('gives no slot before the scope opens', async () => {
    const { process, request, log, clock } = bookingsWorld();
    const bookings = process();
    const at = clock.now();
    await bookings.tell(SCOPE, { kind: 'throttled', pause: 40 * SECOND, at }, log);
    const early = request({ notBefore: new Date(at.getTime() + 5 * SECOND) });
    const late = request({ notBefore: new Date(at.getTime() + 50 * SECOND) });
    const slots = timesOf(await bookings.book(SCOPE, [early, late], log));
    expect(slots).toEqual([at.getTime() + 40 * SECOND, at.getTime() + 50 * SECOND]);
  });

  it('takes no slot back by a write that took too long for its holder to see it', async () => {
    const { process, request, log, clock, setHook } = bookingsWorld();
    const bookings = process();
    const backlog = await bookings.book(
      SCOPE,
      Array.from({ length: 1_000 }, () => request()),
      log,
    );
    expect(backlog.some((slot) => slot!.booking === 'loan')).toBe(true);
    await clock.wait(10 * SECOND);
    setHook(({ operation, moment }) =>
      operation === 'write' && moment === 'after' ? clock.wait(limits.shortWait + 1) : undefined,
    );
    await expect(bookings.book(SCOPE, [request({ lane: 'urgent' })], log)).rejects.toThrow('too slow');
    setHook(() => undefined);
    const [slot] = await bookings.book(SCOPE, [request({ lane: 'urgent' })], log);
    const used = new Set(backlog.map((one) => one!.at.getTime()));
    expect(used.has(slot!.at.getTime())).toBe(false);
  });

  it('goes by the time of the storage service, and does not without it', async () => {
    const { senderCalendars, clock, request, log, rows } = bookingsWorld();
    let [time, isAway] = [clock.now().getTime(), true];
    const learning = {
      ...clock,
      now: () => new Date(time),
      async learn() {
        if (isAway) throw new Error('away');
        time += 7 * SECOND;
      },
    };
    const bookings = createBookings({
      senderCalendars,
      clock: learning,
      random: () => 0,
      limits,
      urgent: URGENT,
    });
    await expect(bookings.book(SCOPE, [request()], log)).rejects.toThrow('away');
    expect(rows.size).toBe(0);
    isAway = false;
    const [slot] = timesOf(await bookings.book(SCOPE, [request()], log));
    expect(slot).toBe(clock.now().getTime() + 7 * SECOND + limits.headway);
  });

  it('keeps two scopes apart', async () => {
    const { process, request, log, rows } = bookingsWorld();
    const bookings = process();
    const other = { ...SCOPE, name: '+18005550188' };
    const [a] = await bookings.book(SCOPE, [request()], log);
    const [b] = await bookings.book(other, [request()], log);
    expect(a).toEqual(b);
    expect(rows.size).toBe(2);
  });
});

describe('several processes at one row', () => {
  it.each([2, 8, 64])(
    '%i of them never get one slot twice, never more than the limit, and all come to an end',
    async (writers) => {
      const { process, request, log, calls } = bookingsWorld();
      const each = Math.max(3, Math.round(256 / writers));
      const all = await Promise.all(
        Array.from({ length: writers }, async () => {
          const bookings = process();
          const own: (Slot | undefined)[] = [];
          for (let booked = 0; booked < each; booked += 1) own.push(...(await bookings.book(SCOPE, [request()], log)));
          return own;
        }),
      );
      const own = all.flat().filter((slot) => slot!.booking === 'own');
      const slots = timesOf(all.flat()).toSorted((a, b) => a - b);
      expect(new Set(timesOf(own)).size).toBe(own.length);
      expect(slots).toHaveLength(writers * each);
      for (const [index, at] of slots.entries())
        expect((slots[index + 200] ?? Infinity) - at).toBeGreaterThan(MINUTE + limits.guard);
      // One of those who try at once always wins.
      expect(calls.filter((call) => call === 'write').length).toBeLessThanOrEqual(writers * writers * each);
    },
  );

  it('see what the others have found out', async () => {
    const { process, request, log, clock } = bookingsWorld();
    const [one, two] = [process(), process()];
    await two.book(SCOPE, [request()], log);
    const at = clock.now();
    await one.tell(SCOPE, { kind: 'throttled', pause: MINUTE, at }, log);
    const [slot] = await two.book(SCOPE, [request()], log);
    expect(slot!.at.getTime()).toBeGreaterThanOrEqual(at.getTime() + MINUTE);
  });

  it('let one of them win the probe of a closed scope', async () => {
    const { process, log, clock } = bookingsWorld();
    const all = Array.from({ length: 5 }, process);
    const at = clock.now();
    for (let calls = 0; calls < 3; calls += 1) await all[0]!.tell(SCOPE, { kind: 'silent', at }, log);
    expect(await all[1]!.probe(SCOPE, log)).toBe(false);
    await clock.wait(limits.probeEvery);
    const won = await Promise.all(all.map((bookings) => bookings.probe(SCOPE, log)));
    expect(won.filter(Boolean)).toHaveLength(1);
    await clock.wait(limits.probeEvery);
    expect(await all[3]!.probe(SCOPE, log)).toBe(true);
  });
});

describe('a look', () => {
  it('is no older than two seconds, and costs nothing until then', async () => {
    const { process, request, log, clock, calls } = bookingsWorld();
    const [one, two] = [process(), process()];
    expect((await one.look(SCOPE, log)).calendar.normal.last).toBe(0);
    const [slot] = await two.book(SCOPE, [request()], log);
    await clock.wait(limits.lookAge);
    calls.length = 0;
    expect((await one.look(SCOPE, log)).calendar.normal.last).toBe(0);
    expect(calls).toEqual([]);
    await clock.wait(1);
    expect((await one.look(SCOPE, log)).calendar.normal.last).toBe(slot!.at.getTime());
    expect(calls).toEqual(['read']);
  });

  it('counts its age from before it was asked for', async () => {
    const { process, log, clock, calls, setHook } = bookingsWorld();
    const bookings = process();
    setHook(({ operation, moment }) =>
      operation === 'read' && moment === 'after' ? clock.wait(limits.lookAge) : undefined,
    );
    await bookings.look(SCOPE, log);
    await clock.wait(1);
    await bookings.look(SCOPE, log);
    expect(calls).toEqual(['read', 'read']);
  });

  it('does not share one that was asked for too long ago', async () => {
    const { process, request, log, clock, calls, setHook } = bookingsWorld();
    const [one, two] = [process(), process()];
    const answer = heldOnce('read', 'after');
    setHook(answer.hook);
    const slow = one.look(SCOPE, log);
    await answer.reached;
    await clock.wait(limits.lookAge + 1);
    const [slot] = await two.book(SCOPE, [request()], log);
    calls.length = 0;
    expect((await one.look(SCOPE, log)).calendar.normal.last).toBe(slot!.at.getTime());
    expect(calls).toEqual(['read']);
    answer.letGo();
    expect((await slow).calendar.normal.last).toBe(slot!.at.getTime());
    expect((await one.look(SCOPE, log)).calendar.normal.last).toBe(slot!.at.getTime());
  });

  it('that was under way does not hide what this process has written since', async () => {
    const { process, log, clock, setHook } = bookingsWorld();
    const bookings = process();
    await bookings.look(SCOPE, log);
    await clock.wait(limits.lookAge);
    const [written, answer] = [heldOnce('write', 'before'), heldOnce('read', 'after')];
    setHook(async (call) => {
      await written.hook(call);
      await answer.hook(call);
    });
    const at = clock.now();
    const told = bookings.tell(SCOPE, { kind: 'throttled', pause: MINUTE, at }, log);
    await written.reached;
    await clock.wait(1);
    const look = bookings.look(SCOPE, log);
    await answer.reached;
    written.letGo();
    await told;
    answer.letGo();
    const blockedUntil = new Date(at.getTime() + MINUTE);
    expect((await look).gate).toMatchObject({ blockedUntil });
    expect((await bookings.look(SCOPE, log)).gate).toMatchObject({ blockedUntil });
  });

  it('by many at once is one', async () => {
    const { process, log, calls } = bookingsWorld();
    const bookings = process();
    await Promise.all(Array.from({ length: 16 }, () => bookings.look(SCOPE, log)));
    expect(calls).toEqual(['read']);
  });

  it('sees the own booking at once', async () => {
    const { process, request, log, calls } = bookingsWorld();
    const bookings = process();
    const [slot] = await bookings.book(SCOPE, [request()], log);
    expect((await bookings.look(SCOPE, log)).calendar.normal.last).toBe(slot!.at.getTime());
    expect(calls).toEqual(['read', 'write']);
  });

  it('fails while the table is away, and not any longer', async () => {
    const { process, log, setHook } = bookingsWorld();
    const bookings = process();
    setHook(() => Promise.reject(new Error('away')));
    await expect(bookings.look(SCOPE, log)).rejects.toThrow('away');
    setHook(() => undefined);
    expect((await bookings.look(SCOPE, log)).calendar.normal.last).toBe(0);
  });
});

describe('what a call found out', () => {
  it('is not written when it is nothing new', async () => {
    const { process, log, clock, calls } = bookingsWorld();
    const bookings = process();
    for (let count = 0; count < 5; count += 1) await bookings.tell(SCOPE, { kind: 'answered', at: clock.now() }, log);
    expect(calls).toEqual(['read']);
  });

  it('is measured against a row that is not too old', async () => {
    const { process, log, clock } = bookingsWorld();
    const [one, two] = [process(), process()];
    await one.look(SCOPE, log);
    for (let count = 0; count < 3; count += 1) await two.tell(SCOPE, { kind: 'silent', at: clock.now() }, log);
    await clock.wait(limits.lookAge + 1);
    await one.tell(SCOPE, { kind: 'answered', at: clock.now() }, log);
    expect((await two.look(SCOPE, log)).gate.closed).toBeUndefined();
  });

  it('counts a stranger and says so when the calendar was free, once for all who are refused', async () => {
    const { process, log, clock, entries } = bookingsWorld();
    const [one, two] = [process(), process()];
    const refusal = { kind: 'throttled', pause: 30 * SECOND } as const;
    await one.tell(SCOPE, { ...refusal, at: clock.now() }, log);
    await two.tell(SCOPE, { ...refusal, at: new Date(clock.now().getTime() + 5) }, log);
    expect((await two.look(SCOPE, log)).gate).toMatchObject({ strangers: 1, lastStranger: clock.now() });
    await clock.wait(31 * SECOND);
    await two.tell(SCOPE, { ...refusal, at: clock.now() }, log);
    const said = entries.filter(({ event }) => event === 'quota-used-by-others');
    expect(said.map(({ level, fields }) => [level, fields])).toEqual([
      ['error', { kind: 'toll-free', channel: 'sms', count: 1 }],
      ['error', { kind: 'toll-free', channel: 'sms', count: 2 }],
    ]);
  });

  it('says when a scope closes and when it opens again, once each, and never its number', async () => {
    const { process, log, clock, entries, events } = bookingsWorld();
    const bookings = process();
    const silent = () => bookings.tell(SCOPE, { kind: 'silent', at: clock.now() }, log);
    for (let count = 0; count < 5; count += 1) await silent();
    await clock.wait(limits.probeEvery);
    await bookings.probe(SCOPE, log);
    await bookings.tell(SCOPE, { kind: 'answered', at: clock.now() }, log);
    expect(events()).toEqual(['info calendar-started', 'error scope-closed', 'warn scope-opened']);
    expect(entries.map(({ fields }) => fields)).toContainEqual({ kind: 'toll-free', channel: 'sms', probes: 1 });
    expect(JSON.stringify(entries)).not.toContain(SCOPE.name);
  });
});

describe('a booking that meets a fault', () => {
  it('is told to all who wait for it, and the next one works', async () => {
    const { process, request, log, setHook } = bookingsWorld();
    const bookings = process();
    setHook(({ operation }) => (operation === 'write' ? Promise.reject(new Error('away')) : undefined));
    const both = await Promise.allSettled([1, 2].map(() => bookings.book(SCOPE, [request()], log)));
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    setHook(() => undefined);
    expect(await bookings.book(SCOPE, [request()], log)).toEqual([expect.anything()]);
  });

  it('that was written though nobody heard so is counted, and books another slot', async () => {
    const { process, request, log, setHook, clock } = bookingsWorld();
    const [one, two] = [process(), process()];
    const now = clock.now().getTime();
    setHook(({ operation, moment }) => {
      if (operation !== 'write' || moment !== 'after') return;
      setHook(() => undefined);
      throw new Error('lost');
    });
    await expect(one.book(SCOPE, [request()], log)).rejects.toThrow('lost');
    const slots = timesOf([...(await one.book(SCOPE, [request()], log)), ...(await two.book(SCOPE, [request()], log))]);
    expect(slots).toEqual([1, 2].map((before) => now + limits.headway + before * limits.spacing));
  });

  it('waits a little longer each time that somebody was quicker, and begins anew the next time', async () => {
    const { senderCalendars, clock, request, log } = bookingsWorld();
    const pauses: number[] = [];
    const wait = async (milliseconds: number) => void pauses.push(milliseconds);
    let conflicts = 0;
    const contested: SenderCalendars = {
      ...senderCalendars,
      write: async (...row) => ((conflicts -= 1) >= 0 ? undefined : senderCalendars.write(...row)),
    };
    const random = () => 0.5;
    const bookings = createBookings({
      senderCalendars: contested,
      clock: { ...clock, wait },
      random,
      limits,
      urgent: URGENT,
    });
    for (const meets of [7, 2]) {
      conflicts = meets;
      await bookings.book(SCOPE, [request()], log);
    }
    expect(pauses).toEqual([10, 20, 40, 80, 160, 250, 250, 10, 20]);
  });

  it('goes on from what stands there when somebody was quicker', async () => {
    const { process, request, log, setHook, calls } = bookingsWorld();
    const [one, two] = [process(), process()];
    await one.look(SCOPE, log);
    await two.book(SCOPE, [request()], log);
    calls.length = 0;
    const [slot] = await one.book(SCOPE, [request()], log);
    expect(calls).toEqual(['write', 'read', 'write']);
    const [next] = await two.book(SCOPE, [request()], log);
    expect(next!.at.getTime() - slot!.at.getTime()).toBe(limits.spacing);
    setHook(() => undefined);
  });
});

describe('a row that', () => {
  it('is not there starts a calendar, and that is said', async () => {
    const { process, request, log, events } = bookingsWorld();
    await process().book(SCOPE, [request()], log);
    expect(events()).toEqual(['info calendar-started']);
  });

  it('is gone sends nothing until what was booked in it is over, and that is said', async () => {
    const { process, request, log, rows, events, clock } = bookingsWorld();
    const bookings = process();
    const booked = timesOf(
      await bookings.book(
        SCOPE,
        Array.from({ length: 600 }, () => request()),
        log,
      ),
    );
    rows.delete(KEY);
    await clock.wait(limits.lookAge + 1);
    const [slot] = timesOf(await bookings.book(SCOPE, [request()], log));
    expect(slot).toBeGreaterThan(Math.max(...booked) + MINUTE);
    expect(events()).toEqual(['info calendar-started', 'error calendar-unreadable']);
    expect((await process().look(SCOPE, log)).gate.blockedUntil!.getTime()).toBeGreaterThan(Math.max(...booked));
  });

  it('is gone is missed also by who has only looked at it', async () => {
    const { process, request, log, rows, clock } = bookingsWorld();
    const [slot] = timesOf(await process().book(SCOPE, [request()], log));
    const bookings = process();
    await bookings.look(SCOPE, log);
    rows.delete(KEY);
    await clock.wait(limits.lookAge + 1);
    expect((await bookings.look(SCOPE, log)).gate.blockedUntil!.getTime()).toBeGreaterThan(slot! + MINUTE);
  });

  it.each([
    ['at an unknown time', undefined, 0],
    ['ten minutes ahead', 10 * MINUTE, 10 * MINUTE],
    ['an hour ago', -60 * MINUTE, 0],
  ])('is damaged, booked until %s, blocks its scope until that is over, and that is said', async (_, until, from) => {
    const { process, request, log, rows, clock, entries } = bookingsWorld();
    const now = clock.now().getTime();
    rows.set(KEY, {
      etag: 'damaged',
      unreadable: 'damaged',
      ...(until !== undefined && { bookedUntil: new Date(now + until) }),
    });
    const bookings = process();
    const blockedUntil = new Date(now + from + MINUTE + limits.guard);
    expect((await bookings.look(SCOPE, log)).gate).toMatchObject({ blockedUntil });
    expect(timesOf(await bookings.book(SCOPE, [request()], log))).toEqual([blockedUntil.getTime()]);
    expect((await process().look(SCOPE, log)).gate).toMatchObject({ blockedUntil });
    expect(entries).toEqual([
      { level: 'error', event: 'calendar-unreadable', fields: expect.objectContaining({ kind: 'toll-free' }) },
    ]);
  });

  it('is of a newer version is left alone, and that is said', async () => {
    const { process, request, log, rows, events, clock } = bookingsWorld();
    const newer = { etag: 'newer', unreadable: 'newer' } as const;
    rows.set(KEY, newer);
    const bookings = process();
    await expect(bookings.look(SCOPE, log)).rejects.toThrow(NewerCalendarError);
    await expect(bookings.book(SCOPE, [request()], log)).rejects.toThrow(NewerCalendarError);
    await expect(bookings.tell(SCOPE, { kind: 'silent', at: clock.now() }, log)).rejects.toThrow(NewerCalendarError);
    expect(rows.get(KEY)).toEqual(newer);
    expect(new Set(events())).toEqual(new Set(['error calendar-unreadable']));
  });
});
