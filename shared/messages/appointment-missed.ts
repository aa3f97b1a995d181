import { name, sms, type SmsText, whole } from '../sms-text.ts';
import { bookAgainAction, bygoneFactsOf, shortStart } from './appointment-facts.ts';
import { HOUR, type Message, MINUTE } from './message.ts';

export const appointmentMissed: Message<'appointment.missed'> = {
  name: 'appointment-missed',
  version: 1,
  lane: 'normal',
  promise: 30 * MINUTE,
  deadline: 24 * HOUR,
  // An offer wakes nobody, and is none any more once the customer has thought of it.
  quietHours: { do: 'hold', tooLate: 'expire' },
  // Who has booked again, or was there after all, needs no offer.
  supersededBy: [
    'appointment.booked',
    'appointment.rescheduled',
    'appointment.cancelled',
    'appointment.completed',
    'appointment.missed',
  ],
  texts: {
    en: {
      sms: (data, formats) =>
        sms`${name(data.shop.name)}: We missed you on ${shortStart(data, formats)}.${smsOffer(data.appointment, ' Book a new appointment:', ' Would you like a new appointment? Please get in touch with us.')}`,
      email: (data, formats) => ({
        subject: `We missed you on ${shortStart(data, formats)}`,
        preheader: 'Would you like a new appointment?',
        heading: 'We missed you',
        paragraphs: [
          'You had an appointment with us, and we did not see you. We hope that you are well.',
          data.appointment.manageLink === undefined
            ? 'Would you like a new appointment? Just reply to this email.'
            : 'Would you like a new appointment? You can book it right away.',
        ],
        facts: bygoneFactsOf(data, 'en', formats),
        ...bookAgainAction(data.appointment, 'en'),
      }),
    },
    de: {
      sms: (data, formats) =>
        sms`${name(data.shop.name)}: Wir haben Sie am ${shortStart(data, formats)} vermisst.${smsOffer(data.appointment, ' Neuer Termin:', ' Möchten Sie einen neuen Termin? Melden Sie sich gern bei uns.')}`,
      email: (data, formats) => ({
        subject: `Wir haben Sie am ${shortStart(data, formats)} vermisst`,
        preheader: 'Möchten Sie einen neuen Termin?',
        heading: 'Wir haben Sie vermisst',
        paragraphs: [
          'Sie hatten einen Termin bei uns und waren nicht da. Wir hoffen, dass es Ihnen gut geht.',
          data.appointment.manageLink === undefined
            ? 'Möchten Sie einen neuen Termin? Antworten Sie einfach auf diese E-Mail.'
            : 'Möchten Sie einen neuen Termin? Sie können ihn gleich buchen.',
        ],
        facts: bygoneFactsOf(data, 'de', formats),
        ...bookAgainAction(data.appointment, 'de'),
      }),
    },
    fr: {
      sms: (data, formats) =>
        sms`${name(data.shop.name)} : nous ne vous avons pas vu le ${shortStart(data, formats)}.${smsOffer(data.appointment, ' Nouveau rendez-vous :', ' Vous souhaitez un nouveau rendez-vous ? Contactez-nous.')}`,
      email: (data, formats) => ({
        subject: `Votre rendez-vous manqué du ${shortStart(data, formats)}`,
        preheader: 'Vous souhaitez un nouveau rendez-vous\u{a0}?',
        heading: 'Un rendez-vous manqué',
        paragraphs: [
          'Vous aviez rendez-vous avec nous, mais nous ne vous avons pas vu. Nous espérons que vous allez bien.',
          data.appointment.manageLink === undefined
            ? 'Vous souhaitez un nouveau rendez-vous\u{a0}? Répondez simplement à cet e-mail.'
            : 'Vous souhaitez un nouveau rendez-vous\u{a0}? Vous pouvez le prendre tout de suite.',
        ],
        facts: bygoneFactsOf(data, 'fr', formats),
        ...bookAgainAction(data.appointment, 'fr'),
      }),
    },
    it: {
      sms: (data, formats) =>
        sms`${name(data.shop.name)}: non L’abbiamo vista all’appuntamento di ${shortStart(data, formats)}.${smsOffer(data.appointment, ' Nuovo appuntamento:', ' Desidera un nuovo appuntamento? Ci contatti.')}`,
      email: (data, formats) => ({
        subject: `Il Suo appuntamento mancato di ${shortStart(data, formats)}`,
        preheader: 'Desidera un nuovo appuntamento?',
        heading: 'Un appuntamento mancato',
        paragraphs: [
          'aveva un appuntamento con noi, ma non L’abbiamo vista. Speriamo che stia bene.',
          data.appointment.manageLink === undefined
            ? 'Desidera un nuovo appuntamento? Risponda a questa e-mail.'
            : 'Desidera un nuovo appuntamento? Può prenotarlo subito.',
        ],
        facts: bygoneFactsOf(data, 'it', formats),
        ...bookAgainAction(data.appointment, 'it'),
      }),
    },
    'pt-BR': {
      sms: (data, formats) =>
        sms`${name(data.shop.name)}: sentimos a sua falta em ${shortStart(data, formats)}.${smsOffer(data.appointment, ' Novo horário:', ' Quer marcar outro horário? Fale conosco.')}`,
      email: (data, formats) => ({
        subject: `Sentimos a sua falta em ${shortStart(data, formats)}`,
        preheader: 'Quer marcar outro horário?',
        heading: 'Sentimos a sua falta',
        paragraphs: [
          'Você tinha um horário marcado conosco e não compareceu. Esperamos que esteja tudo bem.',
          data.appointment.manageLink === undefined
            ? 'Quer marcar outro horário? Responda a este e-mail.'
            : 'Quer marcar outro horário? Você pode marcar agora mesmo.',
        ],
        facts: bygoneFactsOf(data, 'pt-BR', formats),
        ...bookAgainAction(data.appointment, 'pt-BR'),
      }),
    },
  },
};

/** The link is what the message is for. */
const smsOffer = ({ manageLink }: { manageLink?: string | undefined }, label: string, withoutLink: string): SmsText =>
  manageLink === undefined ? [withoutLink] : sms`${label} ${whole(manageLink)}`;
