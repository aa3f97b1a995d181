import { name, sms, whole } from '../sms-text.ts';
import type { Formats, Language } from '../formats.ts';
import type { Fact } from '../mail.ts';
import type { OrderData, Place } from '../order-events.ts';
import { cut, plainName } from '../plain-text.ts';
import { itemsOf, numberOf } from './order-facts.ts';
import { HOUR, type Message, MINUTE } from './message.ts';

type Data = OrderData<'order.delivered'>;

export const orderDelivered: Message<'order.delivered'> = {
  name: 'order-delivered',
  version: 1,
  lane: 'urgent',
  promise: 5 * MINUTE,
  deadline: 12 * HOUR,
  // It may lie outside the door, or at a neighbour's who is about to go to bed.
  quietHours: { do: 'send' },
  supersededBy: [],
  texts: {
    en: {
      sms: (data, formats) =>
        sms`${name(data.shop.name)}: Your order ${whole(data.order.number)} was delivered: ${left(data, 'en', formats)}. Details: ${whole(data.order.trackingLink)}`,
      email: (data, formats) => ({
        subject: `Your order ${data.order.number} has been delivered`,
        preheader: `Delivered: ${formats.long.at(data.deliveredAt)}`,
        heading: 'Your order has been delivered',
        paragraphs: [
          'Your order has arrived. We hope you enjoy it!',
          'Is something missing or damaged? Just reply to this email and we will help.',
        ],
        facts: [
          numberOf(data.order, 'en'),
          ...itemsOf(data.order, 'en'),
          ['Delivered', formats.long.at(data.deliveredAt)],
          ...placeOf(data, 'en', 'Where'),
        ],
        action: { label: 'See the delivery', link: data.order.trackingLink },
      }),
    },
    de: {
      sms: (data, formats) =>
        sms`${name(data.shop.name)}: Ihre Bestellung ${whole(data.order.number)} wurde zugestellt: ${left(data, 'de', formats)}. Details: ${whole(data.order.trackingLink)}`,
      email: (data, formats) => ({
        subject: `Ihre Bestellung ${data.order.number} wurde zugestellt`,
        preheader: `Zugestellt: ${formats.long.at(data.deliveredAt)}`,
        heading: 'Ihre Bestellung wurde zugestellt',
        paragraphs: [
          'Ihre Bestellung ist angekommen. Viel Freude damit!',
          'Fehlt etwas oder ist etwas beschädigt? Antworten Sie einfach auf diese E-Mail, wir helfen Ihnen gern.',
        ],
        facts: [
          numberOf(data.order, 'de'),
          ...itemsOf(data.order, 'de'),
          ['Zugestellt', formats.long.at(data.deliveredAt)],
          ...placeOf(data, 'de', 'Wo'),
        ],
        action: { label: 'Zustellung ansehen', link: data.order.trackingLink },
      }),
    },
    fr: {
      sms: (data, formats) =>
        sms`${name(data.shop.name)} : votre commande ${whole(data.order.number)} a été livrée : ${left(data, 'fr', formats)}. Détails : ${whole(data.order.trackingLink)}`,
      email: (data, formats) => ({
        subject: `Votre commande ${data.order.number} a été livrée`,
        preheader: `Livrée\u{a0}: ${formats.long.at(data.deliveredAt)}`,
        heading: 'Votre commande a été livrée',
        paragraphs: [
          'Votre commande est arrivée. Nous espérons qu’elle vous plaira\u{a0}!',
          'Il manque quelque chose ou un article est abîmé\u{a0}? Répondez simplement à cet e-mail, nous vous aiderons.',
        ],
        facts: [
          numberOf(data.order, 'fr'),
          ...itemsOf(data.order, 'fr'),
          ['Livrée', formats.long.at(data.deliveredAt)],
          ...placeOf(data, 'fr', 'Lieu'),
        ],
        action: { label: 'Voir la livraison', link: data.order.trackingLink },
      }),
    },
    it: {
      sms: (data, formats) =>
        sms`${name(data.shop.name)}: il Suo ordine ${whole(data.order.number)} è stato consegnato: ${left(data, 'it', formats)}. Dettagli: ${whole(data.order.trackingLink)}`,
      email: (data, formats) => ({
        subject: `Il Suo ordine ${data.order.number} è stato consegnato`,
        preheader: `Consegnato: ${formats.long.at(data.deliveredAt)}`,
        heading: 'Il Suo ordine è stato consegnato',
        paragraphs: [
          'il Suo ordine è arrivato. Speriamo che Le piaccia!',
          'Manca qualcosa o un articolo è danneggiato? Risponda a questa e-mail e La aiuteremo.',
        ],
        facts: [
          numberOf(data.order, 'it'),
          ...itemsOf(data.order, 'it'),
          ['Consegnato', formats.long.at(data.deliveredAt)],
          ...placeOf(data, 'it', 'Luogo'),
        ],
        action: { label: 'Veda la consegna', link: data.order.trackingLink },
      }),
    },
    'pt-BR': {
      sms: (data, formats) =>
        sms`${name(data.shop.name)}: seu pedido ${whole(data.order.number)} foi entregue: ${left(data, 'pt-BR', formats)}. Detalhes: ${whole(data.order.trackingLink)}`,
      email: (data, formats) => ({
        subject: `Seu pedido ${data.order.number} foi entregue`,
        preheader: `Entregue: ${formats.long.at(data.deliveredAt)}`,
        heading: 'Seu pedido foi entregue',
        paragraphs: [
          'O seu pedido chegou. Esperamos que goste!',
          'Falta algo ou algum item está danificado? Responda a este e-mail e vamos ajudar.',
        ],
        facts: [
          numberOf(data.order, 'pt-BR'),
          ...itemsOf(data.order, 'pt-BR'),
          ['Entregue', formats.long.at(data.deliveredAt)],
          ...placeOf(data, 'pt-BR', 'Local'),
        ],
        action: { label: 'Ver a entrega', link: data.order.trackingLink },
      }),
    },
  },
};

