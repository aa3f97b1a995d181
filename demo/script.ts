import type { Channel } from '../shared/delivery.ts';
import type { OrderEventType } from '../shared/order-events.ts';
import { type ExpectedDelivery, type Publication, type Stream, withLater } from './expectation.ts';
import { identityOf, MESSAGE_OF, type Order, type OrderEvent, orderEvent } from './order-event.ts';
import { type Dice, diceFrom } from './random.ts';
import { createPeople, type People, type Recipient } from './recipients.ts';
import type { Shop } from './shops.ts';

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
  event: (order: Order, type: OrderEventType, at: number, expiresAt?: Date) => OrderEvent;
  publish: (at: number, event: OrderEvent, verdict?: Publication['verdict']) => void;
  publishRubbish: (at: number, body: Uint8Array) => void;
  expect: (event: OrderEvent, ends: Ends) => void;
  /** An order and its news at random moments in the right order, each telling the customer the same way. */
  story: (order: Order, types: readonly OrderEventType[], ends: Ends, within?: number) => void;
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

  const order: Script['order'] = (shop, customer) => ({
    shop,
    number: shop.orderNumber(++orders),
    total: { amount: 500 + dice.roll(20_000), currency: shop.currency },
    items: [{ name: dice.pick(GOODS), quantity: 1 + dice.roll(3) }],
    customer,
    promisedBy: new Date(now.getTime() + (1 + dice.roll(6)) * DAY),
    deliveredAt: now,
  });
  const event: Script['event'] = (of, type, at, expiresAt) =>
    orderEvent(of, {
      type,
      id: `${of.number}:${type}`,
      time: new Date(times.getTime() + at),
      ...(expiresAt ? { expiresAt } : {}),
    });
  const publish: Script['publish'] = (at, of, verdict = 'taken') => {
    const body = new TextEncoder().encode(JSON.stringify(of));
    publications.push({ at, body, verdict, ...(verdict === 'rejected' ? {} : { event: identityOf(of) }) });
  };
  const expect: Script['expect'] = (of, ends) => {
    for (const channel of CHANNELS) {
      const end = ends[channel];
      if (end) deliveries.push({ event: identityOf(of), message: MESSAGE_OF[of.type], channel, ends: end });
    }
  };

  return {
    dice,
    people: createPeople(dice),
    length,
    order,
    event,
    publish,
    expect,
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

const endsOf = (told: OrderEventType, later: readonly OrderEventType[], ends: Ends): Ends =>
  Object.fromEntries(Object.entries(ends).map(([channel, each]) => [channel, withLater(each, told, later)]));
