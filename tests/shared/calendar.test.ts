import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Booking,
  type Calendar,
  type CalendarRules,
  EMPTY_CALENDAR,
  type SlotRequest,
  bookSlots,
} from '../../shared/calendar.ts';
import { standingOf } from '../../shared/calendar-standing.ts';
import { LIMITS } from '../../shared/limits.ts';
import { URGENT } from '../fakes/pacing.ts';
import { rulesOf } from '../../shared/bookings.ts';
import type { QuotaWindow } from '../../shared/senders.ts';

const START = Date.parse('2026-11-20T13:00:00Z');
const SECOND = 1_000;
const FAR = new Date(START + 400 * 86_400 * SECOND);

const rulesFor = (...windows: QuotaWindow[]): CalendarRules =>
  rulesOf({ channel: 'sms', kind: 'toll-free', name: '', windows }, LIMITS.real, URGENT);

type Sent = { at: number; units: number; lane: SlotRequest['lane']; booking: Booking; booked: number };

/** Books batch after batch, as one or many processes would, and keeps what was given. */
function createBook(rules: CalendarRules) {
  let calendar: Calendar = EMPTY_CALENDAR;
  const sent: Sent[] = [];
  /** When each loan was taken back. */
  const takenBack = new Map<number, number>();
  return {
    sent,
    calendar: () => calendar,
    at(now: number, requests: readonly Partial<SlotRequest>[], with_ = rules): (Sent | undefined)[] {
      const whole = requests.map((request): SlotRequest => ({ lane: 'normal', units: 1, deadline: FAR, ...request }));
      const result = bookSlots(calendar, whole, new Date(now), with_);
      for (const at of result.calendar.voids) if (!takenBack.has(at)) takenBack.set(at, now);
      calendar = result.calendar;
      return result.slots.map((slot, index) => {
        if (!slot) return undefined;
        const { lane, units } = whole[index]!;
        const one = { at: slot.at.getTime(), units, lane, booking: slot.booking, booked: now };
        sent.push(one);
        return one;
      });
    },
    /** What may be called at most: of the loans that were taken back those whose holders may not have seen it in time. */
    called: () =>
      sent.filter(({ at, booking }) => {
        const over = booking === 'loan' ? takenBack.get(at) : undefined;
        return over === undefined || at < over + rules.notice;
      }),
  };
}

const times = (count: number, request: Partial<SlotRequest> = {}) => Array.from({ length: count }, () => request);

/** The most units in any stretch of the window's length, wherever it begins. */
function mostIn(sent: readonly Sent[], { seconds }: QuotaWindow, jitter: (index: number) => number = () => 0): number {
  const calls = sent.map(({ at, units }, index) => ({ at: at + jitter(index), units })).toSorted((a, b) => a.at - b.at);
  let [most, units, from] = [0, 0, 0];
  for (const call of calls) {
    units += call.units;
    while (calls[from]!.at <= call.at - seconds * SECOND) units -= calls[from++]!.units;
    most = Math.max(most, units);
  }
  return most;
}

const LIMIT_200: QuotaWindow = { limit: 200, seconds: 60 };
const MAIL: readonly [QuotaWindow, QuotaWindow] = [
  { limit: 30, seconds: 60 },
  { limit: 100, seconds: 3_600 },
];

const quotaWindow = fc.record({
  limit: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 13, max: 300 })),
  seconds: fc.constantFrom(10, 60, 3_600),
});
const quota = fc.uniqueArray(quotaWindow, { minLength: 1, maxLength: 3, selector: ({ seconds }) => seconds });
const lane = fc.constantFrom('normal', 'normal', 'normal', 'urgent', 'again' as const);
const step = fc.record({
  pause: fc.oneof(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 90_000 })),
  requests: fc.array(fc.record({ lane, units: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 4 })) }), {
    minLength: 1,
    maxLength: 30,
  }),
});
const steps = fc.array(step, { minLength: 1, maxLength: 25 });

