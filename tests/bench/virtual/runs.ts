import type { Delivery, Lane } from '../../../shared/delivery.ts';
import { parseAttemptId } from '../../../shared/delivery-id.ts';
import { seededRandom } from '../../fakes/random.ts';
import { virtualTime } from '../../simulation/virtual-time.ts';
import { wakeLateness } from './lateness.ts';
import { createPipeline } from './pipeline.ts';
import { drainWithPlainSdk } from './plain-sdk.ts';
import { type Arrival, type ProviderSettings, createNumber } from './provider.ts';

const START = new Date('2026-11-20T13:00:07.000Z');
const MINUTE = 60_000;
export const LIMIT = 200;
export const SECONDS = 60;
const LONGEST = 3 * 60 * MINUTE;
/** What the copies of a run are late by at most, in ms: as much as they are woken ahead. */
export const WITHIN_THE_LEAD = 2_000;

export type Windows = Pick<ProviderSettings, 'fixed' | 'refusalsCount' | 'stranger'>;
export const ALONE: Windows = { fixed: false, refusalsCount: true, stranger: 0 };

function setUp(seed: number, windows: Windows, { latest, away }: { latest: number; away?: ProviderSettings['away'] }) {
  const time = virtualTime(START);
  const random = seededRandom(seed);
  const quota = { limit: LIMIT, seconds: SECONDS };
  const number = createNumber({ ...quota, ...windows, ...(away && { away }) }, time, random);
  const lateness = wakeLateness(random, latest);
  const pipeline = createPipeline({ ...quota, processes: 2, lateness }, number, time, random);
  return { time, random, number, pipeline };
}

const accepted = (arrivals: readonly Arrival[]) => arrivals.filter(({ status }) => status === 202);
const refused = (arrivals: readonly Arrival[]) => arrivals.filter(({ status }) => status === 429).length;
const least = (messages: number): number => (Math.ceil(messages / LIMIT) - 1) * SECONDS * 1_000;

/** First to last acceptance. */
function drainOf(arrivals: readonly Arrival[]): number {
  const times = accepted(arrivals).map(({ at }) => at);
  return Math.max(...times) - Math.min(...times);
}

export type Drain = { overLeast: number; refusals: number; accepted: number };

export async function drainPipeline(
  seed: number,
  share: number,
  windows: Windows,
  latest = WITHIN_THE_LEAD,
): Promise<Drain & { bookings: number; looks: number; missedWaits: readonly number[] }> {
  const { time, number, pipeline } = setUp(seed, windows, { latest });
  const messages = share * LIMIT;
  void pipeline.publish(messages);
  await time.pass(() => accepted(number.arrivals).length >= messages, LONGEST);
  const writes = pipeline.counts.get('senderCalendars.write') ?? 0;
  const conflicts = pipeline.conflicts();
  return {
    overLeast: drainOf(number.arrivals) / least(messages),
    refusals: refused(number.arrivals),
    accepted: accepted(number.arrivals).length,
    // Each conflict costs the refused write and one read more.
    bookings: writes + conflicts,
    looks: (pipeline.counts.get('senderCalendars.read') ?? 0) - conflicts,
    missedWaits: extraWaitsOf(pipeline.rows(), 'late for its slot'),
  };
}

/** From the first slot to acceptance, in ms, of those that lost one for this reason. */
const extraWaitsOf = (rows: readonly Delivery[], why: string): number[] =>
  rows
    .filter(({ progress }) => progress.history.some(({ note }) => note === why))
    .flatMap(({ plan, progress }) =>
      progress.accepted ? [progress.accepted.getTime() - plan.firstSlot.getTime()] : [],
    );

export async function drainPlain(seed: number, share: number, windows: Windows, inFlight: number): Promise<Drain> {
  const { time, number } = setUp(seed, windows, { latest: 0 });
  const messages = share * LIMIT;
  await drainWithPlainSdk({ messages, inFlight, longest: 10 * least(messages) }, number, time);
  return {
    overLeast: drainOf(number.arrivals) / least(messages),
    refusals: refused(number.arrivals),
    accepted: accepted(number.arrivals).length,
  };
}

