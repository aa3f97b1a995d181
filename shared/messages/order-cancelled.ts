import { name, sms, whole } from '../sms-text.ts';
import type { Language } from '../formats.ts';
import type { CancellationReason } from '../order-events.ts';
import { itemsOf, numberOf, totalOf } from './order-facts.ts';
import { HOUR, type Message, MINUTE } from './message.ts';

export const orderCancelled: Message<'order.cancelled'> = {
  name: 'order-cancelled',
  version: 1,
  lane: 'urgent',
  promise: 5 * MINUTE,
  deadline: 48 * HOUR,
  // Nothing has to be done about it at night, but nobody should wait for a parcel that does not come.
  quietHours: { do: 'hold', tooLate: 'send' },
  supersededBy: [],
  texts: {
    en: {
      sms: ({ order, shop, reason, refundFollows }) =>
        sms`${name(shop.name)}: Your order ${whole(order.number)} has been cancelled${WHY.en[reason]}.${refundFollows ? ' We will refund you.' : ''} Details: ${whole(order.trackingLink)}`,
      email: ({ order, reason, refundFollows }, formats) => ({
        subject: `Your order ${order.number} has been cancelled`,
        preheader: `Your order has been cancelled${WHY.en[reason]}.`,
        heading: 'Your order has been cancelled',
        paragraphs: [
          `Your order has been cancelled${WHY.en[reason]}.`,
          refundFollows
            ? 'You will get your money back. We will write again as soon as it is on its way.'
            : 'Do you have questions? Just reply to this email.',
        ],
        facts: [
          numberOf(order, 'en'),
          ...itemsOf(order, 'en'),
          totalOf(order, 'en', formats),
          ['Refund', refundFollows ? 'follows' : 'none'],
        ],
        action: { label: 'See your order', link: order.trackingLink },
      }),
    },
    de: {
      sms: ({ order, shop, reason, refundFollows }) =>
        sms`${name(shop.name)}: Ihre Bestellung ${whole(order.number)} wurde storniert${WHY.de[reason]}.${refundFollows ? ' Wir erstatten Ihnen das Geld.' : ''} Details: ${whole(order.trackingLink)}`,
      email: ({ order, reason, refundFollows }, formats) => ({
        subject: `Ihre Bestellung ${order.number} wurde storniert`,
        preheader: `Ihre Bestellung wurde storniert${WHY.de[reason]}.`,
        heading: 'Ihre Bestellung wurde storniert',
        paragraphs: [
          `Ihre Bestellung wurde storniert${WHY.de[reason]}.`,
          refundFollows
            ? 'Sie erhalten Ihr Geld zurück. Wir melden uns wieder, sobald es unterwegs ist.'
            : 'Haben Sie Fragen? Antworten Sie einfach auf diese E-Mail.',
        ],
        facts: [
          numberOf(order, 'de'),
          ...itemsOf(order, 'de'),
          totalOf(order, 'de', formats),
          ['Erstattung', refundFollows ? 'folgt' : 'keine'],
        ],
        action: { label: 'Bestellung ansehen', link: order.trackingLink },
      }),
    },
    fr: {
      sms: ({ order, shop, reason, refundFollows }) =>
        sms`${name(shop.name)} : votre commande ${whole(order.number)} est annulée${WHY.fr[reason]}.${refundFollows ? ' Nous allons vous rembourser.' : ''} Détails : ${whole(order.trackingLink)}`,
      email: ({ order, reason, refundFollows }, formats) => ({
        subject: `Votre commande ${order.number} est annulée`,
        preheader: `Votre commande est annulée${WHY.fr[reason]}.`,
        heading: 'Votre commande est annulée',
        paragraphs: [
          `Votre commande est annulée${WHY.fr[reason]}.`,
          refundFollows
            ? 'Nous allons vous rembourser et vous écrirons de nouveau dès que l’argent sera en route.'
            : 'Vous avez des questions\u{a0}? Répondez simplement à cet e-mail.',
        ],
        facts: [
          numberOf(order, 'fr'),
          ...itemsOf(order, 'fr'),
          totalOf(order, 'fr', formats),
          ['Remboursement', refundFollows ? 'à venir' : 'aucun'],
        ],
        action: { label: 'Voir ma commande', link: order.trackingLink },
      }),
    },
    it: {
      sms: ({ order, shop, reason, refundFollows }) =>
        sms`${name(shop.name)}: il Suo ordine ${whole(order.number)} è stato annullato${WHY.it[reason]}.${refundFollows ? ' Riceverà un rimborso.' : ''} Dettagli: ${whole(order.trackingLink)}`,
      email: ({ order, reason, refundFollows }, formats) => ({
        subject: `Il Suo ordine ${order.number} è stato annullato`,
        preheader: `Il Suo ordine è stato annullato${WHY.it[reason]}.`,
        heading: 'Il Suo ordine è stato annullato',
        paragraphs: [
          `il Suo ordine è stato annullato${WHY.it[reason]}.`,
          refundFollows
            ? 'Riceverà un rimborso. Le scriveremo di nuovo non appena sarà in arrivo.'
            : 'Ha domande? Risponda a questa e-mail.',
        ],
        facts: [
          numberOf(order, 'it'),
          ...itemsOf(order, 'it'),
          totalOf(order, 'it', formats),
          ['Rimborso', refundFollows ? 'seguirà' : 'nessuno'],
        ],
        action: { label: 'Veda il Suo ordine', link: order.trackingLink },
      }),
    },
    'pt-BR': {
      sms: ({ order, shop, reason, refundFollows }) =>
        sms`${name(shop.name)}: seu pedido ${whole(order.number)} foi cancelado${WHY['pt-BR'][reason]}.${refundFollows ? ' Vamos reembolsar o valor.' : ''} Detalhes: ${whole(order.trackingLink)}`,
      email: ({ order, reason, refundFollows }, formats) => ({
        subject: `Seu pedido ${order.number} foi cancelado`,
        preheader: `O seu pedido foi cancelado${WHY['pt-BR'][reason]}.`,
        heading: 'Seu pedido foi cancelado',
        paragraphs: [
          `O seu pedido foi cancelado${WHY['pt-BR'][reason]}.`,
          refundFollows
            ? 'Você vai receber o seu dinheiro de volta. Avisaremos assim que ele estiver a caminho.'
            : 'Tem alguma dúvida? Basta responder a este e-mail.',
        ],
        facts: [
          numberOf(order, 'pt-BR'),
          ...itemsOf(order, 'pt-BR'),
          totalOf(order, 'pt-BR', formats),
          ['Reembolso', refundFollows ? 'a seguir' : 'nenhum'],
        ],
        action: { label: 'Ver o pedido', link: order.trackingLink },
      }),
    },
  },
};

