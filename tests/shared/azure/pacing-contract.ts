import { describe, expect, it } from 'vitest';
import { bookSlots, EMPTY_CALENDAR } from '../../../shared/calendar.ts';
import type { SenderCalendar } from '../../../shared/bookings.ts';
import { OPEN_GATE } from '../../../shared/gate.ts';
import type { Scope } from '../../../shared/scopes.ts';
import { type Tables, fresh, later } from './contract-rows.ts';

const scopeOf = (name: string, kind: Scope['kind'] = 'toll-free'): Scope => ({
  channel: 'sms',
  kind,
  name: fresh(name),
  windows: [
    { limit: 30, seconds: 60 },
    { limit: 100, seconds: 3_600 },
  ],
});

const EMPTY: SenderCalendar = { calendar: EMPTY_CALENDAR, gate: OPEN_GATE };

/** With slots in every lane, loans, and loans that were taken back. */
function fullOf({ windows }: Scope): SenderCalendar['calendar'] {
  const rules = {
    windows,
    urgentShare: 0.02,
    urgentUnits: 1,
    guard: 300,
    headway: 1_000,
    spacing: 7.5,
    wokenSpacing: 99,
    wakeAhead: 2_000,
    notice: 4_300,
  };
  const deadline = later(1_000 * 3_600_000);
  const times = (count: number, lane: 'normal' | 'urgent') =>
    Array.from({ length: count }, () => ({ lane, units: 1, deadline }));
  const { calendar } = bookSlots(EMPTY_CALENDAR, times(240, 'normal'), later(0), rules);
  return bookSlots(calendar, times(3, 'urgent'), later(30_000), rules).calendar;
}

/** What holds for every implementation of what the pacing keeps. */
export function pacingContract(kind: string, tables: () => Tables): void {
  describe(`sender calendars in ${kind}`, () => {
    it('knows no row that nobody has written', async () => {
      expect(await tables().senderCalendars.read(scopeOf('+1800555'))).toBeUndefined();
    });

    it('gives back what was written, to the last slot', async () => {
      const { senderCalendars } = tables();
      const scope = scopeOf('+1800555');
      const calendar = fullOf(scope);
      expect(calendar.loans.length + calendar.voids.length).toBeGreaterThan(1);
      const state: SenderCalendar = {
        calendar,
        gate: {
          blockedUntil: later(90_000),
          silent: 2,
          strangers: 3,
          lastStranger: later(-1),
          closed: { cause: 'access-denied', since: later(-5), probes: 4, next: later(60_000) },
        },
      };
      const etag = await senderCalendars.write(scope, state, undefined);
      expect(await senderCalendars.read(scope)).toEqual({ etag, state });
    });

    it('forgets a gate that has opened', async () => {
      const { senderCalendars } = tables();
      const scope = scopeOf('+1800555');
      const closed: SenderCalendar = {
        ...EMPTY,
        gate: {
          blockedUntil: later(0),
          silent: 3,
          strangers: 0,
          closed: { cause: 'provider-away', since: later(0), probes: 0, next: later(1) },
        },
      };
      const first = await senderCalendars.write(scope, closed, undefined);
      const etag = await senderCalendars.write(scope, EMPTY, first);
      expect(await senderCalendars.read(scope)).toEqual({ etag, state: EMPTY });
    });

    it('writes a row once under each etag, also the first', async () => {
      const { senderCalendars } = tables();
      const scope = scopeOf('+1800555');
      const firsts = await Promise.all([1, 2, 3, 4].map(() => senderCalendars.write(scope, EMPTY, undefined)));
      const [etag, ...others] = firsts.filter((one) => one !== undefined);
      expect(others).toEqual([]);
      const seconds = await Promise.all([1, 2, 3, 4].map(() => senderCalendars.write(scope, EMPTY, etag)));
      const [next, ...more] = seconds.filter((one) => one !== undefined);
      expect(more).toEqual([]);
      expect(await senderCalendars.write(scope, EMPTY, etag)).toBeUndefined();
      expect((await senderCalendars.read(scope))?.etag).toBe(next);
    });

    it('keeps scopes of one name and several kinds, and names of any characters, apart', async () => {
      const { senderCalendars } = tables();
      const name = fresh('Shop & Söhne/#1');
      const scopes = (['alphanumeric', 'custom-domain', 'azure-managed-domain'] as const).map((of) => ({
        ...scopeOf('', of),
        name,
      }));
      for (const [index, scope] of scopes.entries())
        await senderCalendars.write(scope, { ...EMPTY, gate: { silent: index, strangers: 0 } }, undefined);
      const silent = await Promise.all(
        scopes.map(async (scope) => {
          const row = await senderCalendars.read(scope);
          return row && 'state' in row && row.state.gate.silent;
        }),
      );
      expect(silent).toEqual([0, 1, 2]);
    });
  });

  describe(`channel switches in ${kind}`, () => {
    it('keeps the latest, each channel its own', async () => {
      const { channelSwitches } = tables();
      const off = {
        channel: 'sms',
        off: true,
        canaries: [],
        by: 'ann@desk',
        at: later(0),
        why: 'A test — ä.',
      } as const;
      const few = { ...off, off: false, canaries: [`k1:${'a'.repeat(64)}`, 'k1:b'], at: later(1) };
      await channelSwitches.put(off);
      expect(await channelSwitches.read('sms')).toEqual(off);
      await channelSwitches.put(few);
      expect(await channelSwitches.read('sms')).toEqual(few);
      expect(await channelSwitches.read('email')).toBeUndefined();
    });
  });

  describe(`the time of ${kind}`, () => {
    it('is told for the latest write, and for no other', async () => {
      const { storageTime } = tables();
      const first = await storageTime.write();
      const told = await storageTime.read(first);
      expect(told).toBeInstanceOf(Date);
      expect(told!.getTime()).not.toBeNaN();
      const second = await storageTime.write();
      expect(await storageTime.read(first)).toBeUndefined();
      expect((await storageTime.read(second))!.getTime()).toBeGreaterThanOrEqual(told!.getTime());
    });
  });
}
