import type { Stream } from '../../demo/expectation.ts';
import { ARRIVED } from '../../demo/fates.ts';
import { createScript } from '../../demo/script.ts';
import { IN_NORTH_AMERICA } from '../../demo/shops.ts';

/** One SMS each to so many people whom a toll-free number reaches, all at one moment; there is a day to send it. Each seed has orders of its own. */
export function smsNews(count: number, seed: number): Stream {
  const now = new Date();
  const { people, order, story, finish } = createScript({ seed, now, times: now, length: 0 });
  const shop = { ...IN_NORTH_AMERICA, orderNumber: (n: number) => `${seed}-${n}` };
  for (let n = 0; n < count; n++) {
    const customer = people.person(shop, { channels: ['sms'] });
    story(order(shop, customer), ['order.confirmed'], { sms: ARRIVED });
  }
  return finish();
}