/** What follows on `cancelled`. */
const WHY: Record<Language, Record<CancellationReason, string>> = {
  en: {
    'customer-request': ', as you asked',
    'out-of-stock': ' because an item is no longer available',
    'payment-failed': ' because the payment did not go through',
    undeliverable: ' because it could not be delivered',
    other: '',
  },
  de: {
    'customer-request': ', wie von Ihnen gewünscht',
    'out-of-stock': ', weil ein Artikel nicht mehr lieferbar ist',
    'payment-failed': ', weil die Zahlung nicht geklappt hat',
    undeliverable: ', weil sie nicht zugestellt werden konnte',
    other: '',
  },
  fr: {
    'customer-request': ', comme vous l’avez demandé',
    'out-of-stock': ', car un article n’est plus disponible',
    'payment-failed': ', car le paiement n’a pas abouti',
    undeliverable: ', car elle n’a pas pu être livrée',
    other: '',
  },
  it: {
    'customer-request': ', come da Sua richiesta',
    'out-of-stock': ', perché un articolo non è più disponibile',
    'payment-failed': ', perché il pagamento non è andato a buon fine',
    undeliverable: ', perché non è stato possibile consegnarlo',
    other: '',
  },
  'pt-BR': {
    'customer-request': ', conforme solicitado',
    'out-of-stock': ', por falta de um item no estoque',
    'payment-failed': ', porque o pagamento falhou',
    undeliverable: ', porque a entrega falhou',
    other: '',
  },
};