/** More comes than may go, for twenty minutes; what is used of the quota in the fifteen in the middle. */
export async function utilisation(seed: number, urgentEvery?: number): Promise<{ share: number; refusals: number }> {
  const { time, number, pipeline } = setUp(seed, ALONE, { latest: WITHIN_THE_LEAD });
  const second = (at: number): void => {
    void pipeline.publish(4);
    if (urgentEvery !== undefined && at % urgentEvery === 0) void pipeline.publish(1, 'urgent');
    if (at < 20 * 60) time.after(1_000, () => second(at + 1));
  };
  second(1);
  await time.pass(() => false, 20 * MINUTE);
  const lanes = new Map<string, Lane>(pipeline.planned.map(({ id, lane }) => [id, lane]));
  const counted = accepted(number.arrivals)
    .filter(({ id }) => urgentEvery === undefined || lanes.get(parseAttemptId(id)!.delivery) === 'normal')
    .map(({ at }) => at)
    .filter((at) => at >= START.getTime() + 4 * MINUTE);
  // From the first of a window to the first of the twelfth after it, so that no part of a window is counted.
  const perWindow = Math.round(counted.length / ((20 - 4) * 0.9934));
  const used = 12 * Math.min(LIMIT, perWindow);
  const took = counted[used]! - counted[0]!;
  return { share: (used * SECONDS * 1_000) / (took * LIMIT), refusals: refused(number.arrivals) };
}

/** Milliseconds from event to acceptance of urgent news, one about every `pause` seconds from anywhere in the first of five windows of normal ones on. */
export async function urgentWaits(
  seed: number,
  pause: number,
): Promise<{ waits: number[]; takenBack: number[]; refusals: number }> {
  const { time, random, number, pipeline } = setUp(seed, ALONE, { latest: WITHIN_THE_LEAD });
  void pipeline.publish(5 * LIMIT);
  const publish = (): void => {
    void pipeline.publish(1, 'urgent');
    if (time.now() < START.getTime() + 4 * MINUTE) time.after(2 * pause * 1_000 * random(), publish);
  };
  time.after(SECONDS * 1_000 * random(), publish);
  await time.pass(() => pipeline.isIdle() && time.now() > START.getTime() + 5 * MINUTE, LONGEST);
  return {
    waits: waitsOf(pipeline.planned, number.arrivals, 'urgent'),
    takenBack: extraWaitsOf(pipeline.rows(), 'slot taken back for urgent news'),
    refusals: refused(number.arrivals),
  };
}

export async function burstAtIdle(seed: number): Promise<{ waits: number[]; refusals: number }> {
  const { time, number, pipeline } = setUp(seed, ALONE, { latest: WITHIN_THE_LEAD });
  void pipeline.publish(50);
  await time.pass(() => accepted(number.arrivals).length === 50, LONGEST);
  return { waits: waitsOf(pipeline.planned, number.arrivals, 'normal'), refusals: refused(number.arrivals) };
}

function waitsOf(
  planned: readonly { id: string; lane: Lane; at: number }[],
  arrivals: readonly Arrival[],
  lane: Lane,
): number[] {
  const taken = new Map(accepted(arrivals).map(({ id, at }) => [parseAttemptId(id)!.delivery as string, at]));
  return planned.filter((one) => one.lane === lane).map(({ id, at }) => (taken.get(id) ?? Number.NaN) - at);
}

/** The provider answers 503 for ten minutes in the middle of a backlog. */
export async function outage(
  seed: number,
): Promise<{ ambiguous: number; overLeast: number; dead: number; unaccounted: number }> {
  const [from, until] = [2 * MINUTE, 12 * MINUTE];
  const { time, number, pipeline } = setUp(seed, ALONE, { latest: WITHIN_THE_LEAD, away: { from, until } });
  const messages = 12 * LIMIT;
  void pipeline.publish(messages);
  const back = START.getTime() + until;
  await time.pass(() => pipeline.isIdle() && time.now() > back, LONGEST);
  const rows = pipeline.rows();
  const backlog = accepted(number.arrivals).filter(({ at }) => at >= back);
  const drained = Math.max(...backlog.map(({ at }) => at)) - back;
  return {
    ambiguous: rows.filter(({ progress }) => progress.history.some(({ cause }) => cause === 'no-answer')).length,
    overLeast: drained / ((backlog.length / LIMIT) * SECONDS * 1_000),
    dead: pipeline.dead.length,
    unaccounted: rows.filter(({ progress }) => !['accepted', 'uncertain'].includes(progress.status)).length,
  };
}
