/**
 * The calendar against brute force. A slot may be used anywhere from its instant to the guard after it, so the worst
 * window there can be begins with a slot used as late as it may be and ends with one used at once: it holds whatever
 * lies less than a window and a guard apart. No phase and no jitter gives more.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CalendarRules, SlotRequest } from '../../shared/calendar.ts';
import { type Booked, START, createBook, timeOf, times } from './calendar-book.ts';

const LANES = ['normal', 'normal', 'normal', 'urgent', 'again'] as const;

const limits = fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 9, max: 120 }));
const seconds = fc.constantFrom(1, 7, 10, 60, 3_600);
const windows = fc.uniqueArray(fc.record({ limit: limits, seconds }), {
  minLength: 1,
  maxLength: 3,
  selector: (window) => window.seconds,
});
const rules: fc.Arbitrary<CalendarRules> = fc.record({
  windows,
  urgentShare: fc.constantFrom(0, 0.02, 0.3),
  urgentUnits: fc.constantFrom(1, 5),
  guard: fc.constantFrom(0, 1, 300, 1_000),
  headway: fc.constantFrom(0, 300, 1_000),
  spacing: fc.constantFrom(0, 0.4, 7.5, 20),
  wokenSpacing: fc.constantFrom(0, 7.5, 99),
  wakeAhead: fc.constantFrom(0, 200, 2_000),
  notice: fc.constantFrom(0, 700, 4_300),
});

/** `from` and `until`: ms after the booking, of `notBefore` and the deadline. */
const request = fc.record(
  {
    lane: fc.constantFrom(...LANES),
    units: fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, fc.integer({ min: 1, max: 150 })),
    from: fc.integer({ min: -1_000, max: 90_000 }),
    until: fc.integer({ min: 0, max: 600_000 }),
  },
  { requiredKeys: ['lane', 'units'] },
);
const step = fc.record({
  pause: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 90_000 })),
  many: fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, fc.integer({ min: 1, max: 60 })),
  requests: fc.array(request, { minLength: 1, maxLength: 12 }),
  /** Percent of the first limits that hold from then on. */
  share: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, fc.integer({ min: 10, max: 300 })),
  urgentShare: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, fc.constantFrom(0, 0.02, 0.1, 0.5)),
});

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

function scaled(start: CalendarRules, share: number): CalendarRules {
  const limitOf = (limit: number) => Math.max(1, Math.round((limit * share) / 100));
  return { ...start, windows: start.windows.map(({ limit, seconds: of }) => ({ limit: limitOf(limit), seconds: of })) };
}

function run(start: CalendarRules, steps: readonly Step[]) {
  const book = createBook(start);
  let [now, current] = [START, start];
  for (const { pause, many, requests, share, urgentShare } of steps) {
    now += pause;
    if (share !== undefined) current = scaled({ ...start, urgentShare: current.urgentShare }, share);
    if (urgentShare !== undefined) current = { ...current, urgentShare };
    const batch = requests.map(({ from, until, ...rest }): Partial<SlotRequest> => ({
      ...rest,
      ...(from !== undefined && { notBefore: new Date(now + from) }),
      ...(until !== undefined && { deadline: new Date(now + until) }),
    }));
    book.book(now, Array.from({ length: many }, () => batch).flat(), current);
  }
  return book;
}

/** Of all stretches of a window and a guard: the most units in one, and how far one is over what it may hold. */
function fullest(used: readonly Booked[], length: number): { units: number; over: number } {
  const sorted = used.toSorted((a, b) => timeOf(a) - timeOf(b));
  let [most, over] = [0, 0];
  for (const [first, one] of sorted.entries()) {
    const end = timeOf(one) + length * 1_000 + one.rules.guard;
    let [units, limit] = [0, 0];
    for (const other of sorted.slice(first)) {
      if (timeOf(other) >= end) break;
      units += other.units;
      // Where limits have changed, what was booked under a higher one stays.
      limit = Math.max(limit, limitOf(other, length));
    }
    most = Math.max(most, units);
    over = Math.max(over, units - limit);
  }
  return { units: most, over };
}

