import { name, sms, whole } from '../sms-text.ts';
import { by, itemsOf, numberOf, totalOf } from './order-facts.ts';
import { HOUR, type Message, MINUTE } from './message.ts';

export const orderConfirmed: Message<'order.confirmed'> = {
  name: 'order-confirmed',
  version: 1,
  lane: 'normal',
  promise: 5 * MINUTE,
  deadline: 24 * HOUR,
  quietHours: { do: 'hold', tooLate: 'expire' },
  supersededBy: ['order.delayed', 'order.shipped', 'order.out-for-delivery', 'order.delivered', 'order.cancelled'],
  texts: {
    en: {
      sms: ({ order, shop, promisedBy }, formats) =>
        sms`${name(shop.name)}: Your order ${whole(order.number)} is confirmed. It will arrive by ${formats.short.at(promisedBy)}. Follow it here: ${whole(order.trackingLink)}`,
      email: ({ order, promisedBy }, formats) => ({
        subject: `Your order ${order.number} is confirmed`,
        preheader: `It will arrive by ${formats.long.at(promisedBy)}`,
        heading: 'Your order is confirmed',
        paragraphs: [
          'We have checked your order and confirm it.',
          'We will write again as soon as it has been shipped.',
        ],
        facts: [
          numberOf(order, 'en'),
          ...itemsOf(order, 'en'),
          totalOf(order, 'en', formats),
          ['Delivery', by(promisedBy, 'en', formats.long)],
        ],
        action: { label: 'Follow your order', link: order.trackingLink },
      }),
    },
    de: {
      sms: ({ order, shop, promisedBy }, formats) =>
        sms`${name(shop.name)}: Ihre Bestellung ${whole(order.number)} ist bestätigt. Sie kommt bis ${formats.short.at(promisedBy)}. Hier verfolgen: ${whole(order.trackingLink)}`,
      email: ({ order, promisedBy }, formats) => ({
        subject: `Ihre Bestellung ${order.number} ist bestätigt`,
        preheader: `Sie kommt bis ${formats.long.at(promisedBy)}`,
        heading: 'Ihre Bestellung ist bestätigt',
        paragraphs: [
          'wir haben Ihre Bestellung geprüft und bestätigen sie hiermit.',
          'Sobald sie versandt ist, melden wir uns wieder.',
        ],
        facts: [
          numberOf(order, 'de'),
          ...itemsOf(order, 'de'),
          totalOf(order, 'de', formats),
          ['Lieferung', by(promisedBy, 'de', formats.long)],
        ],
        action: { label: 'Bestellung verfolgen', link: order.trackingLink },
      }),
    },
    fr: {
      sms: ({ order, shop, promisedBy }, formats) =>
        sms`${name(shop.name)} : votre commande ${whole(order.number)} est confirmée. Elle arrivera au plus tard le ${formats.short.at(promisedBy)}. Suivi : ${whole(order.trackingLink)}`,
      email: ({ order, promisedBy }, formats) => ({
        subject: `Votre commande ${order.number} est confirmée`,
        preheader: `Elle arrivera au plus tard le ${formats.long.at(promisedBy)}`,
        heading: 'Votre commande est confirmée',
        paragraphs: [
          'Nous avons vérifié votre commande et nous vous la confirmons.',
          'Nous vous écrirons de nouveau dès son expédition.',
        ],
        facts: [
          numberOf(order, 'fr'),
          ...itemsOf(order, 'fr'),
          totalOf(order, 'fr', formats),
          ['Livraison', by(promisedBy, 'fr', formats.long)],
        ],
        action: { label: 'Suivre ma commande', link: order.trackingLink },
      }),
    },
    it: {
      sms: ({ order, shop, promisedBy }, formats) =>
        sms`${name(shop.name)}: il Suo ordine ${whole(order.number)} è confermato. Arriverà entro ${formats.short.at(promisedBy)}. Segua l’ordine: ${whole(order.trackingLink)}`,
      email: ({ order, promisedBy }, formats) => ({
        subject: `Il Suo ordine ${order.number} è confermato`,
        preheader: `Arriverà entro ${formats.long.at(promisedBy)}`,
        heading: 'Il Suo ordine è confermato',
        paragraphs: [
          'abbiamo verificato il Suo ordine e lo confermiamo.',
          'Le scriveremo di nuovo non appena sarà spedito.',
        ],
        facts: [
          numberOf(order, 'it'),
          ...itemsOf(order, 'it'),
          totalOf(order, 'it', formats),
          ['Consegna', by(promisedBy, 'it', formats.long)],
        ],
        action: { label: 'Segua il Suo ordine', link: order.trackingLink },
      }),
    },
    'pt-BR': {
      sms: ({ order, shop, promisedBy }, formats) =>
        sms`${name(shop.name)}: seu pedido ${whole(order.number)} foi confirmado. Ele chega até ${formats.short.at(promisedBy)}. Acompanhe: ${whole(order.trackingLink)}`,
      email: ({ order, promisedBy }, formats) => ({
        subject: `Seu pedido ${order.number} foi confirmado`,
        preheader: `Ele chega até ${formats.long.at(promisedBy)}`,
        heading: 'Seu pedido foi confirmado',
        paragraphs: ['Conferimos o seu pedido e está tudo certo.', 'Avisaremos assim que ele for enviado.'],
        facts: [
          numberOf(order, 'pt-BR'),
          ...itemsOf(order, 'pt-BR'),
          totalOf(order, 'pt-BR', formats),
          ['Entrega', by(promisedBy, 'pt-BR', formats.long)],
        ],
        action: { label: 'Acompanhar o pedido', link: order.trackingLink },
      }),
    },
  },
};
