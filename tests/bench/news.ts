import type { Stream } from '../../demo/expectation.ts';
import { ARRIVED } from '../../demo/fates.ts';
import { createScript } from '../../demo/script.ts';
import { IN_NORTH_AMERICA } from '../../demo/shops.ts';
import type { Channel } from '../../shared/delivery.ts';

/**
 * One message each to so many people whom a toll-free number reaches, all at one moment; there is a day to send it. Each
 * seed has orders of its own. `ending`: of phone numbers with which something happens.
 */
export function newsTo(
  count: number,
  { seed, channel, ending }: { seed: number; channel: Channel; ending?: string },
): Stream {
  const now = new Date();
  const { people, order, story, finish } = createScript({ seed, now, times: now, length: 0 });
  const shop = { ...IN_NORTH_AMERICA, orderNumber: (n: number) => `${seed}-${n}` };
  for (let n = 0; n < count; n++) {
    const customer = people.person(shop, { channels: [channel], ...(ending && { ending }) });
    story(order(shop, customer), ['order.confirmed'], { [channel]: ARRIVED });
  }
  return finish();
}

export const smsNews = (count: number, seed: number): Stream => newsTo(count, { seed, channel: 'sms' });
