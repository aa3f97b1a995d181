import { name, sms, type SmsText, whole } from '../sms-text.ts';
import { bygoneFactsOf, shortStart } from './appointment-facts.ts';
import { HOUR, type Message, MINUTE } from './message.ts';

export const appointmentCompleted: Message<'appointment.completed'> = {
  name: 'appointment-completed',
  version: 1,
  lane: 'normal',
  promise: 30 * MINUTE,
  deadline: 48 * HOUR,
  // Thanks wake nobody, and come in vain days later.
  quietHours: { do: 'hold', tooLate: 'expire' },
  // Thanks stay true whatever is booked next, unless the visit was taken for another one.
  supersededBy: ['appointment.completed', 'appointment.missed'],
  texts: {
    en: {
      sms: (data, formats) =>
        sms`${name(data.shop.name)}: Thank you for your appointment on ${shortStart(data, formats)}!${smsFeedback(data, ' How was it?')}`,
      email: (data, formats) => ({
        subject: `Thank you for your appointment on ${shortStart(data, formats)}`,
        preheader: data.feedbackLink === undefined ? 'We hope to see you again.' : 'How was it? Please tell us.',
        heading: 'Thank you!',
        paragraphs: [
          'Thank you for your appointment with us.',
          data.feedbackLink === undefined
            ? 'Was anything not as it should be? Just reply to this email.'
            : 'How was it? Your answer helps us to become better.',
        ],
        facts: bygoneFactsOf(data, 'en', formats),
        ...feedbackAction(data, 'Tell us how it was'),
      }),
    },
    de: {
      sms: (data, formats) =>
        sms`${name(data.shop.name)}: Vielen Dank für Ihren Termin am ${shortStart(data, formats)}!${smsFeedback(data, ' Wie war es?')}`,
      email: (data, formats) => ({
        subject: `Vielen Dank für Ihren Termin am ${shortStart(data, formats)}`,
        preheader: data.feedbackLink === undefined ? 'Auf Wiedersehen!' : 'Wie war es? Sagen Sie es uns gern.',
        heading: 'Vielen Dank!',
        paragraphs: [
          'vielen Dank für Ihren Termin bei uns.',
          data.feedbackLink === undefined
            ? 'War etwas nicht so, wie es sein soll? Antworten Sie einfach auf diese E-Mail.'
            : 'Wie war es? Ihre Antwort hilft uns, besser zu werden.',
        ],
        facts: bygoneFactsOf(data, 'de', formats),
        ...feedbackAction(data, 'Rückmeldung geben'),
      }),
    },
    fr: {
      sms: (data, formats) =>
        sms`${name(data.shop.name)} : merci pour votre rendez-vous du ${shortStart(data, formats)} !${smsFeedback(data, ' Votre avis :')}`,
      email: (data, formats) => ({
        subject: `Merci pour votre rendez-vous du ${shortStart(data, formats)}`,
        preheader: data.feedbackLink === undefined ? 'À bientôt\u{a0}!' : 'Votre avis nous intéresse.',
        heading: 'Merci\u{a0}!',
        paragraphs: [
          'Merci pour votre rendez-vous avec nous.',
          data.feedbackLink === undefined
            ? 'Quelque chose n’a pas été comme il faut\u{a0}? Répondez simplement à cet e-mail.'
            : 'Comment cela s’est-il passé\u{a0}? Votre avis nous aide à nous améliorer.',
        ],
        facts: bygoneFactsOf(data, 'fr', formats),
        ...feedbackAction(data, 'Donner mon avis'),
      }),
    },
    it: {
      sms: (data, formats) =>
        sms`${name(data.shop.name)}: grazie per il Suo appuntamento di ${shortStart(data, formats)}!${smsFeedback(data, ' Com’è andata?')}`,
      email: (data, formats) => ({
        subject: `Grazie per il Suo appuntamento di ${shortStart(data, formats)}`,
        preheader: data.feedbackLink === undefined ? 'Arrivederci!' : 'Com’è andata? Ce lo dica.',
        heading: 'Grazie!',
        paragraphs: [
          'grazie per il Suo appuntamento con noi.',
          data.feedbackLink === undefined
            ? 'Qualcosa non è andato come doveva? Risponda a questa e-mail.'
            : 'Com’è andata? La Sua risposta ci aiuta a migliorare.',
        ],
        facts: bygoneFactsOf(data, 'it', formats),
        ...feedbackAction(data, 'Ci dica com’è andata'),
      }),
    },
    'pt-BR': {
      sms: (data, formats) =>
        sms`${name(data.shop.name)}: agradecemos a sua presença em ${shortStart(data, formats)}!${smsFeedback(data, ' Como foi?')}`,
      email: (data, formats) => ({
        subject: `Agradecemos o seu horário de ${shortStart(data, formats)}`,
        preheader: data.feedbackLink === undefined ? 'Até a próxima!' : 'Como foi? Conte para nós.',
        heading: 'Agradecemos a sua presença!',
        paragraphs: [
          'Agradecemos por ter marcado um horário conosco.',
          data.feedbackLink === undefined
            ? 'Algo não foi como deveria? Responda a este e-mail.'
            : 'Como foi? A sua resposta nos ajuda a melhorar.',
        ],
        facts: bygoneFactsOf(data, 'pt-BR', formats),
        ...feedbackAction(data, 'Contar como foi'),
      }),
    },
  },
};

type Feedback = { feedbackLink?: string | undefined };

const smsFeedback = ({ feedbackLink }: Feedback, label: string): SmsText =>
  feedbackLink === undefined ? [] : sms`${label} ${whole(feedbackLink)}`;

const feedbackAction = ({ feedbackLink }: Feedback, label: string) =>
  feedbackLink === undefined ? {} : { action: { label, link: feedbackLink } };
