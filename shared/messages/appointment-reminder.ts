import type { StandingType } from '../appointment-events.ts';
import { name, sms } from '../sms-text.ts';
import {
  factsOf,
  hindered,
  hourBefore,
  longStart,
  manageAction,
  shortStart,
  smsManageOf,
  smsPlaceOf,
  startOf,
} from './appointment-facts.ts';
import { type Message, MINUTE } from './message.ts';

/** Told not when its event happens, but when it is due: it tells of the state that its event made. */
export const appointmentReminder: Message<StandingType> = {
  name: 'appointment-reminder',
  version: 1,
  lane: 'normal',
  promise: 5 * MINUTE,
  // However early it was due: the start alone ends it.
  deadline: Infinity,
  until: ({ data }) => startOf(data),
  quietHours: {
    do: 'hold',
    tooLate: 'send',
    latest: { at: ({ data }) => hourBefore(startOf(data)), because: 'the appointment starts within the hour' },
  },
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
        sms`${name(data.shop.name)}: Reminder of your appointment on ${shortStart(data, formats)}.${smsPlaceOf(data.appointment, 'en')}${smsManageOf(data.appointment, 'en')}`,
      email: (data, formats) => ({
        subject: `Reminder: your appointment on ${shortStart(data, formats)}`,
        preheader: `We look forward to seeing you: ${longStart(data, formats)}`,
        heading: 'Your appointment is coming up',
        paragraphs: ['We look forward to seeing you.', hindered(data.appointment, 'en')],
        facts: factsOf(data, 'en', formats),
        ...manageAction(data.appointment, 'en'),
      }),
    },
    de: {
      sms: (data, formats) =>
        sms`${name(data.shop.name)}: Erinnerung an Ihren Termin am ${shortStart(data, formats)}.${smsPlaceOf(data.appointment, 'de')}${smsManageOf(data.appointment, 'de')}`,
      email: (data, formats) => ({
        subject: `Erinnerung: Ihr Termin am ${shortStart(data, formats)}`,
        preheader: `Wir freuen uns auf Sie: ${longStart(data, formats)}`,
        heading: 'Ihr Termin rückt näher',
        paragraphs: ['wir freuen uns auf Sie.', hindered(data.appointment, 'de')],
        facts: factsOf(data, 'de', formats),
        ...manageAction(data.appointment, 'de'),
      }),
    },
    fr: {
      sms: (data, formats) =>
        sms`${name(data.shop.name)} : rappel de votre rendez-vous du ${shortStart(data, formats)}.${smsPlaceOf(data.appointment, 'fr')}${smsManageOf(data.appointment, 'fr')}`,
      email: (data, formats) => ({
        subject: `Rappel\u{a0}: votre rendez-vous du ${shortStart(data, formats)}`,
        preheader: `Nous vous attendons\u{a0}: ${longStart(data, formats)}`,
        heading: 'Votre rendez-vous approche',
        paragraphs: ['Nous nous réjouissons de vous accueillir.', hindered(data.appointment, 'fr')],
        facts: factsOf(data, 'fr', formats),
        ...manageAction(data.appointment, 'fr'),
      }),
    },
    it: {
      sms: (data, formats) =>
        sms`${name(data.shop.name)}: promemoria del Suo appuntamento: ${shortStart(data, formats)}.${smsPlaceOf(data.appointment, 'it')}${smsManageOf(data.appointment, 'it')}`,
      email: (data, formats) => ({
        subject: `Promemoria: il Suo appuntamento di ${shortStart(data, formats)}`,
        preheader: `La aspettiamo: ${longStart(data, formats)}`,
        heading: 'Il Suo appuntamento si avvicina',
        paragraphs: ['La aspettiamo con piacere.', hindered(data.appointment, 'it')],
        facts: factsOf(data, 'it', formats),
        ...manageAction(data.appointment, 'it'),
      }),
    },
    'pt-BR': {
      sms: (data, formats) =>
        sms`${name(data.shop.name)}: lembrete do seu horário: ${shortStart(data, formats)}.${smsPlaceOf(data.appointment, 'pt-BR')}${smsManageOf(data.appointment, 'pt-BR')}`,
      email: (data, formats) => ({
        subject: `Lembrete: seu horário de ${shortStart(data, formats)}`,
        preheader: `Esperamos você: ${longStart(data, formats)}`,
        heading: 'Seu horário está chegando',
        paragraphs: ['Esperamos você.', hindered(data.appointment, 'pt-BR')],
        facts: factsOf(data, 'pt-BR', formats),
        ...manageAction(data.appointment, 'pt-BR'),
      }),
    },
  },
};