describe('a calendar', () => {
  it('never has more in a window than its limit, whatever is booked, if each slot is used within the guard', () => {
    fc.assert(
      fc.property(
        quota,
        steps,
        fc.infiniteStream(fc.integer({ min: 0, max: LIMITS.real.guard })),
        (windows, all, late) => {
          const rules = rulesFor(...windows);
          const book = createBook(rules);
          const least = Math.min(...windows.map(({ limit }) => limit));
          let now = START;
          for (const { pause, requests } of all) {
            now += pause;
            book.at(
              now,
              requests.map((request) => ({ ...request, units: Math.min(request.units, Math.max(1, least - 1)) })),
            );
          }
          const jitters = book.sent.map(() => late.next().value!);
          for (const window of windows)
            expect(mostIn(book.called(), window, (index) => jitters[index]!)).toBeLessThanOrEqual(window.limit);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('counts the loans of a deep backlog that are due too soon to be taken back', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const rules = rulesFor({ limit: 40, seconds: 60 });
        const book = createBook(rules);
        book.at(START, times(300));
        let now = START;
        for (const { pause, requests } of all) book.at((now += pause), requests);
        expect(mostIn(book.called(), { limit: 40, seconds: 60 })).toBeLessThanOrEqual(40);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps the limits that hold now, when they go up and down while slots are booked', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 2, max: 60 }), { minLength: 2, maxLength: 8 }), (limits) => {
        const book = createBook(rulesFor({ limit: 60, seconds: 60 }));
        let now = START;
        for (const limit of limits) {
          const window = { limit, seconds: 60 };
          const before = book.sent.length;
          book.at(now, times(40), rulesFor(window));
          // What was booked under a higher limit stays; nothing new is put into a window that is full by the new one.
          for (const { at } of book.sent.slice(before).filter(({ booking }) => booking === 'own')) {
            const earlier = book.sent.filter((one) => one.at <= at && one.at > at - 60 * SECOND);
            expect(earlier.length).toBeLessThanOrEqual(limit);
          }
          now += 20 * SECOND;
        }
      }),
      { numRuns: 100 },
    );
  });

  it('knows a window that is new from those that it had', () => {
    const book = createBook(rulesFor(LIMIT_200));
    book.at(START, times(100));
    const daily = { limit: 102, seconds: 86_400 };
    const [a, b, c] = book.at(START + 10 * SECOND, times(3, { lane: 'urgent' }), rulesFor(LIMIT_200, daily));
    expect([a!.at, b!.at].every((at) => at < START + 60 * SECOND)).toBe(true);
    expect(c!.at).toBeGreaterThan(START + 86_400 * SECOND);
  });

  it('gives no slot sooner than it can be reached, before its time, or at the deadline', () => {
    const book = createBook(rulesFor(LIMIT_200));
    const [first, later] = book.at(START, [{}, { notBefore: new Date(START + 90 * SECOND) }]);
    expect(first!.at).toBe(START + LIMITS.real.headway);
    expect(later!.at).toBe(START + 90 * SECOND);
    const deadline = new Date(START + 91 * SECOND);
    expect(book.at(START, times(100, { deadline })).every((slot) => !slot || slot.at < deadline.getTime())).toBe(true);
    expect(book.at(START, [{ deadline: new Date(START + LIMITS.real.headway) }])).toEqual([undefined]);
  });

  it('takes nothing for a request without a slot', () => {
    const rules = rulesFor({ limit: 2, seconds: 60 });
    const book = createBook(rules);
    book.at(START, [{}]);
    const before = book.calendar();
    book.at(START, [{ deadline: new Date(START + 30 * SECOND) }]);
    expect(book.calendar().normal.last).toBe(before.normal.last);
  });

  it('spaces slots as one instance keeps up with, and closer where the quota is large', () => {
    const book = createBook(rulesFor(LIMIT_200));
    const slots = book.at(START, times(50)).map((slot) => slot!.at);
    expect(slots[49]! - slots[0]!).toBe(49 * LIMITS.real.spacing);
    const large = createBook(rulesFor({ limit: 6_000, seconds: 60 }));
    const many = large.at(START, times(100)).map((slot) => slot!.at);
    expect((many[99]! - many[0]!) / 99).toBeLessThan(10);
  });

  it('gives what is larger than a window all of it', () => {
    const book = createBook(rulesFor({ limit: 3, seconds: 60 }));
    const [first, second] = book.at(START, times(2, { units: 9 }));
    expect(second!.at - first!.at).toBeGreaterThan(60 * SECOND);
  });
});

describe('the urgent lane', () => {
  it('passes a backlog of normal ones', () => {
    const book = createBook(rulesFor(LIMIT_200));
    book.at(START, times(1_000));
    const now = START + 30 * SECOND;
    const [urgent] = book.at(now, [{ lane: 'urgent' }]);
    expect(urgent!.at - now).toBeLessThan(60 * SECOND);
    const [next] = book.at(now + 60 * SECOND, [{ lane: 'urgent' }]);
    expect(next!.at - (now + 60 * SECOND)).toBeLessThan(5 * SECOND);
  });

  it('waits for no loan that can be taken back, and says which are void', () => {
    const book = createBook(rulesFor(LIMIT_200));
    const loans = book.at(START, times(1_000)).filter((slot) => slot!.booking === 'loan');
    expect(loans.length).toBeGreaterThanOrEqual(16);
    expect(book.calendar().voids).toEqual([]);
    book.at(START + 30 * SECOND, [{ lane: 'urgent' }]);
    expect(book.calendar().voids).toEqual(
      loans.map((loan) => loan!.at).filter((at) => at >= START + 30 * SECOND + rulesFor(LIMIT_200).notice),
    );
    expect(book.at(START + 31 * SECOND, times(10)).map((slot) => slot!.booking)).toEqual(times(10).map(() => 'own'));
  });

  it('uses all of the quota when nobody else does', () => {
    const book = createBook(rulesFor(LIMIT_200));
    const slots = book.at(START, times(200, { lane: 'urgent' }));
    expect(slots.every((slot) => slot!.at < START + 21 * SECOND)).toBe(true);
  });

  it('is left to urgent ones by those who come again, unless there is room soon', () => {
    const book = createBook(rulesFor(LIMIT_200));
    book.at(START, times(1_000));
    const now = START + 61 * SECOND;
    const again = book.at(now, times(12, { lane: 'again' })).map((slot) => slot!.at - now);
    expect(Math.min(...again)).toBeLessThan(62 * SECOND);
    expect(again.filter((wait) => wait < 62 * SECOND).length).toBeLessThanOrEqual(8);
  });
});

const WINDOW = 60 * SECOND;

describe('the quota', () => {
  it.each([9.5, 10])('is used up: %d windows booked at once end within 1.05 of the least time', (share) => {
    const book = createBook(rulesFor(LIMIT_200));
    for (let booked = 0; booked < share * 200; booked += 50) book.at(START + booked, times(50));
    const ends = Math.max(...book.sent.map(({ at }) => at)) - Math.min(...book.sent.map(({ at }) => at));
    expect(ends / ((Math.ceil(share) - 1) * WINDOW)).toBeLessThanOrEqual(1.05);
    expect(mostIn(book.called(), LIMIT_200)).toBe(200);
  });

  it.each([
    ['lent out', 0.97, 'normal'],
    ['unused', 0.95, 'again'],
  ] as const)('is used in steady state, with the reserve %s', (_, least, other) => {
    const book = createBook(rulesFor(LIMIT_200));
    for (let second = 0; second < 1_200; second += 1) {
      book.at(START + second * SECOND, times(4));
      if (other === 'again' && second % 30 === 0) book.at(START + second * SECOND, [{ lane: 'urgent' }]);
    }
    const end = START + 1_200 * SECOND;
    const used = book.called().filter(({ at, lane: of }) => at < end && (other === 'normal' || of === 'normal'));
    expect(used.length / ((1_200 / 60) * 200)).toBeGreaterThanOrEqual(least);
  });

  it('is lost for one window at most when a process dies with its slots', () => {
    const book = createBook(rulesFor(LIMIT_200));
    book.at(START, times(150));
    const dead = book.at(START, times(50)).map((slot) => slot!.at);
    const [after] = book.at(Math.max(...dead), times(1)).map((slot) => slot!.at);
    expect(after! - Math.max(...dead)).toBeLessThan(WINDOW + 2 * SECOND);
  });

  it('of a minute and an hour hold at once', () => {
    const book = createBook(rulesFor(...MAIL));
    for (let minute = 0; minute < 180; minute += 1) book.at(START + minute * WINDOW, times(2));
    for (const window of MAIL) expect(mostIn(book.called(), window)).toBeLessThanOrEqual(window.limit);
    expect(book.called().filter(({ at }) => at < START + 180 * WINDOW).length).toBeGreaterThan(285);
  });
});

describe('where a calendar stands', () => {
  it('is told with the use of each window where it is fullest', () => {
    const book = createBook(rulesFor(...MAIL));
    book.at(START, times(40));
    const { bookedUntil, use } = standingOf(book.calendar(), new Date(START), MAIL);
    expect(bookedUntil!.getTime()).toBe(Math.max(...book.sent.map(({ at }) => at)));
    expect(use.map(({ seconds, limit }) => [seconds, limit])).toEqual([
      [60, 30],
      [3_600, 100],
    ]);
    expect(use.map(({ used }) => used)).toEqual([30, 40]);
    book.at(START + 75 * SECOND, times(5));
    expect(standingOf(book.calendar(), new Date(START + 75 * SECOND), MAIL).use).toMatchObject([
      { used: 15 },
      { used: 45 },
    ]);
    const later = standingOf(book.calendar(), new Date(START + 3 * 3_600 * SECOND), MAIL);
    expect(later).toMatchObject({ bookedUntil: undefined, use: [{ used: 0 }, { used: 0 }] });
  });
});
