import { name, sms, whole } from '../sms-text.ts';
import { carrierName, carrierOf, expected, expectedOf, itemsOf, numberOf } from './order-facts.ts';
import { HOUR, type Message, MINUTE } from './message.ts';

export const orderShipped: Message<'order.shipped'> = {
  name: 'order-shipped',
  version: 1,
  lane: 'normal',
  promise: 5 * MINUTE,
  deadline: 24 * HOUR,
  quietHours: { do: 'hold', tooLate: 'expire' },
  supersededBy: ['order.delayed', 'order.shipped', 'order.out-for-delivery', 'order.delivered', 'order.cancelled'],
  texts: {
    en: {
      sms: (data, formats) =>
        sms`${name(data.shop.name)}: Your order ${whole(data.order.number)} has been shipped with ${name(data.carrier)}, expected ${expected(data, 'en', formats.short)}. Track it: ${whole(data.order.trackingLink)}`,
      email: (data, formats) => ({
        subject: `Your order ${data.order.number} has been shipped`,
        preheader: `Expected ${expected(data, 'en', formats.long)}`,
        heading: 'Your order has been shipped',
        paragraphs: [
          `We have handed your parcel to ${carrierName(data.carrier)}.`,
          'The tracking page shows you every step.',
        ],
        facts: [
          numberOf(data.order, 'en'),
          ...itemsOf(data.order, 'en'),
          carrierOf(data, 'en'),
          expectedOf(data, 'en', formats),
        ],
        action: { label: 'Track your parcel', link: data.order.trackingLink },
      }),
    },
    de: {
      sms: (data, formats) =>
        sms`${name(data.shop.name)}: Ihre Bestellung ${whole(data.order.number)} ist mit ${name(data.carrier)} unterwegs, voraussichtlich ${expected(data, 'de', formats.short)}. Verfolgen: ${whole(data.order.trackingLink)}`,
      email: (data, formats) => ({
        subject: `Ihre Bestellung ${data.order.number} ist versandt`,
        preheader: `Voraussichtlich ${expected(data, 'de', formats.long)}`,
        heading: 'Ihre Bestellung ist versandt',
        paragraphs: [
          `wir haben Ihr Paket an ${carrierName(data.carrier)} übergeben.`,
          'Auf der Sendungsseite können Sie jeden Schritt verfolgen.',
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
        sms`${name(data.shop.name)} : votre commande ${whole(data.order.number)} est expédiée par ${name(data.carrier)}. Livraison prévue : ${expected(data, 'fr', formats.short)}. Suivi : ${whole(data.order.trackingLink)}`,
      email: (data, formats) => ({
        subject: `Votre commande ${data.order.number} est expédiée`,
        preheader: `Livraison prévue\u{a0}: ${expected(data, 'fr', formats.long)}`,
        heading: 'Votre commande est expédiée',
        paragraphs: [
          `Nous avons confié votre colis à ${carrierName(data.carrier)}.`,
          'La page de suivi vous montre chaque étape.',
        ],
        facts: [
          numberOf(data.order, 'fr'),
          ...itemsOf(data.order, 'fr'),
          carrierOf(data, 'fr'),
          expectedOf(data, 'fr', formats),
        ],
        action: { label: 'Suivre mon colis', link: data.order.trackingLink },
      }),
    },
    it: {
      sms: (data, formats) =>
        sms`${name(data.shop.name)}: il Suo ordine ${whole(data.order.number)} è stato spedito con ${name(data.carrier)}. Consegna prevista: ${expected(data, 'it', formats.short)}. Segua la spedizione: ${whole(data.order.trackingLink)}`,
      email: (data, formats) => ({
        subject: `Il Suo ordine ${data.order.number} è stato spedito`,
        preheader: `Consegna prevista: ${expected(data, 'it', formats.long)}`,
        heading: 'Il Suo ordine è stato spedito',
        paragraphs: [
          `abbiamo affidato il Suo pacco a ${carrierName(data.carrier)}.`,
          'La pagina di tracciamento Le mostra ogni tappa.',
        ],
        facts: [
          numberOf(data.order, 'it'),
          ...itemsOf(data.order, 'it'),
          carrierOf(data, 'it'),
          expectedOf(data, 'it', formats),
        ],
        action: { label: 'Segua la spedizione', link: data.order.trackingLink },
      }),
    },
    'pt-BR': {
      sms: (data, formats) =>
        sms`${name(data.shop.name)}: seu pedido ${whole(data.order.number)} foi enviado via ${name(data.carrier)}. Entrega prevista: ${expected(data, 'pt-BR', formats.short)}. Acompanhe: ${whole(data.order.trackingLink)}`,
      email: (data, formats) => ({
        subject: `Seu pedido ${data.order.number} foi enviado`,
        preheader: `Entrega prevista: ${expected(data, 'pt-BR', formats.long)}`,
        heading: 'Seu pedido foi enviado',
        paragraphs: [
          `Entregamos o seu pacote à transportadora ${carrierName(data.carrier)}.`,
          'Na página de rastreamento você acompanha cada etapa.',
        ],
        facts: [
          numberOf(data.order, 'pt-BR'),
          ...itemsOf(data.order, 'pt-BR'),
          carrierOf(data, 'pt-BR'),
          expectedOf(data, 'pt-BR', formats),
        ],
        action: { label: 'Acompanhar o envio', link: data.order.trackingLink },
      }),
    },
  },
};
