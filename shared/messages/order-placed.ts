import { name, sms, whole } from '../sms-text.ts';
import { itemsOf, totalOf } from './order-facts.ts';
import { HOUR, type Message, MINUTE } from './message.ts';

export const orderPlaced: Message<'order.placed'> = {
  name: 'order-placed',
  version: 1,
  lane: 'normal',
  promise: 5 * MINUTE,
  deadline: 24 * HOUR,
  supersededBy: [],
  texts: {
    en: {
      sms: ({ order, shop, promisedBy }, formats) =>
        sms`${name(shop.name)}: Thank you for your order ${whole(order.number)}! It will arrive by ${formats.short.at(promisedBy)}. Follow it here: ${whole(order.trackingLink)}`,
      email: ({ order, promisedBy }, formats) => ({
        subject: `Thank you for your order ${order.number}`,
        preheader: `It will arrive by ${formats.long.at(promisedBy)}`,
        heading: 'Thank you for your order!',
        paragraphs: [
          'We have received your order and are getting it ready.',
          'We will write again as soon as it is on its way to you.',
        ],
        facts: [
          ['Order', order.number],
          ...itemsOf(order, 'Items', (more) => `and ${more} more`),
          ['Total', totalOf(order, formats)],
          ['Delivery', `by ${formats.long.at(promisedBy)}`],
        ],
        action: { label: 'Follow your order', link: order.trackingLink },
      }),
    },
    de: {
      sms: ({ order, shop, promisedBy }, formats) =>
        sms`${name(shop.name)}: Vielen Dank für Ihre Bestellung ${whole(order.number)}! Sie kommt bis ${formats.short.at(promisedBy)}. Hier verfolgen: ${whole(order.trackingLink)}`,
      email: ({ order, promisedBy }, formats) => ({
        subject: `Vielen Dank für Ihre Bestellung ${order.number}`,
        preheader: `Sie kommt bis ${formats.long.at(promisedBy)}`,
        heading: 'Vielen Dank für Ihre Bestellung!',
        paragraphs: [
          'Ihre Bestellung ist bei uns eingegangen, wir bereiten sie gerade vor.',
          'Sobald sie auf dem Weg zu Ihnen ist, melden wir uns wieder.',
        ],
        facts: [
          ['Bestellung', order.number],
          ...itemsOf(order, 'Artikel', (more) => `und ${more} weitere`),
          ['Gesamtbetrag', totalOf(order, formats)],
          ['Lieferung', `bis ${formats.long.at(promisedBy)}`],
        ],
        action: { label: 'Bestellung verfolgen', link: order.trackingLink },
      }),
    },
  },
};
