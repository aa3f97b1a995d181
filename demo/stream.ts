import type { OrderEventType } from '../shared/order-events.ts';
import { publishBadEvents } from './bad-events.ts';
import type { Stream } from './expectation.ts';
import { ARRIVED, FATES, OPTED_OUT } from './fates.ts';
import { publishOddities } from './oddities.ts';
import type { Recipient } from './recipients.ts';
import { createScript, type Ends, type Script, type ScriptOptions } from './script.ts';
import { IN_NORTH_AMERICA, SHOPS } from './shops.ts';
import { TOLD_WITHIN, VISITS } from './visits.ts';

/** What may happen to an order after it is placed. One after the other, so that even a short stream has them all. */
const LIVES: readonly (readonly OrderEventType[])[] = [
  ['order.confirmed', 'order.shipped', 'order.out-for-delivery', 'order.delivered'],
  ['order.delayed'],
  [],
  ['order.cancelled', 'order.refunded'],
  ['order.delayed', 'order.out-for-delivery'],
  ['order.delivered'],
  [],
  ['order.shipped'],
];
/** One appointment for so many customers who order something. */
const ORDERS_PER_APPOINTMENT = 10;
const TWO_NEWS: readonly [OrderEventType, OrderEventType] = ['order.placed', 'order.delayed'];
const BOTH: Recipient['channels'] = ['sms', 'email'];
const ALL_ARRIVE: Ends = { sms: ARRIVED, email: ARRIVED };

/**
 * The demonstration: a day of seven shops in half a minute. What has to become of every event and every delivery
 * follows from what is planted here, not from the product's rules.
 * @param customers to whom nothing special happens
 */
export function demonstrationStream({ customers, ...options }: ScriptOptions & { customers: number }): Stream {
  const script = createScript(options);
  everydayLife(script, customers);
  fates(script);
  optOuts(script);
  publishOddities(script);
  publishBadEvents(script);
  appointments(script, Math.max(VISITS.length, Math.ceil(customers / ORDERS_PER_APPOINTMENT)));
  return script.finish();
}

function everydayLife({ dice, people, order, story }: Script, customers: number): void {
  for (let n = 0; n < customers; n++) {
    const shop = SHOPS[n % SHOPS.length] ?? SHOPS[0];
    const channels = dice.pick<Recipient['channels']>([BOTH, BOTH, BOTH, ['sms'], ['email']]);
    const ends = Object.fromEntries(channels.map((channel) => [channel, ARRIVED]));
    const news = LIVES[n % LIVES.length] ?? [];
    story(order(shop, people.person(shop, { channels })), ['order.placed', ...news], ends);
  }
}

function appointments({ dice, people, appointment, story, expectReminder, length }: Script, count: number): void {
  for (let n = 0; n < count; n++) {
    const shop = dice.pick(SHOPS);
    const visit = VISITS[n % VISITS.length]!;
    const booked = appointment(shop, people.person(shop, { channels: BOTH }), visit);
    story(booked, visit.types, ALL_ARRIVE, visit.isToday ? Math.min(length, TOLD_WITHIN * 1_000) : length);
    if (visit.isReminded) expectReminder(booked, visit.types.at(-1)!, ALL_ARRIVE);
  }
}

function fates({ dice, people, order, story, length }: Script): void {
  for (const { channel, mark, ends, people: count, events, early } of FATES)
    for (let n = 0; n < count; n++) {
      const shop = dice.pick(SHOPS);
      const marked = channel === 'sms' ? { ending: mark } : { mailbox: mark };
      const types: readonly OrderEventType[] = events === 2 ? TWO_NEWS : [dice.pick(TWO_NEWS)];
      const customer = people.person(shop, { channels: BOTH, ...marked });
      story(order(shop, customer), types, { ...ALL_ARRIVE, [channel]: ends }, early && length / 10);
    }
}

/** They wrote STOP long ago: the provider knows, and we learn it from the first report. Only a number can be answered. */
function optOuts({ people, order, story, optOut }: Script): void {
  for (let n = 0; n < 2; n++) {
    const shop = IN_NORTH_AMERICA;
    const customer = people.person(shop, { channels: BOTH });
    optOut(customer.phone!);
    story(order(shop, customer), ['order.placed', 'order.out-for-delivery'], { sms: OPTED_OUT, email: ARRIVED });
  }
}
