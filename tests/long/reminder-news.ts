/** Visits that are booked, moved, cancelled, told again and out of order, made of a seed: what is published, and when. Pure. */
import type { Random } from '../../shared/ports.ts';

export type News = {
  type: 'booked' | 'rescheduled' | 'cancelled';
  /** The highest is what holds in the end. */
  revision: number;
  /** Milliseconds from the first instant of the run to its due reminders. */
  start: number;
  /** Seconds before the start, instead of the usual ones. */
  reminders?: readonly string[];
};

export type Visit = {
  number: string;
  news: readonly News[];
  /** In the order of time; the same news may come again. */
  published: readonly { at: number; news: News }[];
};

/** The usual reminders; visits begin so long after the run that no deadline passes in it. */
export const OFFSETS = ['1794s', '1790s'] as const;
const UNTIL_VISIT = 1_800_000;
const OWN: readonly (readonly string[])[] = [['1792s'], ['1795s', '1791s', '1788s'], []];
/** Everything is published within so many milliseconds; the reminders are due from 3 s to 16 s. */
const LENGTH = 12_000;
const MOVES = [-3_000, -1_000, 2_000, 4_000];

export function drawVisits(run: string, count: number, random: Random): Visit[] {
  const below = (sides: number): number => Math.floor(random() * sides);
  return Array.from({ length: count }, (_, index) => {
    const news = drawNews(random, below);
    const times = news.map(() => below(LENGTH)).sort((a, b) => a - b);
    const published = news.map((one, place) => ({ at: times[place]!, news: one }));
    if (news.length > 1 && random() < 0.35) swap(published, below(news.length - 1));
    const again = published.flatMap(({ at, news: one }) =>
      random() < 0.3 ? [{ at: at + below(LENGTH - at), news: one }] : [],
    );
    return { number: `${run}-${index + 1}`, news, published: [...published, ...again].sort((a, b) => a.at - b.at) };
  });
}

function drawNews(random: Random, below: (sides: number) => number): News[] {
  const first = UNTIL_VISIT + below(2_000);
  const news: News[] = [{ type: 'booked', revision: 0, start: first }];
  const more = below(4);
  for (let revision = 1; revision <= more; revision += 1) {
    const before = news.at(-1)!;
    const own = random() < 0.15 ? { reminders: OWN[below(OWN.length)]! } : {};
    if (before.type !== 'cancelled' && random() < 0.35) news.push({ type: 'cancelled', revision, start: before.start });
    else {
      const start = random() < 0.3 ? first : first + MOVES[below(MOVES.length)]!;
      const type = before.type === 'cancelled' ? 'booked' : 'rescheduled';
      news.push({ type, revision, start, ...own });
    }
  }
  return news;
}

/** The later news comes first. */
function swap(published: { at: number; news: News }[], place: number): void {
  const [first, second] = [published[place]!, published[place + 1]!];
  [first.news, second.news] = [second.news, first.news];
}
