import { name, sms, whole } from '../sms-text.ts';
import { itemsOf, totalOf } from './order-facts.ts';
import { HOUR, type Message, MINUTE } from './message.ts';

export const orderDelayed: Message<'order.delayed'> = {
  name: 'order-delayed',
  version: 1,
  lane: 'urgent',
  promise: 5 * MINUTE,
  deadline: 12 * HOUR,
  supersededBy: ['order.delayed', 'order.out-for-delivery'],
  texts: {
    en: {
      sms: ({ order, shop, promisedBy, newPromisedBy }, formats) =>
        sms`${name(shop.name)}: Sorry, your order ${whole(order.number)} is delayed. It will now arrive by ${formats.short.at(newPromisedBy)} (was ${formats.short.at(promisedBy)}). Details: ${whole(order.trackingLink)}`,
      email: ({ order, promisedBy, newPromisedBy }, formats) => ({
        subject: `Your order ${order.number} will arrive later than promised`,
        preheader: `It will now arrive by ${formats.long.at(newPromisedBy)}`,
        heading: 'Your order is delayed',
        paragraphs: [
          'We are sorry: your order will not arrive by the date we promised. You do not need to do anything.',
          'If the new date does not suit you, just reply to this email and we will help.',
        ],
        facts: [
          ['Order', order.number],
          ...itemsOf(order, 'Items', (more) => `and ${more} more`),
          ['Total', totalOf(order, formats)],
          ['Previous date', `by ${formats.long.at(promisedBy)}`],
          ['New date', `by ${formats.long.at(newPromisedBy)}`],
        ],
        action: { label: 'See where your order is', link: order.trackingLink },
      }),
    },
    de: {
      sms: ({ order, shop, promisedBy, newPromisedBy }, formats) =>
        sms`${name(shop.name)}: Ihre Bestellung ${whole(order.number)} verspätet sich leider. Sie kommt jetzt bis ${formats.short.at(newPromisedBy)} (bisher ${formats.short.at(promisedBy)}). Details: ${whole(order.trackingLink)}`,
      email: ({ order, promisedBy, newPromisedBy }, formats) => ({
        subject: `Ihre Bestellung ${order.number} kommt später als versprochen`,
        preheader: `Sie kommt jetzt bis ${formats.long.at(newPromisedBy)}`,
        heading: 'Ihre Bestellung verspätet sich',
        paragraphs: [
          'es tut uns leid: Ihre Bestellung kommt nicht zum versprochenen Termin. Sie müssen nichts weiter tun.',
          'Passt Ihnen der neue Termin nicht? Antworten Sie einfach auf diese E-Mail, wir helfen Ihnen gern.',
        ],
        facts: [
          ['Bestellung', order.number],
          ...itemsOf(order, 'Artikel', (more) => `und ${more} weitere`),
          ['Gesamtbetrag', totalOf(order, formats)],
          ['Bisheriger Termin', `bis ${formats.long.at(promisedBy)}`],
          ['Neuer Termin', `bis ${formats.long.at(newPromisedBy)}`],
        ],
        action: { label: 'Bestellung verfolgen', link: order.trackingLink },
      }),
    },
  },
};
