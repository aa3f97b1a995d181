/** The reminders of one day of visits, in virtual time, by the real code from event to provider. */
import type { Delivery } from '../../../shared/delivery.ts';
import { parseAttemptId } from '../../../shared/delivery-id.ts';
import { quietUntil } from '../../../shared/quiet-hours.ts';
import { seededRandom } from '../../fakes/random.ts';
import type { Row } from '../../long/record.ts';
import type { Part } from '../part.ts';
import { asItIs, atMost } from '../rows.ts';
import { percentile } from '../statistics.ts';
import { drawDay, LONGEST_WAIT, type Visit } from './day.ts';
import { perMinute } from './plot.ts';
import { createWorld, QUIET, QUOTA, ZONE } from './world.ts';

const SEED = 1;
const VISITS = 1_500;
const MIDNIGHT = new Date('2026-11-20T03:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const DAY_BEFORE = '1d@17:00';
const HOUR_BEFORE = '1h';

/** A reminder that the provider took. */
export type Sent = { offset: string; due: number; start: number; at: number };

export const reminders: Part = {
  name: 'reminders',
  about: `reminders of ${VISITS} visits of one day in virtual time, by SMS through ${QUOTA.limit} a minute; about a minute`,
  settings: { seed: SEED, visits: VISITS, quota: QUOTA, quietHours: '21:00-08:00', zone: ZONE, processes: 2 },
  async run(progress) {
    const visits = drawDay(MIDNIGHT, VISITS, seededRandom(SEED));
    const begins = new Date(MIDNIGHT.getTime() - (LONGEST_WAIT + 1) * DAY);
    const world = createWorld(begins, SEED);
    for (const visit of visits) world.book(visit);
    const isEvening = (): boolean => world.time.now() > MIDNIGHT.getTime() + 20 * HOUR;
    await world.time.pass(() => isEvening() && world.isIdle(), (LONGEST_WAIT + 3) * DAY);
    progress(`${world.arrivals.length} calls of the provider`);

    const deliveries = [...world.deliveries.values()];
    const sent = sentOf(deliveries, world.arrivals);
    return {
      rows: [
        ...peak(sent),
        ...hourBefore(sent),
        ...quiet(sent),
        ...quota(world.arrivals),
        ...complete(visits, deliveries, sent),
      ],
      plots: [
        {
          name: 'reminders-per-minute',
          about:
            'Reminders that the provider took in each minute of local time: at 17:00 on the day before, and on the day itself with the night in grey. The line is the quota.',
          spec: perMinute(sent, { midnight: MIDNIGHT.getTime(), quota: QUOTA.limit }),
        },
      ],
    };
  },
};

type Arrivals = ReturnType<typeof createWorld>['arrivals'];

const accepted = (arrivals: Arrivals): Arrivals => arrivals.filter(({ status }) => status === 202);

function sentOf(deliveries: readonly Delivery[], arrivals: Arrivals): Sent[] {
  const plans = new Map<string, Delivery['plan']>(deliveries.map(({ plan }) => [plan.id, plan]));
  return accepted(arrivals).flatMap(({ id, at }) => {
    const plan = plans.get(parseAttemptId(id)!.delivery);
    if (!plan?.reminder) return [];
    const { offset, start } = plan.reminder;
    return [{ offset, due: plan.arrived.getTime(), start: start.getTime(), at }];
  });
}

const of = (sent: readonly Sent[], offset: string): Sent[] => sent.filter((one) => one.offset === offset);
const late = (sent: readonly Sent[]): number[] => sent.map(({ at, due }) => (at - due) / 1_000);

function peak(all: readonly Sent[]): Row[] {
  const sent = of(all, DAY_BEFORE);
  const times = sent.map(({ at }) => at);
  const took = Math.max(...times) - Math.min(...times);
  const least = (Math.ceil(sent.length / QUOTA.limit) - 1) * QUOTA.seconds * 1_000;
  return [
    asItIs({ name: 'due at 17:00 on the day before', value: sent.length, unit: 'reminders' }),
    asItIs({ name: 'due at 17:00: the last one after', value: Math.max(...late(sent)), unit: 's' }),
    atMost(1.1, { name: 'due at 17:00: drain ÷ minimum', value: took / least, unit: '×' }),
  ];
}

function hourBefore(all: readonly Sent[]): Row[] {
  const sent = of(all, HOUR_BEFORE);
  return [
    asItIs({ name: 'due an hour before the visit', value: sent.length, unit: 'reminders' }),
    atMost(10, { name: 'due an hour before: accepted after, p95', value: percentile(late(sent), 0.95), unit: 's' }),
  ];
}

function quiet(sent: readonly Sent[]): Row[] {
  const atNight = sent.filter(({ at }) => quietUntil(QUIET, ZONE, new Date(at)).getTime() > at);
  const pressing = atNight.filter(({ at, start }) => start - at <= HOUR);
  return [
    atMost(0, {
      name: 'in quiet hours, more than an hour before the visit',
      value: atNight.length - pressing.length,
      unit: 'reminders',
    }),
    asItIs({
      name: 'in quiet hours, because the visit starts within the hour',
      value: pressing.length,
      unit: 'reminders',
    }),
  ];
}

function quota(arrivals: Arrivals): Row[] {
  const times = accepted(arrivals).map(({ at }) => at);
  const most = times.reduce(
    (best, at, index) => Math.max(best, times.slice(0, index + 1).filter((earlier) => earlier > at - MINUTE).length),
    0,
  );
  return [
    atMost(0, {
      name: 'refused for quota',
      value: arrivals.filter(({ status }) => status === 429).length,
      unit: 'calls',
    }),
    atMost(QUOTA.limit, { name: 'most in any 60 seconds, confirmations too', value: most, unit: 'SMS' }),
  ];
}

/** By the clock of the visits, not by the product's rules. */
function complete(visits: readonly Visit[], deliveries: readonly Delivery[], sent: readonly Sent[]): Row[] {
  const expected = visits.flatMap(({ booked, start }) => {
    const dayBefore = MIDNIGHT.getTime() - 7 * HOUR;
    return [dayBefore, start.getTime() - HOUR].filter((due) => due > booked.getTime());
  });
  const planned = deliveries.filter(({ plan }) => plan.reminder).length;
  return [
    atMost(0, {
      name: 'planned, more or fewer than were due',
      value: Math.abs(planned - expected.length),
      unit: 'reminders',
    }),
    atMost(0, {
      name: 'taken by the provider, more or fewer than planned',
      value: Math.abs(sent.length - planned),
      unit: 'reminders',
    }),
  ];
}
