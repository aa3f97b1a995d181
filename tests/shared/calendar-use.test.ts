/** How much of the quota is used, how soon, and what a calendar takes up. The figures are those of the goals, not of this code. */
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { senderCalendarsIn } from '../../shared/azure/sender-calendars.ts';
import type { Entity } from '../../shared/azure/table-limits.ts';
import type { Table } from '../../shared/azure/table.ts';
import { rulesOf } from '../../shared/bookings.ts';
import type { Calendar, CalendarRules } from '../../shared/calendar.ts';
import { OPEN_GATE } from '../../shared/gate.ts';
import { LIMITS } from '../../shared/limits.ts';
import { URGENT } from '../fakes/pacing.ts';
import type { QuotaWindow } from '../../shared/senders.ts';
import { seededRandom } from '../fakes/random.ts';
import { type Book, START, createBook, timeOf, times } from './calendar-book.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const TOLL_FREE = { limit: 200, seconds: 60 };

const SCOPE = { channel: 'sms', kind: 'toll-free', name: '', windows: [TOLL_FREE] } as const;
const rulesFor = (...windows: QuotaWindow[]): CalendarRules => rulesOf({ ...SCOPE, windows }, LIMITS.real, URGENT);

const drainOf = (book: Book): number => {
  const all = book.used().map(timeOf);
  return Math.max(...all) - Math.min(...all);
};

describe('a backlog', () => {
  it.each([
    ['at once', 9.5, 2_000],
    ['at once', 10, 2_000],
    ['by batches of 50', 9.5, 50],
    ['by batches of 50', 10, 50],
    ['one by one', 10, 1],
  ])('that is booked %s, %d times the quota, is sent within 1.05 of the least time', (_, share, size) => {
    const book = createBook(rulesFor(TOLL_FREE));
    for (let left = share * 200; left > 0; left -= size) book.book(START + 2_000 - left, times(Math.min(size, left)));
    expect(drainOf(book) / ((Math.ceil(share) - 1) * MINUTE)).toBeLessThanOrEqual(1.05);
  });

  it('of mails is sent as soon as the hour allows, nearly', () => {
    const book = createBook(rulesFor({ limit: 30, seconds: 60 }, { limit: 100, seconds: 3_600 }));
    book.book(START, times(1_000));
    expect(drainOf(book) / (9 * 60 * MINUTE)).toBeLessThanOrEqual(1.05);
  });
});

describe('in steady state', () => {
  /** Of the quota of ten minutes after the first ten, with more waiting than can be sent. */
  const used = (urgentEvery: number): number => {
    const book = createBook(rulesFor(TOLL_FREE));
    for (let second = 0; second < 1_200; second += 1) {
      const now = START + second * SECOND;
      book.book(now, times(4));
      if (urgentEvery > 0 && second % urgentEvery === 0) book.book(now, [{ lane: 'urgent' }]);
    }
    const [from, to] = [START + 600 * SECOND, START + 1_200 * SECOND];
    const sent = book.used().filter((one) => timeOf(one) >= from && timeOf(one) < to && one.request.lane === 'normal');
    return sent.length / 2_000;
  };

  it('a reserve that nobody needs is lent out', () => {
    expect(used(0)).toBeGreaterThanOrEqual(0.97);
  });

  it('a reserve that urgent news needs now and then costs the others no more than itself', () => {
    expect(used(120)).toBeGreaterThanOrEqual(0.95);
  });
});

/** The `calendar` column as it is written. */
async function columnOf(calendar: Calendar): Promise<Uint8Array> {
  let written: Entity | undefined;
  const table = { merge: async (entity: Entity) => ((written = entity), 'etag') } as unknown as Table;
  await senderCalendarsIn(table).write(SCOPE, { calendar, gate: OPEN_GATE }, 'etag');
  return written!['calendar'] as Uint8Array;
}

describe('the row of a short code', () => {
  const SHORT_CODE = { limit: 6_000, seconds: 60 };
  const HOUR = { limit: 300_000, seconds: 3_600 };

  it('takes 4 KB at most with two windows and scattered arrivals', async () => {
    const book = createBook(rulesFor(SHORT_CODE, HOUR));
    const random = seededRandom(7);
    let most = 0;
    for (let at = 0, booked = 0; at < 200 * SECOND; booked += 1) {
      // Now dense, now sparse, never in step with the grid.
      at += -Math.log(1 - random()) * (booked % 3_000 < 1_500 ? 12 : 60);
      book.book(START + Math.round(at), [{ lane: booked % 40 === 0 ? 'urgent' : 'normal' }]);
      if (booked % 400 === 0) most = Math.max(most, (await columnOf(book.calendar())).length);
    }
    expect(most).toBeGreaterThan(500);
    expect(most).toBeLessThanOrEqual(4 * 1_024);
  });

  it('takes 8 KB at most when every cell of every window and lane holds another number', async () => {
    const random = seededRandom(11);
    const drawn = (cell: number, most: number): [number, number][] =>
      Array.from({ length: 600 }, (_, index): [number, number] => [
        Math.floor(START / cell) + index,
        1 + Math.floor(random() * most),
      ]).filter(() => random() < 0.9);
    const sequence = (share: number) => ({
      last: START + 59_993,
      runs: { 60: drawn(100, 20 * share), 3600: drawn(6_000, 1_000 * share) },
    });
    const instants = (count: number) =>
      Array.from({ length: count }, (_, index) => START + Math.floor(index * 3_000 + random() * 3_000));
    const voids = { loans: instants(250), voids: instants(250) };
    const lanes = { normal: sequence(1), urgent: sequence(0.05), lent: sequence(0.05) };
    const urgentShares = { least: 0.02, most: 0.1, until: START + 63 * MINUTE };
    const column = await columnOf({ ...lanes, ...voids, lendFrom: START + 5 * MINUTE, urgentShares });
    expect(column.length).toBeLessThanOrEqual(8 * 1_024);
  });

  it('keeps nothing of what is over', async () => {
    const book = createBook(rulesFor(SHORT_CODE, HOUR));
    book.book(START, times(500));
    book.book(START + 3 * 60 * MINUTE, [{}]);
    expect(JSON.parse(gunzipSync(await columnOf(book.calendar())).toString())).toMatchObject({
      normal: { runs: { 60: [expect.any(Number), 1], 3600: [expect.any(Number), 1] } },
    });
  });
});
