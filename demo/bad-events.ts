import type { PublishedEvent } from './published-event.ts';
import type { Script } from './script.ts';
import { SHOPS } from './shops.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Not even JSON, or not an object. */
const RUBBISH: readonly Uint8Array[] = [
  utf8('Your order is on its way!'),
  utf8('{"specversion":"1.0","id":"cut-off","source":"/shops/nordl'),
  utf8('[]'),
  utf8('null'),
  utf8(''),
  Uint8Array.of(0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d),
];

type Change = (event: PublishedEvent) => unknown;

const withData =
  (part: string, change: (value: Record<string, unknown>) => Record<string, unknown>): Change =>
  (event) => ({
    ...event,
    data: { ...event.data, [part]: change(event.data[part] as Record<string, unknown>) },
  });

/** Events that a publisher may well send by mistake. */
const MISTAKES: readonly Change[] = [
  (event) => ({ ...event, data: { ...event.data, customer: undefined } }),
  (event) => ({ ...event, id: undefined }),
  (event) => ({ ...event, type: 'order.vanished' }),
  (event) => ({ ...event, specversion: '0.3' }),
  (event) => ({ ...event, data: JSON.stringify(event.data) }),
  withData('order', (order) => ({ ...order, trackingLink: 'https://parcels.example.org/o/1' })),
  withData('order', (order) => ({ ...order, trackingLink: 'http://track.example.com/o/1' })),
  withData('order', (order) => ({ ...order, total: { amount: 49.99, currency: 'Euro' } })),
  withData('order', (order) => ({ ...order, number: 'x'.repeat(65) })),
  withData('customer', (customer) => ({ ...customer, timeZone: 'Mars/Olympus', country: 'Austria', name: ' ' })),
  withData('shop', (shop) => ({ ...shop, replyTo: 'service' })),
];

/** Every one of them is kept as rejected, with its reasons, and disturbs nobody else. One comes twice. */
export function publishBadEvents({ dice, people, order, event, publish, publishRubbish, length }: Script): void {
  for (const body of [...RUBBISH, RUBBISH[0]!]) publishRubbish(dice.roll(length), body);
  for (const change of MISTAKES) {
    const at = dice.roll(length);
    const shop = dice.pick(SHOPS);
    const good = event(order(shop, people.person(shop, { channels: ['sms', 'email'] })), 'order.placed', at);
    publish(at, change(good) as PublishedEvent, 'rejected');
  }
}
