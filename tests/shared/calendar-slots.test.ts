import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rulesOf } from '../../shared/bookings.ts';
import type { CalendarRules, SlotRequest } from '../../shared/calendar.ts';
import { LIMITS } from '../../shared/limits.ts';
import { URGENT } from '../fakes/pacing.ts';
import type { QuotaWindow } from '../../shared/senders.ts';
import { START, createBook, normalOf, timeOf, times } from './calendar-book.ts';

const SECOND = 1_000;
const WINDOW = 60 * SECOND;

const rulesFor = (...windows: QuotaWindow[]): CalendarRules =>
  rulesOf({ channel: 'sms', kind: 'toll-free', name: '', windows }, LIMITS.real, URGENT);

const TOLL_FREE = rulesFor({ limit: 200, seconds: 60 });
const { guard, headway } = LIMITS.real;

const quotas = fc.uniqueArray(
  fc.record({ limit: fc.integer({ min: 1, max: 100 }), seconds: fc.constantFrom(10, 60, 3_600) }),
  { minLength: 1, maxLength: 2, selector: ({ seconds }) => seconds },
);
const lane = fc.constantFrom('normal', 'urgent', 'again' as const);
const batches = fc.array(
  fc.record({
    pause: fc.oneof(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 60_000 })),
    many: fc.integer({ min: 1, max: 40 }),
    lane,
    from: fc.integer({ min: -5_000, max: 60_000 }),
    until: fc.integer({ min: -1_000, max: 300_000 }),
  }),
  { minLength: 1, maxLength: 20 },
);

