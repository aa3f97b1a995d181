import type { AppointmentCancellation } from '../appointment-events.ts';
import type { Language } from '../formats.ts';
import { ifRoom, name, sms, type SmsText, whole } from '../sms-text.ts';
import {
  bookAgainAction,
  bygoneFactsOf,
  cancellation,
  endOf,
  hourBefore,
  shortStart,
  startOf,
} from './appointment-facts.ts';
import { HOUR, type Message, MINUTE } from './message.ts';

export const appointmentCancelled: Message<'appointment.cancelled'> = {
  name: 'appointment-cancelled',
  version: 1,
  // Somebody may be about to leave.
  lane: 'urgent',
  promise: 5 * MINUTE,
  deadline: 48 * HOUR,
  // Until then somebody may still be on the way, or wait outside.
  until: ({ data }) => endOf(data),
  quietHours: {
    do: 'hold',
    tooLate: 'send',
    latest: { at: ({ data }) => hourBefore(startOf(data)), because: 'the appointment was to start within the hour' },
  },
  supersededBy: [
    'appointment.booked',
    'appointment.rescheduled',
    'appointment.cancelled',
    'appointment.completed',
    'appointment.missed',
  ],
  attachments: cancellation,
  texts: {
    en: {
      sms: (data, formats) =>
        sms`${name(data.shop.name)}: Your appointment on ${shortStart(data, formats)} has been cancelled${WHY.en[data.reason]}.${smsBookAgain(data.appointment, ' Book again:')}`,
      email: (data, formats) => ({
        subject: `Your appointment on ${shortStart(data, formats)} has been cancelled`,
        preheader: `It has been cancelled${WHY.en[data.reason]}.`,
        heading: 'Your appointment has been cancelled',
        paragraphs: [
          `Your appointment has been cancelled${WHY.en[data.reason]}. The entry attached to this email takes it out of your calendar.`,
          data.appointment.manageLink === undefined
            ? 'Would you like another one? Just reply to this email.'
            : 'You are welcome to book another one.',
        ],
        facts: bygoneFactsOf(data, 'en', formats),
        ...bookAgainAction(data.appointment, 'en'),
      }),
    },
    de: {
      sms: (data, formats) =>
        sms`${name(data.shop.name)}: Ihr Termin am ${shortStart(data, formats)} wurde abgesagt${WHY.de[data.reason]}.${smsBookAgain(data.appointment, ' Neuer Termin:')}`,
      email: (data, formats) => ({
        subject: `Ihr Termin am ${shortStart(data, formats)} wurde abgesagt`,
        preheader: `Er wurde abgesagt${WHY.de[data.reason]}.`,
        heading: 'Ihr Termin wurde abgesagt',
        paragraphs: [
          `Ihr Termin wurde abgesagt${WHY.de[data.reason]}. Der Eintrag im Anhang nimmt ihn aus Ihrem Kalender.`,
          data.appointment.manageLink === undefined
            ? 'Möchten Sie einen neuen Termin? Antworten Sie einfach auf diese E-Mail.'
            : 'Gern können Sie einen neuen Termin buchen.',
        ],
        facts: bygoneFactsOf(data, 'de', formats),
        ...bookAgainAction(data.appointment, 'de'),
      }),
    },
    fr: {
      sms: (data, formats) =>
        sms`${name(data.shop.name)} : votre rendez-vous du ${shortStart(data, formats)} est annulé${WHY.fr[data.reason]}.${smsBookAgain(data.appointment, ' Nouveau rendez-vous :')}`,
      email: (data, formats) => ({
        subject: `Votre rendez-vous du ${shortStart(data, formats)} est annulé`,
        preheader: `Il est annulé${WHY.fr[data.reason]}.`,
        heading: 'Votre rendez-vous est annulé',
        paragraphs: [
          `Votre rendez-vous est annulé${WHY.fr[data.reason]}. Le fichier joint à cet e-mail le retire de votre agenda.`,
          data.appointment.manageLink === undefined
            ? 'Vous en souhaitez un autre\u{a0}? Répondez simplement à cet e-mail.'
            : 'Vous pouvez en prendre un autre quand vous voulez.',
        ],
        facts: bygoneFactsOf(data, 'fr', formats),
        ...bookAgainAction(data.appointment, 'fr'),
      }),
    },
    it: {
      sms: (data, formats) =>
        sms`${name(data.shop.name)}: il Suo appuntamento di ${shortStart(data, formats)} è stato annullato${WHY.it[data.reason]}.${smsBookAgain(data.appointment, ' Nuovo appuntamento:')}`,
      email: (data, formats) => ({
        subject: `Il Suo appuntamento di ${shortStart(data, formats)} è stato annullato`,
        preheader: `È stato annullato${WHY.it[data.reason]}.`,
        heading: 'Il Suo appuntamento è stato annullato',
        paragraphs: [
          `il Suo appuntamento è stato annullato${WHY.it[data.reason]}. Il file allegato lo toglie dal Suo calendario.`,
          data.appointment.manageLink === undefined
            ? 'Ne desidera un altro? Risponda a questa e-mail.'
            : 'Può prenotarne un altro quando vuole.',
        ],
        facts: bygoneFactsOf(data, 'it', formats),
        ...bookAgainAction(data.appointment, 'it'),
      }),
    },
    'pt-BR': {
      sms: (data, formats) =>
        sms`${name(data.shop.name)}: seu horário de ${shortStart(data, formats)} foi cancelado${WHY['pt-BR'][data.reason]}.${smsBookAgain(data.appointment, ' Novo horário:')}`,
      email: (data, formats) => ({
        subject: `Seu horário de ${shortStart(data, formats)} foi cancelado`,
        preheader: `Foi cancelado${WHY['pt-BR'][data.reason]}.`,
        heading: 'Seu horário foi cancelado',
        paragraphs: [
          `O seu horário foi cancelado${WHY['pt-BR'][data.reason]}. O arquivo anexo a este e-mail o retira da sua agenda.`,
          data.appointment.manageLink === undefined
            ? 'Quer marcar outro? Responda a este e-mail.'
            : 'Você pode marcar outro quando quiser.',
        ],
        facts: bygoneFactsOf(data, 'pt-BR', formats),
        ...bookAgainAction(data.appointment, 'pt-BR'),
      }),
    },
  },
};

const smsBookAgain = ({ manageLink }: { manageLink?: string | undefined }, label: string): SmsText =>
  manageLink === undefined ? [] : [ifRoom(sms`${label} ${whole(manageLink)}`)];

/** Follows directly on the word for "cancelled"; never who is unavailable. */
const WHY: Record<Language, Record<AppointmentCancellation, string>> = {
  en: { 'customer-request': ', as you asked', 'staff-unavailable': '; we are sorry, we are not available', other: '' },
  de: {
    'customer-request': ', wie von Ihnen gewünscht',
    'staff-unavailable': '; wir sind leider verhindert',
    other: '',
  },
  fr: {
    'customer-request': ' à votre demande',
    'staff-unavailable': ' ; nous sommes désolés, nous avons un empêchement',
    other: '',
  },
  it: {
    'customer-request': ', come da Lei richiesto',
    'staff-unavailable': '; ci dispiace, non siamo disponibili',
    other: '',
  },
  'pt-BR': {
    'customer-request': ', como você pediu',
    'staff-unavailable': '; pedimos desculpas, não estaremos disponíveis',
    other: '',
  },
};
