import { setTimeout as wait } from 'node:timers/promises';
import { type Account, type EffectiveSend, isOver } from '../../demo/accounting.ts';
import { takeAccount } from '../../demo/demonstration.ts';
import type { Stream } from '../../demo/expectation.ts';
import { ARRIVED } from '../../demo/fates.ts';
import type { LaptopCloud } from '../../demo/laptop-cloud.ts';
import { createReader, type FullBooks, type Reader } from '../../demo/reader.ts';
import { createScript } from '../../demo/script.ts';
import { SHOPS } from '../../demo/shops.ts';
import { UNTIL_VISIT, type Visit } from '../../demo/visits.ts';
import { parseAttemptId } from '../../shared/delivery-id.ts';
import { ORDER_EVENTS_DATA, type OrderEventType } from '../../shared/order-events.ts';

const TYPES = Object.keys(ORDER_EVENTS_DATA) as OrderEventType[];

const EVERYWHERE = { sms: ARRIVED, email: ARRIVED };

/** Events from the first on among which a fourth are visits, each with one reminder. */
export const WITH_VISITS = 40;
/** Seconds from the beginning to the first reminder. */
const FIRST_REMINDER = 5;

/**
 * News of so many orders at one moment, of every kind, to people whom everything reaches by SMS and by mail.
 * @param reminders seconds over which reminders of visits are due; none without
 */
export function burst(events: number, { seed = 7, reminders = 0 } = {}): Stream {
  const now = new Date();
  const { dice, people, order, appointment, publish, event, expect, expectReminder, story, finish } = createScript({
    seed,
    now,
    times: now,
    length: 0,
  });
  for (let n = 0; n < events; n++) {
    const shop = dice.pick(SHOPS);
    const customer = people.person(shop, { channels: ['sms', 'email'] });
    if (reminders > 0 && n < WITH_VISITS && n % 4 === 3) {
      const due = FIRST_REMINDER + Math.floor((n / WITH_VISITS) * reminders);
      const visit = { ...appointment(shop, customer, BOOKED), reminders: [`${UNTIL_VISIT - due}s`] };
      const booked = event(visit, 'appointment.booked', 0);
      publish(0, booked);
      expect(booked, EVERYWHERE);
      expectReminder(visit, 'appointment.booked', EVERYWHERE);
    } else story(order(shop, customer), [TYPES[n % TYPES.length]!], EVERYWHERE);
  }
  return finish();
}

const BOOKED: Visit = { types: ['appointment.booked'], isToday: true, isReminded: true };

/** What is expected of the first so many publications of a burst. */
export function beginningOf({ publications, deliveries, optedOut }: Stream, count: number): Stream {
  const published = publications.slice(0, count);
  const ids = new Set(published.map(({ event }) => event?.id));
  return { publications: published, deliveries: deliveries.filter(({ event }) => ids.has(event.id)), optedOut };
}

export type Result = {
  account: Account;
  books: FullBooks;
  /** Deliveries that the provider never took, and of which nobody says that it may have. */
  lost: number;
  /** Effective sends beyond the first of a delivery. */
  doubled: number;
  uncertain: number;
};

/** Waits until so many deliveries have ended and nothing is on its way; fails after `patience` ms in which nothing moved. */
export async function untilOver(reader: Reader, deliveries: number, patience: number): Promise<void> {
  let [last, moved] = ['', performance.now()];
  for (let quiet = 0; quiet < 2;) {
    const [figures, pending] = await Promise.all([reader.figures(), reader.pending()]);
    const all = figures.deliveries.length >= deliveries && figures.deliveries.every(isOver);
    quiet = all && pending.messages + pending.reports === 0 ? quiet + 1 : 0;
    const state = JSON.stringify([figures, pending]);
    if (state !== last) [last, moved] = [state, performance.now()];
    if (performance.now() - moved > patience)
      throw new Error(
        `nothing has moved for ${patience} ms: ${JSON.stringify(pending)}, ${summary(figures.deliveries)}`,
      );
    await wait(250);
  }
}

/** What became of everything, once it is over. */
export async function outcomeOf(cloud: LaptopCloud, stream: Stream, patience: number): Promise<Result> {
  const reader = createReader(cloud);
  await untilOver(reader, stream.deliveries.length, patience);
  const [{ account, books }, sends] = await Promise.all([takeAccount(reader, [stream]), reader.sends()]);
  const perDelivery = sendsPerDelivery(sends);
  return {
    account,
    books,
    lost: books.deliveries.filter(({ id, status }) => status !== 'uncertain' && !perDelivery.has(id)).length,
    doubled: [...perDelivery.values()].reduce((sum, count) => sum + count - 1, 0),
    uncertain: books.deliveries.filter(({ status }) => status === 'uncertain').length,
  };
}

function sendsPerDelivery(sends: readonly EffectiveSend[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { attemptId } of sends) {
    const delivery = parseAttemptId(attemptId ?? '')?.delivery ?? 'none';
    counts.set(delivery, (counts.get(delivery) ?? 0) + 1);
  }
  return counts;
}

function summary(deliveries: readonly { status: string }[]): string {
  const counts = Map.groupBy(deliveries, ({ status }) => status);
  return [...counts].map(([status, rows]) => `${rows.length} ${status}`).join(', ');
}
