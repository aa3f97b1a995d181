import { describe, expect, it } from 'vitest';
import { seededRandom } from '../fakes/random.ts';
import { findingsOf, type Taken, type Told } from './reminder-checks.ts';
import { drawVisits, type News } from './reminder-news.ts';

const BEGAN = 1_000_000_000;
const START = 1_800_000;
/** The usual ones, 1,794 and 1,790 s before it. */
const DUE = BEGAN + 6_000;

const booked: News = { type: 'booked', revision: 0, start: START };
const moved: News = { type: 'rescheduled', revision: 1, start: START + 60_000 };
const cancelled: News = { type: 'cancelled', revision: 1, start: START };
const taken = (news: News, after: number): Taken => ({ news, arrived: BEGAN + after, taken: BEGAN + after + 20 });

function told(change: Partial<Told> = {}): Told[] {
  return ['1794s', '1790s'].flatMap((offset, index) =>
    ['sms', 'email'].map((channel) => ({
      start: BEGAN + START,
      offset,
      channel,
      status: 'delivered',
      revision: 0,
      claimed: DUE + 4_000 * index + 50,
      sends: 1,
      ...change,
    })),
  );
}

const findings = (all: readonly Taken[], rows: readonly Told[]) => findingsOf('v', all, rows, BEGAN);

describe('what a run of reminders finds', () => {
  it('is nothing where each came once, at both times, by both channels', () => {
    expect(findings([taken(booked, 0)], told())).toEqual({
      expected: 4,
      missing: [],
      twice: [],
      wrong: [],
      outdated: [],
      uncertain: [],
    });
  });

  it('is one that is missing, or was planned and not sent, but not one that was due before', () => {
    expect(findings([taken(booked, 0)], told().slice(1)).missing).toHaveLength(1);
    expect(findings([taken(booked, 0)], told({ status: 'skipped', sends: 0 })).missing).toHaveLength(4);
    expect(findings([taken(booked, 8_000)], told().slice(2)).missing).toEqual([]);
  });

  it('is one that was planned or sent twice', () => {
    expect(findings([taken(booked, 0)], [...told(), ...told().slice(0, 1)]).twice).toHaveLength(1);
    expect(findings([taken(booked, 0)], told({ sends: 2 })).twice).toHaveLength(4);
  });

  it('is one that was claimed after the visit was cancelled or moved, not one before that', () => {
    for (const news of [cancelled, moved]) {
      expect(findings([taken(booked, 0), taken(news, 4_000)], told()).wrong).toHaveLength(4);
      expect(findings([taken(booked, 0), taken(news, 8_000)], told()).wrong).toHaveLength(2);
      expect(findings([taken(booked, 0), taken(news, 15_000)], told()).wrong).toEqual([]);
    }
  });

  it('is one for a visit whose cancellation came before its booking', () => {
    expect(findings([taken(cancelled, 0), taken(booked, 1_000)], told()).wrong).toHaveLength(4);
    expect(findings([taken(cancelled, 0), taken(booked, 1_000)], []).expected).toBe(0);
  });

  it('is none missing where nobody can know whether it was sent', () => {
    const { missing, uncertain } = findings([taken(booked, 0)], told({ status: 'uncertain', sends: 0 }));
    expect([missing.length, uncertain.length]).toEqual([0, 4]);
  });

  it('is none where one that was skipped was told anew, but one that was told both times', () => {
    const skipped = told({ status: 'skipped', sends: 0 });
    const once = findings([taken(booked, 0)], [...skipped, ...told()]);
    expect([once.missing, once.twice]).toEqual([[], []]);
    expect(findings([taken(booked, 0)], [...told({ status: 'skipped' }), ...told()]).twice).toHaveLength(4);
  });

  it('is one that says what an older version said', () => {
    const again: News = { type: 'rescheduled', revision: 1, start: START };
    expect(findings([taken(booked, 0), taken(again, 1_000)], told()).outdated).toHaveLength(4);
    expect(findings([taken(booked, 0), taken(again, 1_000)], told({ revision: 1 })).outdated).toEqual([]);
  });
});

describe('the news of a run', () => {
  it('has everything in it: moves, ends, repeats and news out of order, the same for a seed', () => {
    const visits = Array.from({ length: 50 }, (_, seed) => drawVisits(`s${seed}`, 6, seededRandom(seed))).flat();
    const has = (holds: (visit: (typeof visits)[number]) => boolean) => visits.filter(holds).length;
    expect(has(({ news }) => news.at(-1)?.type === 'cancelled')).toBeGreaterThan(40);
    expect(has(({ news }) => news.at(-1)?.type === 'rescheduled')).toBeGreaterThan(40);
    expect(has(({ news, published }) => published.length > news.length)).toBeGreaterThan(100);
    expect(
      has(({ published }) => published.some(({ news }, i) => news.revision < (published[i - 1]?.news.revision ?? 0))),
    ).toBeGreaterThan(20);
    expect(drawVisits('s1', 6, seededRandom(1))).toEqual(visits.slice(6, 12));
  });
});
