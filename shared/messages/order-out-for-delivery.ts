import { name, sms, whole } from '../sms-text.ts';
import { carrierOf, expected, expectedOf, itemsOf, numberOf } from './order-facts.ts';
import { HOUR, type Message, MINUTE } from './message.ts';

export const orderOutForDelivery: Message<'order.out-for-delivery'> = {
  name: 'order-out-for-delivery',
  version: 1,
  lane: 'urgent',
  promise: 5 * MINUTE,
  deadline: 8 * HOUR,
  // Couriers load their vans long before anybody is up; whom they visit first is told at once.
  quietHours: {
    do: 'hold',
    tooLate: 'send',
    latest: {
      at: ({ data }) => new Date(data.expectedFrom ?? data.expectedBy),
      because: 'the courier may have come by then',
    },
  },
  supersededBy: ['order.delayed', 'order.out-for-delivery', 'order.delivered', 'order.cancelled'],
  texts: {
    en: {
      sms: (data, formats) =>
        sms`${name(data.shop.name)}: Your order ${whole(data.order.number)} is out for delivery with ${name(data.carrier)}, expected ${expected(data, 'en', formats.short)}. Track it: ${whole(data.order.trackingLink)}`,
      email: (data, formats) => ({
        subject: `Your order ${data.order.number} is out for delivery`,
        preheader: `Expected ${expected(data, 'en', formats.long)}`,
        heading: 'Your order is on its way to you',
        paragraphs: ['Good news: your order is with the driver.', 'Not at home? The tracking page shows your options.'],
        facts: [
          numberOf(data.order, 'en'),
          ...itemsOf(data.order, 'en'),
          carrierOf(data, 'en'),
          expectedOf(data, 'en', formats),
        ],
        action: { label: 'Track your delivery', link: data.order.trackingLink },
      }),
    },
    de: {
      sms: (data, formats) =>
        sms`${name(data.shop.name)}: Ihre Bestellung ${whole(data.order.number)} ist mit ${name(data.carrier)} zu Ihnen unterwegs, voraussichtlich ${expected(data, 'de', formats.short)}. Verfolgen: ${whole(data.order.trackingLink)}`,
      email: (data, formats) => ({
        subject: `Ihre Bestellung ${data.order.number} wird zugestellt`,
        preheader: `Voraussichtlich ${expected(data, 'de', formats.long)}`,
        heading: 'Ihre Bestellung ist auf dem Weg zu Ihnen',
        paragraphs: [
          'gute Nachrichten: Ihre Bestellung ist im Zustellfahrzeug.',
          'Nicht zu Hause? Auf der Sendungsseite sehen Sie, welche Möglichkeiten Sie haben.',
        ],
        facts: [
          numberOf(data.order, 'de'),
          ...itemsOf(data.order, 'de'),
          carrierOf(data, 'de'),
          expectedOf(data, 'de', formats),
        ],
        action: { label: 'Sendung verfolgen', link: data.order.trackingLink },
      }),
    },
    fr: {
      sms: (data, formats) =>
        sms`${name(data.shop.name)} : votre commande ${whole(data.order.number)} est en cours de livraison par ${name(data.carrier)}. Livraison prévue : ${expected(data, 'fr', formats.short)}. Suivi : ${whole(data.order.trackingLink)}`,
      email: (data, formats) => ({
        subject: `Votre commande ${data.order.number} est en cours de livraison`,
        preheader: `Livraison prévue\u{a0}: ${expected(data, 'fr', formats.long)}`,
        heading: 'Votre commande est en route vers vous',
        paragraphs: [
          'Bonne nouvelle\u{a0}: votre commande est dans le véhicule de livraison.',
          'Personne à la maison\u{a0}? La page de suivi vous montre les possibilités.',
        ],
        facts: [
          numberOf(data.order, 'fr'),
          ...itemsOf(data.order, 'fr'),
          carrierOf(data, 'fr'),
          expectedOf(data, 'fr', formats),
        ],
        action: { label: 'Suivre ma livraison', link: data.order.trackingLink },
      }),
    },
    it: {
      sms: (data, formats) =>
        sms`${name(data.shop.name)}: il Suo ordine ${whole(data.order.number)} è in consegna con ${name(data.carrier)}. Consegna prevista: ${expected(data, 'it', formats.short)}. Segua la consegna: ${whole(data.order.trackingLink)}`,
      email: (data, formats) => ({
        subject: `Il Suo ordine ${data.order.number} è in consegna`,
        preheader: `Consegna prevista: ${expected(data, 'it', formats.long)}`,
        heading: 'Il Suo ordine sta arrivando',
        paragraphs: [
          'buone notizie: il Suo ordine è in viaggio con il corriere.',
          'Non è in casa? La pagina di tracciamento Le mostra le possibilità.',
        ],
        facts: [
          numberOf(data.order, 'it'),
          ...itemsOf(data.order, 'it'),
          carrierOf(data, 'it'),
          expectedOf(data, 'it', formats),
        ],
        action: { label: 'Segua la consegna', link: data.order.trackingLink },
      }),
    },
    'pt-BR': {
      sms: (data, formats) =>
        sms`${name(data.shop.name)}: seu pedido ${whole(data.order.number)} saiu para entrega com ${name(data.carrier)}. Entrega prevista: ${expected(data, 'pt-BR', formats.short)}. Acompanhe: ${whole(data.order.trackingLink)}`,
      email: (data, formats) => ({
        subject: `Seu pedido ${data.order.number} saiu para entrega`,
        preheader: `Entrega prevista: ${expected(data, 'pt-BR', formats.long)}`,
        heading: 'Seu pedido está a caminho',
        paragraphs: [
          'Boa notícia: o seu pedido já está com o entregador.',
          'Não vai estar em casa? A página de rastreamento mostra as opções.',
        ],
        facts: [
          numberOf(data.order, 'pt-BR'),
          ...itemsOf(data.order, 'pt-BR'),
          carrierOf(data, 'pt-BR'),
          expectedOf(data, 'pt-BR', formats),
        ],
        action: { label: 'Acompanhar a entrega', link: data.order.trackingLink },
      }),
    },
  },
};
