import { name, sms, whole } from '../sms-text.ts';
import { itemsOf, totalOf } from './order-facts.ts';
import { HOUR, type Message, MINUTE } from './message.ts';

export const orderDelayed: Message<'order.delayed'> = {
  name: 'order-delayed',
  version: 1,
  lane: 'urgent',
  promise: 5 * MINUTE,
  deadline: 12 * HOUR,
  texts: {
    en: {
      sms: ({ order, shop, promisedBy, newPromisedBy }, formats) =>
        sms`${name(shop.name)}: We are sorry, your order ${whole(order.number)} is late. Instead of ${formats.short.at(promisedBy)} it now arrives by ${formats.short.at(newPromisedBy)} - details: ${whole(order.trackingLink)}`,
      email: ({ order, promisedBy, newPromisedBy }, formats) => ({
        subject: `Your order ${order.number} will arrive later than promised`,
        preheader: `It now arrives by ${formats.long.at(newPromisedBy)}`,
        heading: 'Your order is delayed',
        paragraphs: [
          'We are sorry: your order will not arrive by the date we promised. You do not need to do anything.',
          'If the new date does not suit you, reply to this mail and we will find a solution.',
        ],
        facts: [
          ['Order', order.number],
          ...itemsOf(order, 'Items', (more) => `and ${more} more`),
          ['Total', totalOf(order, formats)],
          ['Promised until now', formats.long.at(promisedBy)],
          ['Now arrives by', formats.long.at(newPromisedBy)],
        ],
        action: { label: 'See where your order is', link: order.trackingLink },
      }),
    },
    de: {
      sms: ({ order, shop, promisedBy, newPromisedBy }, formats) =>
        sms`${name(shop.name)}: Leider verspätet sich Ihre Bestellung ${whole(order.number)}. Statt ${formats.short.at(promisedBy)} kommt sie jetzt bis ${formats.short.at(newPromisedBy)} - Details: ${whole(order.trackingLink)}`,
      email: ({ order, promisedBy, newPromisedBy }, formats) => ({
        subject: `Ihre Bestellung ${order.number} kommt später als versprochen`,
        preheader: `Sie kommt jetzt bis ${formats.long.at(newPromisedBy)}`,
        heading: 'Ihre Bestellung verspätet sich',
        paragraphs: [
          'Es tut uns leid: Ihre Bestellung kommt nicht zum versprochenen Termin. Sie müssen nichts weiter tun.',
          'Passt Ihnen der neue Termin nicht, antworten Sie einfach auf diese E-Mail. Wir finden eine Lösung.',
        ],
        facts: [
          ['Bestellung', order.number],
          ...itemsOf(order, 'Artikel', (more) => `und ${more} weitere`),
          ['Gesamtbetrag', totalOf(order, formats)],
          ['Bisher versprochen', formats.long.at(promisedBy)],
          ['Kommt jetzt bis', formats.long.at(newPromisedBy)],
        ],
        action: { label: 'Bestellung verfolgen', link: order.trackingLink },
      }),
    },
  },
};
