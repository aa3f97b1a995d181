/**
 * The rate calendar of one scope: which instants are booked, so that no window of the provider's is ever over its limit.
 * Pure: state, requests and time in; state and slots out. All times are those of the storage service, in ms.
 */
import type { Lane } from './delivery.ts';
import type { QuotaWindow } from './senders.ts';
import {
  type Grid,
  EMPTY_SEQUENCE,
  type Sequence,
  added,
  boundOf,
  gridOf,
  regridded,
  type Runs,
  withoutLoans,
} from './slot-sequence.ts';

export type Calendar = {
  normal: Sequence;
  urgent: Sequence;
  /** Slots of the urgent lane that normal deliveries were lent. */
  lent: Sequence;
  /** Of those, what could still be taken back: their instants, the earliest first. */
  loans: readonly number[];
  /** Loans that were taken back: whoever holds one books again. */
  voids: readonly number[];
  /** Nothing is lent before then, because somebody has just needed the urgent lane. */
  lendFrom: number;
  /** What the urgent lane may have had of each window in slots until then: after a change both ends are kept. */
  urgentShares: { least: number; most: number; until: number } | undefined;
};

export const EMPTY_CALENDAR: Calendar = {
  normal: EMPTY_SEQUENCE,
  urgent: EMPTY_SEQUENCE,
  lent: EMPTY_SEQUENCE,
  loans: [],
  voids: [],
  lendFrom: 0,
  urgentShares: undefined,
};

/** How a slot is held: `none` is no slot at all, only the time to book one; a loan may be taken back. */
export type Booking = 'none' | 'own' | 'loan';

export type Slot = { at: Date; booking: Booking };

/** When the copy for a slot comes: early enough that a late one still makes it. */
export const wakeFor = ({ at, booking }: Slot, { shortWait }: { shortWait: number }): Date =>
  booking === 'none' ? at : new Date(at.getTime() - shortWait);

export type SlotRequest = {
  /** `again`: it had a slot and could not use it, or its call has to be repeated. */
  lane: Lane | 'again';
  units: number;
  notBefore?: Date;
  /** Whoever books calls by itself as soon as it may: no copy has to be stored and queued first. */
  atHand?: true;
  /** No slot at or past it. */
  deadline: Date;
};

export type CalendarRules = {
  windows: readonly QuotaWindow[];
  /** What the urgent lane gets of each window: this share of it, but no fewer than so many units and no more than half of it. */
  urgentShare: number;
  urgentUnits: number;
  /** How much the time from a slot to the provider may vary. */
  guard: number;
  /** The least time from a booking to its slot. */
  headway: number;
  /** The least time between two slots whose copies come at once: what one instance can keep up with. */
  spacing: number;
  /** The same for copies that are woken, `wakeAhead` before their slots: one that is late must still find a free instance. */
  wokenSpacing: number;
  wakeAhead: number;
  /** A loan that is due sooner than this cannot be taken back any more. */
  notice: number;
};

/**
 * Loans lie behind the burst at the head of a window, and close together: who misses a slot of it or comes with urgent
 * news meets one that can still be had, and the last window of a backlog is not drawn out. In windows.
 */
const LOANS_AFTER = 0.22;
const LOANS_WITHIN = 0.2;
/** So many of the shortest windows nothing is lent after urgent news needed its lane. */
const WINDOWS_WITHOUT_LOANS = 5;
/** A row stays small however deep the backlog is. */
const MOST_LOANS = 250;
/** The reserve is left for later while the normal lane has room as soon as this: in ms, in windows. */
const PATIENCE = 3_000;
const PATIENCE_WITHIN = 0.05;

type Window = Grid & { normal: number; urgent: number };

/** A slot for each request, in their order; undefined where there is none before its deadline. */
export function bookSlots(
  calendar: Calendar,
  requests: readonly SlotRequest[],
  now: Date,
  rules: CalendarRules,
): { calendar: Calendar; slots: readonly (Slot | undefined)[] } {
  const urgentShares = sharesOf(calendar, now.getTime(), rules);
  const windows = rules.windows.map((window) => windowOf(window, urgentShares, rules.urgentUnits));
  const from = { ...pruned(calendar, windows, now.getTime(), rules), urgentShares };
  const booker = createBooker(from, windows, now.getTime(), rules);
  const slots = requests.map((request) => booker.book(request));
  return { calendar: booker.calendar(), slots };
}

/** A lane grows only when all slots that the other was given of its part are over. */
function sharesOf(calendar: Calendar, now: number, { windows, guard, urgentShare: share }: CalendarRules) {
  const { least, most, until } = calendar.urgentShares ?? { least: share, most: share, until: 0 };
  if (share >= least && share <= most)
    return now < until ? { least, most, until } : { least: share, most: share, until };
  const longest = Math.max(...windows.map(({ seconds }) => seconds * 1_000));
  const last = Math.max(now, calendar.normal.last, calendar.urgent.last, calendar.lent.last);
  return { least: Math.min(least, share), most: Math.max(most, share), until: last + longest + guard };
}

function windowOf(
  { limit, seconds }: QuotaWindow,
  { least, most }: { least: number; most: number },
  urgentUnits: number,
): Window {
  const reserveOf = (share: number): number =>
    Math.min(Math.floor(limit / 2), Math.max(urgentUnits, Math.floor(limit * share)));
  return { ...gridOf(seconds), normal: limit - reserveOf(most), urgent: reserveOf(least) };
}

