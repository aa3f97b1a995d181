/**
 * Books slots in the calendars of our scopes, and keeps what calls found out about them. One per process: it remembers
 * each row as it last saw it, and changes that come together are written together.
 */
import { fullJitter } from './back-off.ts';
import {
  type Calendar,
  type CalendarRules,
  EMPTY_CALENDAR,
  type Slot,
  type SlotRequest,
  bookSlots,
} from './calendar.ts';
import { type Finding, type Gate, OPEN_GATE, gateAfter, opensAt, probed } from './gate.ts';
import type { Limits } from './limits.ts';
import type { Log } from './log.ts';
import type { Random } from './ports.ts';
import type { Scope } from './scopes.ts';
import type { StorageClock } from './storage-clock.ts';

/** The row of a scope. */
export type SenderCalendar = { calendar: Calendar; gate: Gate };

/** `unreadable`: what stands there is not ours or damaged; its last slot is known if at least that can be read. */
export type StoredCalendar = { etag: string } & (
  { state: SenderCalendar } | { unreadable: 'newer' } | { unreadable: 'damaged'; bookedUntil?: Date }
);

export type SenderCalendars = {
  read(scope: Scope): Promise<StoredCalendar | undefined>;
  /** Writes it if the row is still the one that was seen (or still absent): its new etag, or undefined when it is not. */
  write(scope: Scope, state: SenderCalendar, seen: string | undefined): Promise<string | undefined>;
};

export type Bookings = {
  /** One slot for each request, in their order; undefined where there is none before its deadline. */
  book(scope: Scope, requests: readonly SlotRequest[], log: Log): Promise<readonly (Slot | undefined)[]>;
  /** The row, no older than `lookAge`. */
  look(scope: Scope, log: Log): Promise<SenderCalendar>;
  /** Keeps what a call found out; writes only what is new. */
  tell(scope: Scope, finding: DatedFinding, log: Log): Promise<void>;
  /** Whether the probe of a closed scope is ours. */
  probe(scope: Scope, log: Log): Promise<boolean>;
};

export type DatedFinding = Finding & { at: Date };

/** What each quota keeps for urgent news: a share of it, and no less than one SMS may use up. */
export type UrgentReserve = { share: number; units: number };

type BookingDependencies = {
  senderCalendars: SenderCalendars;
  clock: StorageClock;
  random: Random;
  limits: Limits;
  urgent: UrgentReserve;
};

/** A row that a newer version of this app has written: only that version may go on with it. */
export class NewerCalendarError extends Error {
  override name = 'NewerCalendarError';
}

/** `anew`: it stands in place of a row that is damaged or gone, and has to be written, or what it blocks would never end. */
type Seen = { state: SenderCalendar; etag: string | undefined; at: number; anew?: true };

type Change = {
  make: (state: SenderCalendar, now: Date) => SenderCalendar;
  log: Log;
  done: () => void;
  failed: (error: unknown) => void;
};

/** Of a window, what a burst at its head takes: so much when its copies are woken, and never more than that. */
const WOKEN_BURST = 0.25;
const LONGEST_BURST = 0.75;

const AGAIN = { first: 20, longest: 500 };

export function createBookings(dependencies: BookingDependencies): Bookings {
  const rows = new Map<string, ReturnType<typeof createRow>>();
  const rowOf = (scope: Scope) => {
    const key = `${scope.kind} ${scope.name}`;
    const row = rows.get(key) ?? createRow(scope, dependencies);
    rows.set(key, row);
    return row;
  };
  const { limits, urgent } = dependencies;

  return {
    async book(scope, requests, log) {
      let slots: readonly (Slot | undefined)[] = [];
      await rowOf(scope).change((state, now) => {
        const opens = opensAt(state.gate);
        const timed = requests.map((request) => ({ ...request, notBefore: laterOf(request.notBefore, opens) }));
        const booked = bookSlots(state.calendar, timed, now, rulesOf(scope, limits, urgent));
        slots = booked.slots;
        return slots.some(Boolean) ? { ...state, calendar: booked.calendar } : state;
      }, log);
      return slots;
    },
    look: (scope, log) => rowOf(scope).look(log),
    tell: (scope, finding, log) =>
      rowOf(scope).change(
        ({ calendar, gate }) => ({ calendar, gate: gateAfter(gate, finding, finding.at, limits) }),
        log,
      ),
    async probe(scope, log) {
      let won = false;
      await rowOf(scope).change((state, now) => {
        const gate = probed(state.gate, now, limits);
        won = gate !== undefined;
        return gate ? { ...state, gate } : state;
      }, log);
      return won;
    },
  };
}

const laterOf = (a: Date | undefined, b: Date): Date => (a && a > b ? a : b);

export function rulesOf({ channel, windows }: Scope, limits: Limits, urgent: UrgentReserve): CalendarRules {
  const shortest = windows.reduce((least, window) => (window.seconds < least.seconds ? window : least));
  const share = (shortest.seconds * 1_000) / shortest.limit;
  // With more between two slots than this, one instance waits for all of them at once.
  const ample = limits.shortWait / limits.concurrency;
  return {
    windows,
    urgentShare: urgent.share,
    urgentUnits: channel === 'sms' ? urgent.units : 1,
    guard: limits.guard,
    headway: limits.headway,
    spacing: Math.min(limits.spacing, LONGEST_BURST * share),
    wokenSpacing: Math.min(Math.max(limits.spacing, Math.min(WOKEN_BURST * share, ample)), LONGEST_BURST * share),
    wakeAhead: limits.shortWait,
    notice: limits.shortWait + limits.lookAge + limits.guard,
  };
}

