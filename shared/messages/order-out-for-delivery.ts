import type { Moments } from '../formats.ts';
import type { OrderData } from '../order-events.ts';
import { cut, plainName } from '../plain-text.ts';
import { name, sms, whole } from '../sms-text.ts';
import { itemsOf } from './order-facts.ts';
import { HOUR, type Message, MINUTE } from './message.ts';

type Data = OrderData<'order.out-for-delivery'>;

export const orderOutForDelivery: Message<'order.out-for-delivery'> = {
  name: 'order-out-for-delivery',
  version: 1,
  lane: 'urgent',
  promise: 5 * MINUTE,
  deadline: 8 * HOUR,
  supersededBy: ['order.delayed', 'order.out-for-delivery'],
  texts: {
    en: {
      sms: (data, formats) =>
        sms`${name(data.shop.name)}: Your order ${whole(data.order.number)} is out for delivery with ${name(data.carrier)}, expected ${expected(data, 'by', formats.short)}. Track it: ${whole(data.order.trackingLink)}`,
      email: (data, formats) => ({
        subject: `Your order ${data.order.number} is out for delivery`,
        preheader: `Expected ${expected(data, 'by', formats.long)}`,
        heading: 'Your order is on its way to you',
        paragraphs: ['Good news: your order is with the driver.', 'Not at home? The tracking page shows your options.'],
        facts: [
          ['Order', data.order.number],
          ...itemsOf(data.order, 'Items', (more) => `and ${more} more`),
          ['Carrier', cut(plainName(data.carrier), 60)],
          ['Expected', expected(data, 'by', formats.long)],
        ],
        action: { label: 'Track your delivery', link: data.order.trackingLink },
      }),
    },
    de: {
      sms: (data, formats) =>
        sms`${name(data.shop.name)}: Ihre Bestellung ${whole(data.order.number)} ist mit ${name(data.carrier)} zu Ihnen unterwegs, voraussichtlich ${expected(data, 'bis', formats.short)}. Verfolgen: ${whole(data.order.trackingLink)}`,
      email: (data, formats) => ({
        subject: `Ihre Bestellung ${data.order.number} wird zugestellt`,
        preheader: `Voraussichtlich ${expected(data, 'bis', formats.long)}`,
        heading: 'Ihre Bestellung ist auf dem Weg zu Ihnen',
        paragraphs: [
          'gute Nachrichten: Ihre Bestellung ist im Zustellfahrzeug.',
          'Nicht zu Hause? Auf der Sendungsseite sehen Sie, welche Möglichkeiten Sie haben.',
        ],
        facts: [
          ['Bestellung', data.order.number],
          ...itemsOf(data.order, 'Artikel', (more) => `und ${more} weitere`),
          ['Zustellung durch', cut(plainName(data.carrier), 60)],
          ['Voraussichtlich', expected(data, 'bis', formats.long)],
        ],
        action: { label: 'Sendung verfolgen', link: data.order.trackingLink },
      }),
    },
  },
};

function expected({ expectedFrom, expectedBy }: Data, by: string, moments: Moments): string {
  return expectedFrom ? moments.between(expectedFrom, expectedBy) : `${by} ${moments.at(expectedBy)}`;
}