function createBooker(start: Calendar, windows: readonly Window[], now: number, rules: CalendarRules) {
  let calendar = start;
  const shortest = Math.min(...windows.map(({ length }) => length));
  const patience = Math.min(PATIENCE, shortest * PATIENCE_WITHIN);
  const loansFrom = now + Math.max(rules.notice, shortest * LOANS_AFTER);
  const loanSpacing = (shortest * LOANS_WITHIN) / Math.max(1, Math.min(...windows.map(({ urgent }) => urgent)));

  const spacingAfter = (last: number): number => (last - now > rules.wakeAhead ? rules.wokenSpacing : rules.spacing);
  const nextNormal = (units: number, from: number): number =>
    earliest([calendar.normal], units, from, spacingAfter, (window) => window.normal);
  const nextUrgent = (units: number, from: number, spacing = spacingAfter): number =>
    earliest([calendar.urgent, calendar.lent], units, from, spacing, (window) => window.urgent);

  function earliest(
    sequences: readonly Sequence[],
    units: number,
    from: number,
    spacing: (last: number) => number,
    limitOf: (window: Window) => number,
  ): number {
    let at = Math.max(from, ...sequences.map(({ last }) => (last === 0 ? 0 : last + spacing(last))));
    for (const window of windows) {
      const room = limitOf(window) - units;
      if (room < 0) return Infinity;
      at = Math.max(at, boundOf(sequences, window, room) + rules.guard);
    }
    return Math.ceil(at);
  }

  function take(lane: 'normal' | 'urgent' | 'lent', at: number, units: number): void {
    calendar = { ...calendar, [lane]: added(calendar[lane], at, units, windows) };
  }

  /** Urgent news goes before every loan that can still be taken back, if that helps. */
  function takeBackLoans(units: number, from: number, deadline: Date): void {
    const voidFrom = now + rules.notice;
    const back = calendar.loans.filter((at) => at >= voidFrom);
    if (back.length === 0) return;
    const [before, standing] = [Math.min(nextUrgent(units, from), deadline.getTime()), calendar];
    calendar = {
      ...standing,
      lent: withoutLoans(standing.lent, back, windows),
      loans: standing.loans.filter((at) => at < voidFrom),
      voids: [...standing.voids, ...back],
    };
    if (nextUrgent(units, from) >= before) calendar = standing;
  }

  function book({ lane, units: asked, notBefore, atHand, deadline }: SlotRequest): Slot | undefined {
    // What is larger than all that the normal lane has of a window gets that: it would never be sent otherwise.
    const units = Math.min(asked, ...windows.map(({ normal }) => normal));
    const from = Math.max(atHand ? now : now + rules.headway, notBefore?.getTime() ?? 0);
    const normal = nextNormal(units, from);
    const slotAt = (at: number, booking: 'own' | 'loan', use: () => void): Slot | undefined => {
      if (at >= deadline.getTime()) return undefined;
      use();
      return { at: new Date(at), booking };
    };
    const own = (at: number, of: 'normal' | 'urgent') => slotAt(at, 'own', () => take(of, at, units));

    if (lane === 'normal') {
      const mayLend = units === 1 && now >= calendar.lendFrom && calendar.loans.length < MOST_LOANS;
      // Not sooner than it could be taken back: its copy would also come behind those of the burst before it.
      let lent = mayLend ? nextUrgent(units, Math.max(from, loansFrom), () => loanSpacing) : Infinity;
      // Whoever holds a slot at one of those instants believes that it was taken back.
      while (calendar.voids.includes(lent)) lent += 1;
      if (lent + shortest / 2 > normal) return own(normal, 'normal');
      return slotAt(lent, 'loan', () => {
        take('lent', lent, units);
        calendar = { ...calendar, loans: [...calendar.loans, lent] };
      });
    }
    /** The next slot of the urgent lane, if it is worth its while and no later than this. */
    const urgentBy = (latest: number): number => {
      const urgent = nextUrgent(units, from);
      const isSpared = normal <= from + patience || urgent > latest;
      return isSpared && normal < deadline.getTime() ? Infinity : urgent;
    };
    if (lane === 'urgent') {
      if (normal > from + shortest / 2) {
        calendar = { ...calendar, lendFrom: now + WINDOWS_WITHOUT_LOANS * shortest };
        takeBackLoans(units, from, deadline);
      }
      const urgent = urgentBy(Infinity);
      return urgent < normal ? own(urgent, 'urgent') : own(normal, 'normal');
    }
    const urgent = urgentBy(from + shortest / 2);
    const soonest = Math.min(urgent, normal);
    const loan = calendar.loans.find((at) => at >= Math.max(from, now + rules.notice));
    if (units === 1 && loan !== undefined && loan < Math.min(soonest, from + shortest))
      return slotAt(loan, 'own', () => {
        const loans = calendar.loans.filter((at) => at !== loan);
        calendar = { ...calendar, loans, voids: [...calendar.voids, loan] };
      });
    return own(soonest, urgent < normal ? 'urgent' : 'normal');
  }

  return { book, calendar: () => calendar };
}

/** Without what no longer matters, and with every window that the limits have now. */
function pruned(calendar: Calendar, windows: readonly Window[], now: number, { guard }: CalendarRules): Calendar {
  const of = (sequence: Sequence, from: number): Sequence => {
    const runs: Record<string, Runs> = {};
    for (const window of windows) {
      const { key, cell, length } = window;
      const known = sequence.runs[key] ?? regridded(sequence.runs, window);
      const first = known.findIndex(([place]) => (place + 1) * cell + length + guard >= from);
      runs[key] = first < 0 ? [] : known.slice(first);
    }
    return { last: sequence.last, runs };
  };
  const { normal, urgent, lent } = calendar;
  const length = Math.min(...windows.map((window) => window.length));
  return {
    ...calendar,
    normal: of(normal, Math.max(now, normal.last)),
    urgent: of(urgent, Math.max(now, urgent.last)),
    lent: of(lent, now),
    loans: calendar.loans.filter((at) => at >= now),
    voids: calendar.voids.filter((at) => at >= now - length),
  };
}
