/** What has to hold of the reminders of one visit, whatever happened to it. Pure. */
import { type News, OFFSETS } from './reminder-news.ts';

/** News as intake took it; times in milliseconds. */
export type Taken = {
  news: News;
  /** When its first copy reached the broker. */
  arrived: number;
  /** When it stood in the table: from then on it is acknowledged, or will be. */
  taken: number;
};

/** A reminder as its row tells it, with what the provider took of it. */
export type Told = {
  start: number;
  offset: string;
  channel: string;
  status: string;
  revision: number;
  claimed?: number;
  sends: number;
};

export type Findings = {
  /** Reminders that had to come. */
  expected: number;
  missing: readonly string[];
  twice: readonly string[];
  /** Told of a start that was known not to hold, or of a visit that was known to be over. */
  wrong: readonly string[];
  /** Told what an older version said, though the newest one had been taken before it was due. */
  outdated: readonly string[];
  /** Killed in a call, and back too late to ask again under the same id: nobody can know, so it is not repeated. */
  uncertain: readonly string[];
};

const CHANNELS = ['email', 'sms'];
/** How far the clocks of storage, host and this process may be apart, and what a look after a claim takes. */
const SLACK = 500;

const offsetsOf = ({ type, reminders = OFFSETS }: News): readonly string[] => (type === 'cancelled' ? [] : reminders);
const dueOf = (start: number, offset: string): number => start - Number.parseInt(offset, 10) * 1_000;

/** @param starts when the run began: starts of news count from then */
export function findingsOf(number: string, all: readonly Taken[], told: readonly Told[], starts: number): Findings {
  const newest = all.reduce((best, one) => (one.news.revision > best.news.revision ? one : best));
  const start = starts + newest.news.start;
  const wanted = offsetsOf(newest.news).filter((offset) => dueOf(start, offset) > newest.arrived);
  const ofNewest = told.filter((one) => one.start === start);
  const name = (offset: string): string => `${number}, ${offset} before revision ${newest.news.revision}`;

  const untold = wanted.flatMap((offset) =>
    CHANNELS.flatMap((channel) => {
      const rounds = ofNewest.filter((one) => one.offset === offset && one.channel === channel);
      if (rounds.some(({ status, sends }) => status === 'delivered' && sends > 0)) return [];
      const statuses = rounds.map(({ status }) => status);
      const line = `${name(offset)} by ${channel}: ${statuses.join(', ') || 'never planned'}`;
      return [{ line, isUncertain: statuses.includes('uncertain') }];
    }),
  );
  const linesOf = (uncertain: boolean): string[] =>
    untold.flatMap(({ line, isUncertain }) => (isUncertain === uncertain ? [line] : []));
  const outdated = ofNewest
    .filter(({ offset, revision }) => {
      const known = dueOf(start, offset) > newest.taken + SLACK;
      return wanted.includes(offset) && known && revision !== newest.news.revision;
    })
    .map(({ offset, channel, revision }) => `${name(offset)} by ${channel}: as revision ${revision} has it`);
  return {
    expected: wanted.length * CHANNELS.length,
    missing: linesOf(false),
    uncertain: linesOf(true),
    twice: twiceIn(number, told),
    wrong: told
      .filter((one) => isWrong(one, all, starts))
      .map(({ offset, channel }) => `${name(offset)} by ${channel}`),
    outdated,
  };
}

/** A round that was skipped is told anew in another one. */
function twiceIn(number: string, told: readonly Told[]): string[] {
  const byReminder = Map.groupBy(told, ({ start, offset, channel }) => `${start} ${offset} ${channel}`);
  const isTwice = (rows: readonly Told[]): boolean =>
    rows.filter(({ status }) => status !== 'skipped').length > 1 || rows.reduce((sum, { sends }) => sum + sends, 0) > 1;
  return [...byReminder.values()]
    .filter(isTwice)
    .map(([{ offset, channel }]: Told[] | [Told]) => `${number}, ${offset} by ${channel}`);
}

/** Nothing that was the newest around its claim begins at its start. */
function isWrong({ start, claimed, sends }: Told, all: readonly Taken[], starts: number): boolean {
  if (sends === 0 || claimed === undefined) return false;
  const heard = all.toSorted((a, b) => a.taken - b.taken);
  const states = heard.filter(({ news }, index) =>
    heard.slice(0, index).every((earlier) => earlier.news.revision < news.revision),
  );
  return !states.some(({ news, taken }, index) => {
    const until = states[index + 1]?.taken ?? Infinity;
    const held = taken <= claimed + SLACK && until >= claimed - SLACK;
    return held && news.type !== 'cancelled' && starts + news.start === start;
  });
}
