import { name, sms } from '../sms-text.ts';
import {
  factsOf,
  hindered,
  hourBefore,
  invitation,
  longStart,
  manageAction,
  shortStart,
  smsManageOf,
  smsPlaceOf,
  startOf,
} from './appointment-facts.ts';
import { HOUR, type Message, MINUTE } from './message.ts';

export const appointmentBooked: Message<'appointment.booked'> = {
  name: 'appointment-booked',
  version: 1,
  lane: 'normal',
  promise: 5 * MINUTE,
  deadline: 48 * HOUR,
  until: ({ data }) => startOf(data),
  // Who books at night for the next morning needs the place before that.
  quietHours: {
    do: 'hold',
    tooLate: 'send',
    latest: { at: ({ data }) => hourBefore(startOf(data)), because: 'the appointment starts within the hour' },
  },
  // No receipt: whoever kept to an old time or place would come in vain.
  supersededBy: [
    'appointment.booked',
    'appointment.rescheduled',
    'appointment.cancelled',
    'appointment.completed',
    'appointment.missed',
  ],
  attachments: invitation,
  texts: {
    en: {
      sms: (data, formats) =>
        sms`${name(data.shop.name)}: Your appointment is booked for ${shortStart(data, formats)}.${smsPlaceOf(data.appointment, 'en')}${smsManageOf(data.appointment, 'en')}`,
      email: (data, formats) => ({
        subject: `Your appointment on ${shortStart(data, formats)}`,
        preheader: `Booked for ${longStart(data, formats)}`,
        heading: 'Your appointment is booked',
        paragraphs: [
          'Thank you for booking. The entry attached to this email puts it into your calendar.',
          hindered(data.appointment, 'en'),
        ],
        facts: factsOf(data, 'en', formats),
        ...manageAction(data.appointment, 'en'),
      }),
    },
    de: {
      sms: (data, formats) =>
        sms`${name(data.shop.name)}: Ihr Termin ist gebucht: ${shortStart(data, formats)}.${smsPlaceOf(data.appointment, 'de')}${smsManageOf(data.appointment, 'de')}`,
      email: (data, formats) => ({
        subject: `Ihr Termin: ${shortStart(data, formats)}`,
        preheader: `Gebucht: ${longStart(data, formats)}`,
        heading: 'Ihr Termin ist gebucht',
        paragraphs: [
          'vielen Dank für Ihre Buchung. Mit dem Eintrag im Anhang steht der Termin auch in Ihrem Kalender.',
          hindered(data.appointment, 'de'),
        ],
        facts: factsOf(data, 'de', formats),
        ...manageAction(data.appointment, 'de'),
      }),
    },
    fr: {
      sms: (data, formats) =>
        sms`${name(data.shop.name)} : votre rendez-vous est réservé : ${shortStart(data, formats)}.${smsPlaceOf(data.appointment, 'fr')}${smsManageOf(data.appointment, 'fr')}`,
      email: (data, formats) => ({
        subject: `Votre rendez-vous du ${shortStart(data, formats)}`,
        preheader: `Réservé\u{a0}: ${longStart(data, formats)}`,
        heading: 'Votre rendez-vous est réservé',
        paragraphs: [
          'Merci pour votre réservation. Le fichier joint à cet e-mail l’ajoute à votre agenda.',
          hindered(data.appointment, 'fr'),
        ],
        facts: factsOf(data, 'fr', formats),
        ...manageAction(data.appointment, 'fr'),
      }),
    },
    it: {
      sms: (data, formats) =>
        sms`${name(data.shop.name)}: il Suo appuntamento è prenotato: ${shortStart(data, formats)}.${smsPlaceOf(data.appointment, 'it')}${smsManageOf(data.appointment, 'it')}`,
      email: (data, formats) => ({
        subject: `Il Suo appuntamento: ${shortStart(data, formats)}`,
        preheader: `Prenotato: ${longStart(data, formats)}`,
        heading: 'Il Suo appuntamento è prenotato',
        paragraphs: [
          'grazie per la Sua prenotazione. Il file allegato la aggiunge al Suo calendario.',
          hindered(data.appointment, 'it'),
        ],
        facts: factsOf(data, 'it', formats),
        ...manageAction(data.appointment, 'it'),
      }),
    },
    'pt-BR': {
      sms: (data, formats) =>
        sms`${name(data.shop.name)}: seu horário está marcado: ${shortStart(data, formats)}.${smsPlaceOf(data.appointment, 'pt-BR')}${smsManageOf(data.appointment, 'pt-BR')}`,
      email: (data, formats) => ({
        subject: `Seu horário: ${shortStart(data, formats)}`,
        preheader: `Marcado: ${longStart(data, formats)}`,
        heading: 'Seu horário está marcado',
        paragraphs: [
          'Agradecemos a sua reserva. O arquivo anexo a este e-mail inclui o horário na sua agenda.',
          hindered(data.appointment, 'pt-BR'),
        ],
        facts: factsOf(data, 'pt-BR', formats),
        ...manageAction(data.appointment, 'pt-BR'),
      }),
    },
  },
};