const PLACES: Record<Language, Record<Place, string>> = {
  en: {
    'handed-over': 'handed over in person',
    mailbox: 'left in your mailbox',
    neighbour: 'left with a neighbour',
    'safe-place': 'left in a safe place',
    'pickup-point': 'brought to the pickup point',
  },
  de: {
    'handed-over': 'persönlich übergeben',
    mailbox: 'im Briefkasten',
    neighbour: 'in der Nachbarschaft abgegeben',
    'safe-place': 'an einem sicheren Ort abgelegt',
    'pickup-point': 'in die Abholstelle gebracht',
  },
  fr: {
    'handed-over': 'remise en main propre',
    mailbox: 'déposée dans votre boîte aux lettres',
    neighbour: 'remise à un voisin',
    'safe-place': 'déposée en lieu sûr',
    'pickup-point': 'déposée au point relais',
  },
  it: {
    'handed-over': 'consegnato di persona',
    mailbox: 'lasciato nella cassetta postale',
    neighbour: 'lasciato a un vicino',
    'safe-place': 'lasciato in un luogo sicuro',
    'pickup-point': 'portato al punto di ritiro',
  },
  'pt-BR': {
    'handed-over': 'entregue em mãos',
    mailbox: 'deixado na caixa de correio',
    neighbour: 'deixado com um vizinho',
    'safe-place': 'deixado em local seguro',
    'pickup-point': 'levado ao ponto de retirada',
  },
};

/** `Tuesday, 24 November, 14:05, left with a neighbour` */
const left = ({ deliveredAt, leftAt }: Data, language: Language, { short }: Formats): string =>
  leftAt ? `${short.at(deliveredAt)}, ${PLACES[language][leftAt]}` : short.at(deliveredAt);

/** The place, and who or what is there; no fact when neither is known. */
function placeOf({ leftAt, leftWith }: Data, language: Language, label: string): Fact[] {
  const place = leftAt && PLACES[language][leftAt];
  const who = leftWith && cut(plainName(leftWith), 60);
  if (!place) return who ? [[label, who]] : [];
  return [[label, who ? `${place} (${who})` : place]];
}
