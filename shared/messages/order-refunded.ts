import { name, sms, whole } from '../sms-text.ts';
import { by, numberOf, totalOf } from './order-facts.ts';
import { HOUR, type Message, MINUTE } from './message.ts';

export const orderRefunded: Message<'order.refunded'> = {
  name: 'order-refunded',
  version: 1,
  lane: 'normal',
  promise: 5 * MINUTE,
  deadline: 72 * HOUR,
  quietHours: { do: 'hold', tooLate: 'expire' },
  supersededBy: [],
  texts: {
    en: {
      sms: ({ order, shop, refund, refundedBy }, formats) =>
        sms`${name(shop.name)}: We have refunded ${formats.money(refund)} for your order ${whole(order.number)}. The money will reach you by ${formats.short.at(refundedBy)}. Details: ${whole(order.trackingLink)}`,
      email: ({ order, refund, refundedBy }, formats) => ({
        subject: `Refund for your order ${order.number}`,
        preheader: `${formats.money(refund)}, with you by ${formats.long.at(refundedBy)}`,
        heading: 'Your refund is on its way',
        paragraphs: [
          'We have sent you a refund for your order.',
          'Depending on your bank, it may take until the date below to reach you.',
        ],
        facts: [
          numberOf(order, 'en'),
          totalOf(order, 'en', formats),
          ['Refund', formats.money(refund)],
          ['With you', by(refundedBy, 'en', formats.long)],
        ],
        action: { label: 'See your order', link: order.trackingLink },
      }),
    },
    de: {
      sms: ({ order, shop, refund, refundedBy }, formats) =>
        sms`${name(shop.name)}: Wir haben Ihnen ${formats.money(refund)} für Ihre Bestellung ${whole(order.number)} erstattet. Das Geld ist bis ${formats.short.at(refundedBy)} bei Ihnen. Details: ${whole(order.trackingLink)}`,
      email: ({ order, refund, refundedBy }, formats) => ({
        subject: `Erstattung für Ihre Bestellung ${order.number}`,
        preheader: `${formats.money(refund)}, bei Ihnen bis ${formats.long.at(refundedBy)}`,
        heading: 'Ihre Erstattung ist unterwegs',
        paragraphs: [
          'wir haben Ihnen Geld für Ihre Bestellung erstattet.',
          'Je nach Bank kann es bis zum genannten Termin dauern, bis es bei Ihnen ist.',
        ],
        facts: [
          numberOf(order, 'de'),
          totalOf(order, 'de', formats),
          ['Erstattung', formats.money(refund)],
          ['Bei Ihnen', by(refundedBy, 'de', formats.long)],
        ],
        action: { label: 'Bestellung ansehen', link: order.trackingLink },
      }),
    },
    fr: {
      sms: ({ order, shop, refund, refundedBy }, formats) =>
        sms`${name(shop.name)} : remboursement de ${formats.money(refund)} pour votre commande ${whole(order.number)}. Il vous parviendra au plus tard le ${formats.short.at(refundedBy)}. Détails : ${whole(order.trackingLink)}`,
      email: ({ order, refund, refundedBy }, formats) => ({
        subject: `Remboursement pour votre commande ${order.number}`,
        preheader: `${formats.money(refund)}, au plus tard le ${formats.long.at(refundedBy)}`,
        heading: 'Votre remboursement est en route',
        paragraphs: [
          'Nous avons effectué un remboursement pour votre commande.',
          'Selon votre banque, il vous parviendra au plus tard à la date indiquée.',
        ],
        facts: [
          numberOf(order, 'fr'),
          totalOf(order, 'fr', formats),
          ['Remboursement', formats.money(refund)],
          ['Réception', by(refundedBy, 'fr', formats.long)],
        ],
        action: { label: 'Voir ma commande', link: order.trackingLink },
      }),
    },
    it: {
      sms: ({ order, shop, refund, refundedBy }, formats) =>
        sms`${name(shop.name)}: abbiamo rimborsato ${formats.money(refund)} per il Suo ordine ${whole(order.number)}. L’importo arriverà entro ${formats.short.at(refundedBy)}. Dettagli: ${whole(order.trackingLink)}`,
      email: ({ order, refund, refundedBy }, formats) => ({
        subject: `Rimborso per il Suo ordine ${order.number}`,
        preheader: `${formats.money(refund)}, entro ${formats.long.at(refundedBy)}`,
        heading: 'Il Suo rimborso è in arrivo',
        paragraphs: [
          'abbiamo effettuato un rimborso per il Suo ordine.',
          'A seconda della Sua banca, arriverà al più tardi alla data indicata.',
        ],
        facts: [
          numberOf(order, 'it'),
          totalOf(order, 'it', formats),
          ['Rimborso', formats.money(refund)],
          ['Accredito', by(refundedBy, 'it', formats.long)],
        ],
        action: { label: 'Veda il Suo ordine', link: order.trackingLink },
      }),
    },
    'pt-BR': {
      sms: ({ order, shop, refund, refundedBy }, formats) =>
        sms`${name(shop.name)}: reembolsamos ${formats.money(refund)} do seu pedido ${whole(order.number)}. O valor chega até ${formats.short.at(refundedBy)}. Detalhes: ${whole(order.trackingLink)}`,
      email: ({ order, refund, refundedBy }, formats) => ({
        subject: `Reembolso do seu pedido ${order.number}`,
        preheader: `${formats.money(refund)}, até ${formats.long.at(refundedBy)}`,
        heading: 'Seu reembolso está a caminho',
        paragraphs: [
          'Fizemos um reembolso referente ao seu pedido.',
          'Dependendo do seu banco, ele chega no máximo até a data indicada.',
        ],
        facts: [
          numberOf(order, 'pt-BR'),
          totalOf(order, 'pt-BR', formats),
          ['Reembolso', formats.money(refund)],
          ['Recebimento', by(refundedBy, 'pt-BR', formats.long)],
        ],
        action: { label: 'Ver o pedido', link: order.trackingLink },
      }),
    },
  },
};
