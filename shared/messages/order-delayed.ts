import { isSameDay } from '../local-time.ts';
import { name, sms, whole } from '../sms-text.ts';
import { by, itemsOf, numberOf, totalOf } from './order-facts.ts';
import { HOUR, type Message, MINUTE } from './message.ts';

export const orderDelayed: Message<'order.delayed'> = {
  name: 'order-delayed',
  version: 1,
  lane: 'urgent',
  promise: 5 * MINUTE,
  deadline: 12 * HOUR,
  quietHours: {
    do: 'hold',
    tooLate: 'send',
    latest: {
      at: ({ time, data }) => {
        const promised = new Date(data.promisedBy);
        if (isSameDay(data.customer.timeZone, time, promised)) return time;
        return promised > time ? promised : undefined;
      },
      because: 'the order was promised for the same day, or for that night',
    },
  },
  supersededBy: ['order.delayed', 'order.shipped', 'order.out-for-delivery', 'order.delivered', 'order.cancelled'],
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
          numberOf(order, 'en'),
          ...itemsOf(order, 'en'),
          totalOf(order, 'en', formats),
          ['Previous date', by(promisedBy, 'en', formats.long)],
          ['New date', by(newPromisedBy, 'en', formats.long)],
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
          numberOf(order, 'de'),
          ...itemsOf(order, 'de'),
          totalOf(order, 'de', formats),
          ['Bisheriger Termin', by(promisedBy, 'de', formats.long)],
          ['Neuer Termin', by(newPromisedBy, 'de', formats.long)],
        ],
        action: { label: 'Bestellung verfolgen', link: order.trackingLink },
      }),
    },
    fr: {
      sms: ({ order, shop, promisedBy, newPromisedBy }, formats) =>
        sms`${name(shop.name)} : désolés, votre commande ${whole(order.number)} a du retard. Elle arrivera au plus tard le ${formats.short.at(newPromisedBy)} (au lieu du ${formats.short.at(promisedBy)}). Suivi : ${whole(order.trackingLink)}`,
      email: ({ order, promisedBy, newPromisedBy }, formats) => ({
        subject: `Votre commande ${order.number} arrivera plus tard que promis`,
        preheader: `Elle arrivera au plus tard le ${formats.long.at(newPromisedBy)}`,
        heading: 'Votre commande a du retard',
        paragraphs: [
          'Nous sommes désolés\u{a0}: votre commande n’arrivera pas à la date promise. Vous n’avez rien à faire.',
          'La nouvelle date ne vous convient pas\u{a0}? Répondez simplement à cet e-mail, nous vous aiderons.',
        ],
        facts: [
          numberOf(order, 'fr'),
          ...itemsOf(order, 'fr'),
          totalOf(order, 'fr', formats),
          ['Ancienne date', by(promisedBy, 'fr', formats.long)],
          ['Nouvelle date', by(newPromisedBy, 'fr', formats.long)],
        ],
        action: { label: 'Voir où en est ma commande', link: order.trackingLink },
      }),
    },
    it: {
      sms: ({ order, shop, promisedBy, newPromisedBy }, formats) =>
        sms`${name(shop.name)}: purtroppo il Suo ordine ${whole(order.number)} è in ritardo. Arriverà entro ${formats.short.at(newPromisedBy)} (prima: ${formats.short.at(promisedBy)}). Dettagli: ${whole(order.trackingLink)}`,
      email: ({ order, promisedBy, newPromisedBy }, formats) => ({
        subject: `Il Suo ordine ${order.number} arriverà più tardi del previsto`,
        preheader: `Arriverà entro ${formats.long.at(newPromisedBy)}`,
        heading: 'Il Suo ordine è in ritardo',
        paragraphs: [
          'ci dispiace: il Suo ordine non arriverà entro la data promessa. Non deve fare nulla.',
          'La nuova data non Le va bene? Risponda a questa e-mail e La aiuteremo.',
        ],
        facts: [
          numberOf(order, 'it'),
          ...itemsOf(order, 'it'),
          totalOf(order, 'it', formats),
          ['Data precedente', by(promisedBy, 'it', formats.long)],
          ['Nuova data', by(newPromisedBy, 'it', formats.long)],
        ],
        action: { label: 'Veda dov’è il Suo ordine', link: order.trackingLink },
      }),
    },
    'pt-BR': {
      sms: ({ order, shop, promisedBy, newPromisedBy }, formats) =>
        sms`${name(shop.name)}: pedimos desculpas, seu pedido ${whole(order.number)} vai atrasar. Agora ele chega até ${formats.short.at(newPromisedBy)} (antes: ${formats.short.at(promisedBy)}). Detalhes: ${whole(order.trackingLink)}`,
      email: ({ order, promisedBy, newPromisedBy }, formats) => ({
        subject: `Seu pedido ${order.number} vai chegar depois do prometido`,
        preheader: `Agora ele chega até ${formats.long.at(newPromisedBy)}`,
        heading: 'Seu pedido está atrasado',
        paragraphs: [
          'Pedimos desculpas: o seu pedido não vai chegar na data prometida. Você não precisa fazer nada.',
          'A nova data não é boa para você? Responda a este e-mail e vamos ajudar.',
        ],
        facts: [
          numberOf(order, 'pt-BR'),
          ...itemsOf(order, 'pt-BR'),
          totalOf(order, 'pt-BR', formats),
          ['Data anterior', by(promisedBy, 'pt-BR', formats.long)],
          ['Nova data', by(newPromisedBy, 'pt-BR', formats.long)],
        ],
        action: { label: 'Ver onde está o pedido', link: order.trackingLink },
      }),
    },
  },
};
