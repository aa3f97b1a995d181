import { ARRIVED } from './fates.ts';
import type { Order } from './order-event.ts';
import type { Recipient } from './recipients.ts';
import type { Ends, Script } from './script.ts';
import { SHOPS } from './shops.ts';

const ALL_ARRIVE: Ends = { sms: ARRIVED, email: ARRIVED };

/** Good events that are not quite everyday: sent several times, half an address, a language that we do not have. */
export function publishOddities(script: Script): void {
  furtherCopies(script);
  otherContentUnderTheSameId(script);
  oddCustomers(script);
  tooLate(script);
  aLoop(script);
}

function newOrder({ dice, people, order }: Script, customer: Partial<Recipient> = {}): Order {
  const shop = dice.pick(SHOPS);
  return order(shop, { ...people.person(shop, { channels: ['sms', 'email'] }), ...customer });
}

function furtherCopies(script: Script): void {
  const { length, event, publish, expect } = script;
  for (const again of [0.02, 0.2, 0.5, 0.8]) {
    const order = newOrder(script);
    const first = event(order, 'order.placed', 0);
    publish(0, first);
    publish(length * again, first);
    publish(length * again + 50, { ...first, time: event(order, 'order.placed', length * again).time });
    expect(first, ALL_ARRIVE);
  }
}

/** Which of the two is taken depends on which comes first; either way one message goes out and one event is rejected. */
function otherContentUnderTheSameId(script: Script): void {
  const { length, event, publish, expect } = script;
  for (const share of [0.1, 0.6]) {
    const order = newOrder(script);
    const first = event(order, 'order.delayed', length * share);
    publish(length * share, first, 'either');
    publish(
      length * (share + 0.2),
      event({ ...order, total: { ...order.total, amount: order.total.amount + 1 } }, 'order.delayed', length * share),
      'either',
    );
    expect(first, ALL_ARRIVE);
  }
}

function oddCustomers(script: Script): void {
  const { dice, people, order, story } = script;
  const tell = (customer: Partial<Recipient>, ends: Ends): void =>
    story(newOrder(script, customer), ['order.placed'], ends);

  tell({ phone: '+49 12' }, { sms: ['failed/bad-address'], email: ARRIVED });
  tell({ phone: 'ask my neighbour' }, { sms: ['failed/bad-address'], email: ARRIVED });
  tell({ email: 'nobody at all' }, { sms: ARRIVED, email: ['failed/bad-address'] });
  tell({ email: 'two@@example.com' }, { sms: ARRIVED, email: ['failed/bad-address'] });
  tell({ phone: '12', email: '@' }, { sms: ['failed/no-usable-address'] });
  tell({ locale: 'sv-SE' }, ALL_ARRIVE);
  tell({ locale: 'pt-PT', timeZone: 'Europe/Lisbon' }, ALL_ARRIVE);
  tell({ name: 'Eve\r\nBcc: all@example.com https://prize.example' }, ALL_ARRIVE);
  tell({ name: '<b>Robert</b> {{name}} 🎁' }, ALL_ARRIVE);

  const shop = SHOPS[0];
  const customer = people.person(shop, { channels: ['sms', 'email'] });
  story({ ...order(shop, customer), number: `Ä/${dice.roll(1_000)} %41 #№` }, ['order.placed'], ALL_ARRIVE);
}

function tooLate(script: Script): void {
  const { length, event, publish, expect } = script;
  for (const share of [0.3, 0.7]) {
    const order = newOrder(script);
    const at = length * share;
    const lastMonth = new Date(order.promisedBy.getTime() - 30 * 86_400_000);
    const late = event(order, 'order.out-for-delivery', at, lastMonth);
    publish(at, late);
    expect(late, { sms: ['expired/deadline-passed'], email: ['expired/deadline-passed'] });
  }
}

/** A publisher that runs in circles: from the 21st message on it is held back; which that is, the order of events decides. */
function aLoop(script: Script): void {
  const { length, event, publish, expect } = script;
  const order = newOrder(script, { channels: ['email'] });
  for (let round = 0; round < 23; round++) {
    const at = length * (0.3 + round / 100);
    const refund = { ...event(order, 'order.refunded', at), id: `${order.number}:refund:${round}` };
    publish(at, refund);
    expect(refund, { email: [...ARRIVED, 'failed/loop-suspected'] });
  }
}