/** Whoever holds such a slot may have looked for the last time before the write was done. */
const takesBack = (before: SenderCalendar, { calendar: { voids } }: SenderCalendar): boolean =>
  voids.some((at) => !before.calendar.voids.includes(at));

const lastSlotOf = ({ calendar: { normal, urgent, lent } }: SenderCalendar): Date =>
  new Date(Math.max(normal.last, urgent.last, lent.last));

/** One scope's row: one write at a time, everything that has come meanwhile goes into the next. */
function createRow(scope: Scope, { senderCalendars, clock, random, limits }: BookingDependencies) {
  let seen: Seen | undefined;
  let reading: { at: number; end: Promise<Seen> } | undefined;
  let writes = 0;
  let waiting: Change[] = [];
  let writing = false;
  /** The last slot in what this process has read or written. */
  let known: Date | undefined;

  async function read(at: number, log: Log): Promise<Seen> {
    const before = writes;
    const stored = await senderCalendars.read(scope);
    // A write of our own or a later look was quicker, and knows more.
    if (seen && (writes > before || seen.at > at)) return seen;
    const isLost = stored ? 'unreadable' in stored : known !== undefined;
    const state = stateOf(stored, log);
    seen = { state, etag: stored?.etag, at, ...(isLost && { anew: true }) };
    if (!isLost && stored) known = lastSlotOf(state);
    return seen;
  }

  function stateOf(stored: StoredCalendar | undefined, log: Log): SenderCalendar {
    const named = { kind: scope.kind, channel: scope.channel };
    if (!stored && !known) {
      log('info', 'calendar-started', named);
      return { calendar: EMPTY_CALENDAR, gate: OPEN_GATE };
    }
    if (stored && 'state' in stored) return stored.state;
    if (stored?.unreadable === 'newer') {
      log('error', 'calendar-unreadable', { ...named, why: 'written by a newer version' });
      throw new NewerCalendarError('a sender calendar was written by a newer version');
    }
    log('error', 'calendar-unreadable', {
      ...named,
      why: `${stored ? 'damaged' : 'gone'}; nothing is sent until what it may have held is over`,
    });
    // Whatever was booked lies before its last slot, and counts for one more window.
    const from = Math.max(clock.now().getTime(), stored?.bookedUntil?.getTime() ?? 0, known?.getTime() ?? 0);
    const longest = Math.max(...scope.windows.map(({ seconds }) => seconds * 1_000));
    return {
      calendar: EMPTY_CALENDAR,
      gate: { ...OPEN_GATE, blockedUntil: new Date(from + longest + limits.guard) },
    };
  }

  /** What stands there; one that is under way is good enough, unless it takes so long that it may tell of too long ago. */
  function current(log: Log): Promise<Seen> {
    const at = clock.monotonic();
    if (reading && at - reading.at <= limits.lookAge) return reading.end;
    const end = read(at, log).finally(() => {
      if (reading?.end === end) reading = undefined;
    });
    reading = { at, end };
    return end;
  }

  const recent = (): Seen | undefined => (seen && clock.monotonic() - seen.at <= limits.lookAge ? seen : undefined);

  const look = async (log: Log): Promise<SenderCalendar> => (recent() ?? (await current(log))).state;

  /** All that wait, written as one; what cannot be written is told to those who asked for it. */
  async function write(): Promise<void> {
    for (let conflicts = 0; waiting.length > 0;) {
      const changes = waiting;
      waiting = [];
      const { log } = changes[0]!;
      try {
        await clock.learn();
        // What is old is likely to have changed: reading first is cheaper than a write that is refused.
        const from = recent() ?? (await current(log));
        const now = clock.now();
        let { state } = from;
        for (const { make } of changes) state = make(state, now);
        if (from.anew || state.calendar !== from.state.calendar || state.gate !== from.state.gate) {
          const at = clock.monotonic();
          const etag = await senderCalendars.write(scope, state, from.etag);
          const isLate = clock.monotonic() - at > limits.shortWait && takesBack(from.state, state);
          if (etag !== undefined && isLate) {
            known = lastSlotOf(state);
            throw new Error('the tables are too slow to take slots back');
          }
          if (etag === undefined) {
            seen = undefined;
            waiting = [...changes, ...waiting];
            await clock.wait(fullJitter(conflicts++, AGAIN, random));
            continue;
          }
          seen = { state, etag, at };
          writes += 1;
          known = lastSlotOf(state);
          tellGate(from.state.gate, state.gate, log);
        }
        conflicts = 0;
        for (const { done } of changes) done();
      } catch (error) {
        seen = undefined;
        for (const { failed } of changes) failed(error);
      }
    }
    writing = false;
  }

  function tellGate(before: Gate, after: Gate, log: Log): void {
    const named = { kind: scope.kind, channel: scope.channel };
    if (after.strangers > before.strangers) log('error', 'quota-used-by-others', { ...named, count: after.strangers });
    if (after.closed && after.closed.cause !== before.closed?.cause)
      log('error', 'scope-closed', { ...named, cause: after.closed.cause });
    if (before.closed && !after.closed) log('warn', 'scope-opened', { ...named, probes: before.closed.probes });
  }

  return {
    look,
    async change(make: Change['make'], log: Log): Promise<void> {
      await new Promise<void>((done, failed) => {
        waiting.push({ make, log, done, failed });
        if (writing) return;
        writing = true;
        void write();
      });
    },
  };
}
