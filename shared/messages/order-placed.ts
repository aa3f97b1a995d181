import { name, sms, whole } from '../sms-text.ts';
import { by, itemsOf, numberOf, totalOf } from './order-facts.ts';
import { HOUR, type Message, MINUTE } from './message.ts';

export const orderPlaced: Message<'order.placed'> = {
  name: 'order-placed',
  version: 1,
  lane: 'normal',
  promise: 5 * MINUTE,
  deadline: 24 * HOUR,
  quietHours: { do: 'hold', tooLate: 'expire' },
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
        sms`${name(shop.name)} : merci pour votre commande ${whole(order.number)} ! Elle arrivera au plus tard le ${formats.short.at(promisedBy)}. Suivi : ${whole(order.trackingLink)}`,
      email: ({ order, promisedBy }, formats) => ({
        subject: `Merci pour votre commande ${order.number}`,
        preheader: `Elle arrivera au plus tard le ${formats.long.at(promisedBy)}`,
        heading: 'Merci pour votre commande\u{a0}!',
        paragraphs: [
          'Nous avons bien reçu votre commande et nous la préparons.',
          'Nous vous écrirons de nouveau dès qu’elle sera en route.',
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
        sms`${name(shop.name)}: grazie per il Suo ordine ${whole(order.number)}! Arriverà entro ${formats.short.at(promisedBy)}. Segua l’ordine: ${whole(order.trackingLink)}`,
      email: ({ order, promisedBy }, formats) => ({
        subject: `Grazie per il Suo ordine ${order.number}`,
        preheader: `Arriverà entro ${formats.long.at(promisedBy)}`,
        heading: 'Grazie per il Suo ordine!',
        paragraphs: [
          'abbiamo ricevuto il Suo ordine e lo stiamo preparando.',
          'Le scriveremo di nuovo non appena sarà in viaggio.',
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
        sms`${name(shop.name)}: obrigado pelo seu pedido ${whole(order.number)}! Ele chega até ${formats.short.at(promisedBy)}. Acompanhe: ${whole(order.trackingLink)}`,
      email: ({ order, promisedBy }, formats) => ({
        subject: `Obrigado pelo seu pedido ${order.number}`,
        preheader: `Ele chega até ${formats.long.at(promisedBy)}`,
        heading: 'Obrigado pelo seu pedido!',
        paragraphs: [
          'Recebemos o seu pedido e já estamos preparando tudo.',
          'Avisaremos assim que ele estiver a caminho.',
        ],
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
