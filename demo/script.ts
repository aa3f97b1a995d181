import type { Channel } from '../shared/delivery.ts';
import type { AppointmentEventType } from '../shared/appointment-events.ts';
import { EVENT_TOPICS } from '../shared/entities.ts';
import { type EventType, familyOf } from '../shared/events.ts';
import type { OrderEventType } from '../shared/order-events.ts';
import { type Appointment, appointmentEvent } from './appointment-event.ts';
import { type EventIdentity, type ExpectedDelivery, type Publication, type Stream, withLater } from './expectation.ts';
import { type Order, orderEvent } from './order-event.ts';
import { identityOf, MESSAGE_OF, REMINDER, type PublishedEvent } from './published-event.ts';
import { type Dice, diceFrom } from './random.ts';
import { createPeople, type People, type Recipient } from './recipients.ts';
import type { Shop } from './shops.ts';
import { UNTIL_VISIT, type Visit } from './visits.ts';

export type ScriptOptions = {
  seed: number;
  /** The beginning: promises and deadlines count from here. */
  now: Date;
  /** When the events say that they happened; `now`, unless the same stream is sent again with new times. */
  times: Date;
  /** Milliseconds from the first publication to the last. */
  length: number;
};

export type Ends = Partial<Record<Channel, ExpectedDelivery['ends']>>;

export type Script = {
  dice: Dice;
  people: People;
  length: number;
  order: (shop: Shop, customer: Recipient) => Order;
  appointment: (shop: Shop, customer: Recipient, visit: Visit) => Appointment;
  event: (of: Order | Appointment, type: EventType, at: number, expiresAt?: Date) => PublishedEvent;
  publish: (at: number, event: PublishedEvent, verdict?: Publication['verdict']) => void;
  publishRubbish: (at: number, body: Uint8Array) => void;
  expect: (event: PublishedEvent, ends: Ends) => void;
  /** Of the state that an event of this type made. */
  expectReminder: (of: Appointment, type: AppointmentEventType, ends: Ends) => void;
  /** Its news at random moments in the right order, each telling the customer the same way. */
  story: (of: Order | Appointment, types: readonly EventType[], ends: Ends, within?: number) => void;
  optOut: (phone: string) => void;
  finish: () => Stream;
};

const DAY = 86_400_000;
const CHANNELS: readonly Channel[] = ['sms', 'email'];
const GOODS = [
  'Enamel mug',
  'Wool blanket',
  'Field notebook',
  'Head torch',
  'Espresso beans, 1 kg',
  'Rain jacket',
] as const;

/** Collects what is published and what is expected of it. */
export function createScript({ seed, now, times, length }: ScriptOptions): Script {
  const dice = diceFrom('stream', seed);
  const publications: Publication[] = [];
  const deliveries: ExpectedDelivery[] = [];
  const optedOut: string[] = [];
  let orders = 0;
  let appointments = 0;

  const order: Script['order'] = (shop, customer) => ({
    shop,
    number: shop.orderNumber(++orders),
    total: { amount: 500 + dice.roll(20_000), currency: shop.currency },
    items: [{ name: dice.pick(GOODS), quantity: 1 + dice.roll(3) }],
    customer,
    promisedBy: new Date(now.getTime() + (1 + dice.roll(6)) * DAY),
    deliveredAt: now,
  });
  const appointment: Script['appointment'] = (shop, customer, { types, isToday, isReminded }) => {
    const start = new Date(now.getTime() + (isToday ? UNTIL_VISIT * 1_000 : (1 + dice.roll(6)) * DAY));
    return {
      shop,
      number: `T-${500 + ++appointments}`,
      customer,
      start,
      ...(types.includes('appointment.rescheduled') && { previousStart: new Date(start.getTime() + DAY) }),
      ...(isToday && !isReminded && { reminders: [] }),
      minutes: dice.pick([20, 30, 45, 60]),
      isOnline: dice.chance(1 / 3),
    };
  };
  const event: Script['event'] = (of, type, at, expiresAt) => {
    const news = { id: `${of.number}:${type}`, time: new Date(times.getTime() + at) };
    return 'start' in of
      ? appointmentEvent(of, { ...news, type: type as AppointmentEventType })
      : orderEvent(of, { ...news, type: type as OrderEventType, ...(expiresAt ? { expiresAt } : {}) });
  };
  const publish: Script['publish'] = (at, of, verdict = 'taken') => {
    const body = new TextEncoder().encode(JSON.stringify(of));
    const topic = EVENT_TOPICS[familyOf(of.type)];
    publications.push({ at, topic, body, verdict, ...(verdict === 'rejected' ? {} : { event: identityOf(of) }) });
  };
  const expectMessage = (event: EventIdentity, message: string, ends: Ends): void => {
    for (const channel of CHANNELS) {
      const end = ends[channel];
      if (end) deliveries.push({ event, message, channel, ends: end });
    }
  };
  const expect: Script['expect'] = (of, ends) => expectMessage(identityOf(of), MESSAGE_OF[of.type], ends);

  return {
    dice,
    people: createPeople(dice),
    length,
    order,
    appointment,
    event,
    publish,
    expect,
    expectReminder: (of, type, ends) => expectMessage(identityOf(event(of, type, 0)), REMINDER, ends),
    publishRubbish: (at, body) => publications.push({ at, body, verdict: 'rejected' }),
    story(of, types, ends, within = length) {
      const gap = within / types.length;
      for (const [step, type] of types.entries()) {
        const at = Math.round(gap * (step + dice.roll(800) / 1_000));
        const news = event(of, type, at);
        publish(at, news);
        expect(news, endsOf(type, types.slice(step + 1), ends));
      }
    },
    optOut: (phone) => optedOut.push(phone),
    finish: () => ({ publications: publications.toSorted((a, b) => a.at - b.at), deliveries, optedOut }),
  };
}

const endsOf = (told: EventType, later: readonly EventType[], ends: Ends): Ends =>
  Object.fromEntries(Object.entries(ends).map(([channel, each]) => [channel, withLater(each, told, later)]));