describe('a slot', () => {
  it('is never before the headway, the time it was asked for, or at its deadline', () => {
    fc.assert(
      fc.property(quotas, batches, (windows, all) => {
        const book = createBook(rulesFor(...windows));
        let now = START;
        for (const { pause, many, from, until, lane: of } of all) {
          now += pause;
          const request: Partial<SlotRequest> = {
            lane: of,
            notBefore: new Date(now + from),
            deadline: new Date(now + until),
          };
          for (const booked of book.book(now, times(many, request))) {
            if (!booked) continue;
            expect(timeOf(booked)).toBeGreaterThanOrEqual(Math.max(now + headway, now + from));
            expect(timeOf(booked)).toBeLessThan(now + until);
          }
        }
      }),
    );
  });

  it('that cannot be in time takes no room from others', () => {
    fc.assert(
      fc.property(quotas, batches, (windows, all) => {
        const [book, without] = [createBook(rulesFor(...windows)), createBook(rulesFor(...windows))];
        let now = START;
        for (const { pause, many } of all) {
          now += pause;
          book.book(now, times(many, { deadline: new Date(now + headway) }));
          expect(book.book(now, times(many)).map(timeOf)).toEqual(without.book(now, times(many)).map(timeOf));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('is at most one cell of the grid later than the windows ask for', () => {
    const window = fc.constantFrom(...[1, 10, 60, 3_600].map((seconds) => ({ seconds })));
    fc.assert(
      fc.property(window, fc.integer({ min: 2, max: 60 }), batches, ({ seconds }, limit, all) => {
        const rules = rulesFor({ limit, seconds });
        const book = createBook(rules);
        const length = seconds * SECOND;
        const own: number[] = [];
        let now = START;
        for (const { pause, many } of all)
          for (const booked of book.book((now += pause), times(many))) {
            if (booked!.slot.booking !== 'own') continue;
            const spacingAfter = (last: number) => (last - now > rules.wakeAhead ? rules.wokenSpacing : rules.spacing);
            const before = own.at(-normalOf({ limit }));
            const exact = Math.max(
              now + headway,
              own.length > 0 ? own.at(-1)! + spacingAfter(own.at(-1)!) : 0,
              before === undefined ? 0 : before + length + guard,
            );
            expect(timeOf(booked) - exact).toBeLessThanOrEqual(length / 600 + 1);
            own.push(timeOf(booked));
          }
      }),
    );
  });

  it('is no later by batches of any size than one by one', () => {
    const [one, many] = [createBook(TOLL_FREE), createBook(TOLL_FREE)];
    const single = Array.from({ length: 700 }, () => timeOf(one.book(START, [{}])[0]));
    expect(many.book(START, times(700)).map(timeOf)).toEqual(single);
  });

  it('larger than a window takes all of one, and the next waits for it to be over', () => {
    for (const limit of [1, 3, 200]) {
      const book = createBook(rulesFor({ limit, seconds: 60 }));
      const [first, second, third] = book
        .book(START, [{ units: 1_000 }, { units: limit }, { units: 1_000 }])
        .map(timeOf);
      expect(second! - first!).toBeGreaterThan(WINDOW + guard);
      expect(third! - second!).toBeGreaterThan(WINDOW + guard);
    }
  });
});

describe('a burst', () => {
  it.each([
    ['a long code', { limit: 2_000, seconds: 86_400 }, 40],
    ['an hourly quota', { limit: 1_000, seconds: 3_600 }, 40],
    ['a toll-free number', { limit: 200, seconds: 60 }, 20],
    ['a short code', { limit: 6_000, seconds: 60 }, 4],
  ])('of 300, or of what a window holds, from %s is out within moments', (_, window, most) => {
    const book = createBook(rulesFor(window));
    const slots = book.book(START, times(Math.min(300, normalOf(window)))).map(timeOf);
    expect((Math.max(...slots) - START) / SECOND).toBeLessThanOrEqual(most);
  });
});

describe('normal deliveries', () => {
  it('leave the reserve alone but for loans', () => {
    fc.assert(
      fc.property(quotas, batches, (windows, all) => {
        const book = createBook(rulesFor(...windows));
        let now = START;
        for (const { pause, many } of all) book.book((now += pause), times(many));
        const own = book.all.filter(({ slot }) => slot.booking === 'own').map(timeOf);
        for (const { limit, seconds } of windows)
          for (const [index, at] of own.entries()) {
            const next = own[index + normalOf({ limit })] ?? Infinity;
            expect(next - at).toBeGreaterThan(seconds * SECOND + guard);
          }
        expect(book.calendar().urgent.last).toBe(0);
      }),
    );
  });

  it('are lent nothing for five windows after urgent news had to pass them', () => {
    const book = createBook(TOLL_FREE);
    book.book(START, times(1_000));
    book.book(START + WINDOW, [{ lane: 'urgent' }]);
    const loans = (now: number) => book.book(now, times(200)).filter((one) => one!.slot.booking !== 'own').length;
    expect(loans(START + 5.9 * WINDOW)).toBe(0);
    expect(loans(START + 6 * WINDOW)).toBeGreaterThan(0);
  });

  it('are not lent what they could have of their own almost as soon', () => {
    const book = createBook(TOLL_FREE);
    expect(book.book(START, times(196)).every((one) => one!.slot.booking === 'own')).toBe(true);
    expect(book.book(START + 40 * SECOND, [{}])[0]!.slot.booking).toBe('own');
  });
});

describe('a loan that is taken back', () => {
  const lentBook = () => {
    const book = createBook(TOLL_FREE);
    book.book(START, times(1_000));
    return book;
  };

  it('is void from then on, and nothing else is', () => {
    const book = lentBook();
    const now = START + 70 * SECOND;
    const due = book.all.filter(({ slot }) => slot.booking === 'loan').map(timeOf);
    book.book(now, [{ lane: 'urgent' }]);
    expect(book.calendar().voids).toEqual(due.filter((at) => at >= now + TOLL_FREE.notice));
    const later = START + 8 * WINDOW;
    const loans = book.book(later, times(1_000)).filter((one) => one!.slot.booking === 'loan');
    expect(loans.length).toBeGreaterThan(0);
    expect(loans.map(timeOf).filter((at) => book.calendar().voids.includes(at))).toEqual([]);
  });

  it('gives its place to whoever needs it', () => {
    const book = lentBook();
    const now = START + 20 * SECOND;
    const loans = book.all.filter(({ slot }) => slot.booking !== 'own').map(timeOf);
    const next = loans.find((at) => at > now + TOLL_FREE.notice)!;
    const [urgent] = book.book(now, [{ lane: 'urgent' }]).map(timeOf);
    expect(urgent).toBeLessThanOrEqual(next);
  });

  it('stays where taking it back would help nobody', () => {
    const book = createBook(rulesFor({ limit: 100, seconds: 60 }));
    book.book(START, times(500));
    // Two units never fit a reserve of two beside a loan that is due, and three never at all.
    const { loans, lent } = book.calendar();
    book.book(START + 5 * SECOND, [{ lane: 'urgent', units: 3 }]);
    expect(book.calendar()).toMatchObject({
      loans: loans.filter((at) => at >= START + 5 * SECOND),
      lent: { last: lent.last },
      voids: [],
    });
  });

  it('stays where nobody would have a slot in time for it', () => {
    const book = lentBook();
    const deadline = new Date(START + 21 * SECOND);
    expect(book.book(START + 20 * SECOND, [{ lane: 'urgent', deadline }])).toEqual([undefined]);
    expect(book.calendar().voids).toEqual([]);
  });

  it('is not taken back for those who have room of their own', () => {
    const book = createBook(TOLL_FREE);
    book.book(START, times(250));
    book.book(START + 3 * WINDOW, [{ lane: 'urgent' }, { lane: 'again' }]);
    expect(book.calendar()).toMatchObject({ voids: [], lendFrom: 0 });
  });
});

describe('a loan that is exchanged', () => {
  it('goes to one who comes again, at the same instant, and only that one is void', () => {
    const book = createBook(TOLL_FREE);
    book.book(START, times(2_000));
    const now = START + 3 * WINDOW;
    const before = book.calendar();
    book.book(now, times(4, { lane: 'urgent', deadline: new Date(now + headway) }));
    const next = before.loans.find((at) => at >= now + TOLL_FREE.notice)!;
    const [again] = book.book(now, [{ lane: 'again' }]);
    expect(again!.slot).toEqual({ at: new Date(next), booking: 'own' });
    expect(book.calendar().voids).toEqual([next]);
    expect(book.calendar().loans).toEqual(before.loans.filter((at) => at >= now && at !== next));
    expect(book.calendar().lent).toEqual({ ...before.lent, runs: expect.anything() });
  });

  it('is left where there is room sooner, or soon enough', () => {
    const book = createBook(TOLL_FREE);
    book.book(START, times(2_000));
    const now = START + 3 * WINDOW;
    const until = new Date(now + 20 * SECOND);
    const { loans } = book.calendar();
    const notBefore = new Date(loans.at(-1)! + SECOND);
    book.book(now, [
      { lane: 'again', deadline: until },
      { lane: 'again', notBefore },
    ]);
    book.book(START, [{ lane: 'again', units: 2 }]);
    expect(book.calendar().voids.filter((at) => at > until.getTime())).toEqual([]);
  });

  it('is not given away a second time', () => {
    const book = createBook(TOLL_FREE);
    book.book(START, times(2_000));
    const now = START + 3 * WINDOW;
    const slots = book.book(now, times(6, { lane: 'again' })).map(timeOf);
    expect(new Set(slots).size).toBe(6);
    const urgent = book.book(now, times(6, { lane: 'urgent' })).map(timeOf);
    expect(new Set([...slots, ...urgent]).size).toBe(12);
  });
});

describe('a loan', () => {
  it.each([
    [
      { limit: 30, seconds: 60 },
      { limit: 100, seconds: 3_600 },
    ],
    [{ limit: 200, seconds: 60 }],
    [{ limit: 600, seconds: 60 }],
  ])('is never at an instant at which another one was taken back', (...windows: QuotaWindow[]) => {
    const book = createBook(rulesFor(...windows));
    const loans: number[] = [];
    const deadOnArrival: number[] = [];
    for (let round = 0, now = START; round < 12; round += 1, now += 8 * WINDOW) {
      const { voids } = book.calendar();
      const booked = book.book(now, times(4 * windows[0]!.limit)).filter((one) => one?.slot.booking === 'loan');
      loans.push(...booked.map(timeOf));
      deadOnArrival.push(...booked.map(timeOf).filter((at) => voids.includes(at)));
      book.book(now + WINDOW, [{ lane: 'urgent' }]);
    }
    expect(deadOnArrival).toEqual([]);
    expect(loans.length).toBeGreaterThan(10);
  });
});

describe('urgent deliveries', () => {
  it('at rest use the room of the normal ones too, and keep the reserve for what comes next', () => {
    const book = createBook(TOLL_FREE);
    const burst = book.book(START, times(50, { lane: 'urgent' })).map(timeOf);
    expect(Math.max(...burst) - START).toBeLessThan(3 * SECOND);
    book.book(START + SECOND, times(1_000));
    const now = START + 2 * SECOND;
    const next = book.book(now, times(2, { lane: 'urgent' })).map((one) => timeOf(one) - now);
    expect(Math.max(...next)).toBeLessThan(5 * SECOND);
  });

  it('of several units have a reserve that they fit in', () => {
    const windows = [{ limit: 200, seconds: 60 }];
    const rules = rulesOf({ channel: 'sms', kind: 'toll-free', name: '', windows }, LIMITS.real, {
      share: 0.02,
      units: 5,
    });
    const book = createBook(rules);
    book.book(START, times(1_000));
    const [urgent] = book.book(START + SECOND, [{ lane: 'urgent', units: 5 }]);
    expect(timeOf(urgent) - START).toBeLessThan(WINDOW + 5 * SECOND);
  });

  it('take the reserve as well when more come than the normal lane has room for', () => {
    const book = createBook(TOLL_FREE);
    const burst = book.book(START, times(200, { lane: 'urgent' })).map(timeOf);
    expect(Math.max(...burst) - START).toBeLessThan(20 * SECOND);
  });

  it('behind a backlog of five windows wait for one window at most, while they are no more than the reserve', () => {
    for (let phase = 0; phase < 60; phase += 7) {
      const book = createBook(TOLL_FREE);
      book.book(START, times(1_000));
      const waits: number[] = [];
      for (let now = START + phase * SECOND; now < START + 4.5 * WINDOW; now += 20 * SECOND)
        waits.push(timeOf(book.book(now, [{ lane: 'urgent' }])[0]) - now);
      expect(Math.max(...waits)).toBeLessThanOrEqual(WINDOW + 5 * SECOND);
    }
  });

  it('wait like all others where the whole limit is one', () => {
    const book = createBook(rulesFor({ limit: 1, seconds: 60 }));
    const slots = book.book(START, [{}, {}, { lane: 'urgent' }]).map(timeOf);
    expect(slots[1]! - slots[0]!).toBeGreaterThan(WINDOW);
    expect(slots[2]! - slots[1]!).toBeGreaterThan(WINDOW);
  });
});

describe('what comes again', () => {
  it('has a slot within a window when only it has missed one, however long the backlog', () => {
    const book = createBook(TOLL_FREE);
    const backlog = book.book(START, times(2_000)).map(timeOf);
    for (const missed of [backlog[150]!, backlog[900]!, backlog[1_500]!]) {
      const [next] = book.book(missed + guard + 1, [{ lane: 'again' }]).map(timeOf);
      expect(next! - missed).toBeLessThan(WINDOW);
    }
  });

  it('takes the urgent lane rather than no slot in time', () => {
    const book = createBook(TOLL_FREE);
    book.book(START, times(1_000));
    const now = START + 2 * SECOND;
    book.book(now, times(4, { lane: 'urgent' }));
    const deadline = new Date(now + 2 * WINDOW);
    expect(book.book(now, [{ lane: 'again', deadline }])).toEqual([expect.anything()]);
  });
});

describe('slots of a process that died', () => {
  it('are lost to the others for one window at most', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 196 }), fc.integer({ min: 1, max: 196 }), (dead, after) => {
        const [book, alive] = [createBook(TOLL_FREE), createBook(TOLL_FREE)];
        book.book(START, times(dead));
        const [late, prompt] = [book, alive].map((of) => Math.max(...of.book(START + 100, times(after)).map(timeOf)));
        expect(late! - prompt!).toBeLessThanOrEqual(WINDOW + 5 * SECOND);
        const rested = Math.max(...book.book(START + 3 * WINDOW, times(after)).map(timeOf));
        const fresh = Math.max(...alive.book(START + 3 * WINDOW, times(after)).map(timeOf));
        expect(rested).toBe(fresh);
      }),
      { numRuns: 50 },
    );
  });
});

describe('limits that change', () => {
  it('hold for the next booking, both ways', () => {
    const [few, many] = [rulesFor({ limit: 100, seconds: 60 }), rulesFor({ limit: 400, seconds: 60 })];
    const book = createBook(TOLL_FREE);
    book.book(START, times(98));
    const ends = (rules: CalendarRules, now: number, count: number) =>
      Math.max(...book.book(now, times(count), rules).map((one) => timeOf(one) - now));
    expect(ends(few, START, 3)).toBeGreaterThan(WINDOW);
    expect(ends(many, START + 3 * WINDOW, 392)).toBeLessThan(22 * SECOND);
    expect(ends(TOLL_FREE, START + 3 * WINDOW, 5)).toBeGreaterThan(WINDOW);
  });

  it('may go and come back without a trace', () => {
    const hour = { limit: 300, seconds: 3_600 };
    const both = rulesFor({ limit: 200, seconds: 60 }, hour);
    const book = createBook(both);
    book.book(START, times(150));
    book.book(START + 2 * WINDOW, times(100), TOLL_FREE);
    const [late] = book
      .book(START + 4 * WINDOW, times(45), both)
      .slice(-1)
      .map(timeOf);
    expect(late! - START).toBeLessThan(5 * WINDOW);
  });
});