const limitOf = ({ rules: { windows: all } }: Booked, length: number): number =>
  all.find((window) => window.seconds === length)!.limit;

describe('no window at any phase', () => {
  it('holds more than the limit, whatever is booked, if each slot is used within the guard', () => {
    fc.assert(
      fc.property(rules, fc.array(step, { minLength: 1, maxLength: 12 }), (start, steps) => {
        const used = run(start, steps).used();
        for (const window of start.windows) expect(fullest(used, window.seconds).over).toBe(0);
      }),
      { numRuns: 400 },
    );
  });

  it('holds more than the limit while a backlog is lent the reserve and urgent news takes it back', () => {
    const deep = fc.record({
      limit: fc.oneof(fc.integer({ min: 2, max: 30 }), fc.integer({ min: 31, max: 160 })),
      seconds: fc.constantFrom(3, 10, 60),
    });
    const news = fc.record({
      pause: fc.oneof(fc.integer({ min: 0, max: 9_000 }), fc.integer({ min: 0, max: 400_000 })),
      lane: fc.constantFrom(...LANES),
      many: fc.integer({ min: 1, max: 40 }),
      units: fc.integer({ min: 1, max: 2 }),
    });
    let takenBack = 0;
    fc.assert(
      fc.property(
        deep,
        fc.integer({ min: 3, max: 12 }),
        fc.constantFrom(0, 700, 4_300),
        fc.array(news, { minLength: 1, maxLength: 20 }),
        ({ limit, seconds: length }, depth, notice, all) => {
          const quota = [
            { limit, seconds: length },
            { limit: limit * 4, seconds: length * 200 },
          ];
          const start = {
            windows: quota,
            urgentShare: 0.02,
            urgentUnits: 1,
            guard: 300,
            headway: 1_000,
            spacing: 5,
            wokenSpacing: 5,
            wakeAhead: 2_000,
            notice,
          };
          const book = createBook(start);
          book.book(START, times(depth * limit));
          let now = START;
          for (const { pause, many, ...one } of all) book.book((now += pause), times(many, one));
          takenBack += book.takenBack.size;
          for (const window of quota)
            expect(fullest(book.used(), window.seconds).units).toBeLessThanOrEqual(window.limit);
        },
      ),
      { numRuns: 120 },
    );
    expect(takenBack).toBeGreaterThan(10);
  });

  it.each([0, 1, 37, 99])(
    'holds more than the limit where a batch comes as the one before it leaves, %i ms into a cell',
    (phase) => {
      const start = {
        windows: [{ limit: 20, seconds: 60 }],
        urgentShare: 0.02,
        urgentUnits: 1,
        guard: 300,
        headway: 0,
        spacing: 1,
        wokenSpacing: 1,
        wakeAhead: 0,
        notice: 0,
      };
      for (let late = -150; late <= 150; late += 1) {
        const book = createBook(start);
        book.book(START + phase, times(20));
        book.book(START + phase + 60_300 + late, times(20));
        expect(fullest(book.used(), 60).units).toBeLessThanOrEqual(20);
      }
    },
  );

  it('holds more than the limit where loans are taken back in the middle of a cell', () => {
    const start = {
      windows: [{ limit: 150, seconds: 60 }],
      urgentShare: 0.02,
      urgentUnits: 1,
      guard: 300,
      headway: 1_000,
      spacing: 5,
      wokenSpacing: 5,
      wakeAhead: 2_000,
      notice: 4_300,
    };
    const backlog = () => {
      const book = createBook(start);
      book.book(START + 37, times(900));
      return book;
    };
    const loans = backlog().all.filter(({ slot: { booking } }) => booking.startsWith('loan'));
    let takenBack = 0;
    for (const loan of loans)
      for (const late of [0, 1, 30]) {
        const book = backlog();
        const now = timeOf(loan) + late - start.notice;
        if (now < START + 37) continue;
        book.book(now, times(3, { lane: 'urgent' }));
        takenBack += book.takenBack.size;
        expect(fullest(book.used(), 60).units).toBeLessThanOrEqual(150);
      }
    expect(takenBack).toBeGreaterThan(30);
  });
});
