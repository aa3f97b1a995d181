import type { EventOf } from '../events.ts';
import { name, sms } from '../sms-text.ts';
import {
  factsOf,
  hindered,
  hourBefore,
  invitation,
  longAt,
  longStart,
  manageAction,
  shortAt,
  shortStart,
  smsManageOf,
  smsPlaceOf,
  startOf,
} from './appointment-facts.ts';
import { HOUR, type Message, MINUTE } from './message.ts';

export const appointmentRescheduled: Message<'appointment.rescheduled'> = {
  name: 'appointment-rescheduled',
  version: 1,
  // Somebody may be about to leave for the old time.
  lane: 'urgent',
  promise: 5 * MINUTE,
  deadline: 48 * HOUR,
  until: ({ data }) => startOf(data),
  quietHours: {
    do: 'hold',
    tooLate: 'send',
    latest: {
      at: (event) => hourBefore(nextVisit(event)),
      because: 'the appointment, at its old or its new time, starts within the hour',
    },
  },
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
        isMoved(data)
          ? sms`${name(data.shop.name)}: Your appointment has moved to ${shortStart(data, formats)} (was ${shortAt(data.previousStart, data, formats)}).${smsPlaceOf(data.appointment, 'en')}${smsManageOf(data.appointment, 'en')}`
          : sms`${name(data.shop.name)}: Your appointment has changed: ${shortStart(data, formats)}.${smsPlaceOf(data.appointment, 'en')}${smsManageOf(data.appointment, 'en')}`,
      email: (data, formats) => ({
        ...(isMoved(data)
          ? {
              subject: `Your appointment has moved to ${shortStart(data, formats)}`,
              preheader: `New time: ${longStart(data, formats)}`,
              heading: 'Your appointment has moved',
              paragraphs: [
                'Your appointment takes place at another time. The entry attached to this email puts your calendar right.',
                hindered(data.appointment, 'en'),
              ],
              facts: [...factsOf(data, 'en', formats), ['Previous time', longAt(data.previousStart, data, formats)]],
            }
          : {
              subject: `Your appointment has changed: ${shortStart(data, formats)}`,
              preheader: `At the same time: ${longStart(data, formats)}`,
              heading: 'Your appointment has changed',
              paragraphs: [
                'Your appointment has changed, but not its time. The entry attached to this email puts your calendar right.',
                hindered(data.appointment, 'en'),
              ],
              facts: factsOf(data, 'en', formats),
            }),
        ...manageAction(data.appointment, 'en'),
      }),
    },
    de: {
      sms: (data, formats) =>
        isMoved(data)
          ? sms`${name(data.shop.name)}: Ihr Termin wurde verschoben auf ${shortStart(data, formats)} (bisher ${shortAt(data.previousStart, data, formats)}).${smsPlaceOf(data.appointment, 'de')}${smsManageOf(data.appointment, 'de')}`
          : sms`${name(data.shop.name)}: Ihr Termin wurde geändert: ${shortStart(data, formats)}.${smsPlaceOf(data.appointment, 'de')}${smsManageOf(data.appointment, 'de')}`,
      email: (data, formats) => ({
        ...(isMoved(data)
          ? {
              subject: `Ihr Termin ist verschoben: ${shortStart(data, formats)}`,
              preheader: `Neuer Termin: ${longStart(data, formats)}`,
              heading: 'Ihr Termin ist verschoben',
              paragraphs: [
                'Ihr Termin findet zu einer anderen Zeit statt. Mit dem Eintrag im Anhang stimmt auch Ihr Kalender wieder.',
                hindered(data.appointment, 'de'),
              ],
              facts: [
                ...factsOf(data, 'de', formats),
                ['Bisheriger Termin', longAt(data.previousStart, data, formats)],
              ],
            }
          : {
              subject: `Ihr Termin ist geändert: ${shortStart(data, formats)}`,
              preheader: `Zur selben Zeit: ${longStart(data, formats)}`,
              heading: 'Ihr Termin ist geändert',
              paragraphs: [
                'Ihr Termin wurde geändert, die Zeit bleibt dieselbe. Mit dem Eintrag im Anhang stimmt auch Ihr Kalender wieder.',
                hindered(data.appointment, 'de'),
              ],
              facts: factsOf(data, 'de', formats),
            }),
        ...manageAction(data.appointment, 'de'),
      }),
    },
    fr: {
      sms: (data, formats) =>
        isMoved(data)
          ? sms`${name(data.shop.name)} : votre rendez-vous est déplacé au ${shortStart(data, formats)} (au lieu du ${shortAt(data.previousStart, data, formats)}).${smsPlaceOf(data.appointment, 'fr')}${smsManageOf(data.appointment, 'fr')}`
          : sms`${name(data.shop.name)} : votre rendez-vous est modifié : ${shortStart(data, formats)}.${smsPlaceOf(data.appointment, 'fr')}${smsManageOf(data.appointment, 'fr')}`,
      email: (data, formats) => ({
        ...(isMoved(data)
          ? {
              subject: `Votre rendez-vous est déplacé au ${shortStart(data, formats)}`,
              preheader: `Nouvelle date\u{a0}: ${longStart(data, formats)}`,
              heading: 'Votre rendez-vous est déplacé',
              paragraphs: [
                'Votre rendez-vous a lieu à un autre moment. Le fichier joint à cet e-mail met votre agenda à jour.',
                hindered(data.appointment, 'fr'),
              ],
              facts: [...factsOf(data, 'fr', formats), ['Ancienne date', longAt(data.previousStart, data, formats)]],
            }
          : {
              subject: `Votre rendez-vous est modifié : ${shortStart(data, formats)}`,
              preheader: `À la même heure\u{a0}: ${longStart(data, formats)}`,
              heading: 'Votre rendez-vous est modifié',
              paragraphs: [
                'Votre rendez-vous est modifié, mais son heure reste la même. Le fichier joint à cet e-mail met votre agenda à jour.',
                hindered(data.appointment, 'fr'),
              ],
              facts: factsOf(data, 'fr', formats),
            }),
        ...manageAction(data.appointment, 'fr'),
      }),
    },
    it: {
      sms: (data, formats) =>
        isMoved(data)
          ? sms`${name(data.shop.name)}: il Suo appuntamento è stato spostato: ${shortStart(data, formats)} (prima: ${shortAt(data.previousStart, data, formats)}).${smsPlaceOf(data.appointment, 'it')}${smsManageOf(data.appointment, 'it')}`
          : sms`${name(data.shop.name)}: il Suo appuntamento è stato modificato: ${shortStart(data, formats)}.${smsPlaceOf(data.appointment, 'it')}${smsManageOf(data.appointment, 'it')}`,
      email: (data, formats) => ({
        ...(isMoved(data)
          ? {
              subject: `Il Suo appuntamento è stato spostato: ${shortStart(data, formats)}`,
              preheader: `Nuova data: ${longStart(data, formats)}`,
              heading: 'Il Suo appuntamento è stato spostato',
              paragraphs: [
                'il Suo appuntamento avrà luogo in un altro momento. Il file allegato aggiorna il Suo calendario.',
                hindered(data.appointment, 'it'),
              ],
              facts: [...factsOf(data, 'it', formats), ['Data precedente', longAt(data.previousStart, data, formats)]],
            }
          : {
              subject: `Il Suo appuntamento è stato modificato: ${shortStart(data, formats)}`,
              preheader: `Alla stessa ora: ${longStart(data, formats)}`,
              heading: 'Il Suo appuntamento è stato modificato',
              paragraphs: [
                'il Suo appuntamento è stato modificato, ma non l’ora. Il file allegato aggiorna il Suo calendario.',
                hindered(data.appointment, 'it'),
              ],
              facts: factsOf(data, 'it', formats),
            }),
        ...manageAction(data.appointment, 'it'),
      }),
    },
    'pt-BR': {
      sms: (data, formats) =>
        isMoved(data)
          ? sms`${name(data.shop.name)}: seu horário mudou para ${shortStart(data, formats)} (antes: ${shortAt(data.previousStart, data, formats)}).${smsPlaceOf(data.appointment, 'pt-BR')}${smsManageOf(data.appointment, 'pt-BR')}`
          : sms`${name(data.shop.name)}: algo mudou no seu horário de ${shortStart(data, formats)}.${smsPlaceOf(data.appointment, 'pt-BR')}${smsManageOf(data.appointment, 'pt-BR')}`,
      email: (data, formats) => ({
        ...(isMoved(data)
          ? {
              subject: `Seu horário mudou para ${shortStart(data, formats)}`,
              preheader: `Novo horário: ${longStart(data, formats)}`,
              heading: 'Seu horário mudou',
              paragraphs: [
                'O seu horário mudou. O arquivo anexo a este e-mail atualiza a sua agenda.',
                hindered(data.appointment, 'pt-BR'),
              ],
              facts: [
                ...factsOf(data, 'pt-BR', formats),
                ['Horário anterior', longAt(data.previousStart, data, formats)],
              ],
            }
          : {
              subject: `Uma mudança no seu horário de ${shortStart(data, formats)}`,
              preheader: `No mesmo dia e hora: ${longStart(data, formats)}`,
              heading: 'Uma mudança no seu horário',
              paragraphs: [
                'Algo mudou no seu atendimento, mas não o dia nem a hora. O arquivo anexo a este e-mail atualiza a sua agenda.',
                hindered(data.appointment, 'pt-BR'),
              ],
              facts: factsOf(data, 'pt-BR', formats),
            }),
        ...manageAction(data.appointment, 'pt-BR'),
      }),
    },
  },
};

/** It may also be told that another place or another person is meant at the same time. */
const isMoved = ({ appointment, previousStart }: EventOf<'appointment.rescheduled'>['data']): boolean =>
  Date.parse(previousStart) !== Date.parse(appointment.start);

/** The earlier one of the old and the new time that is still to come. */
function nextVisit({ time, data }: EventOf<'appointment.rescheduled'>): Date {
  const [previous, next] = [new Date(data.previousStart), startOf(data)];
  return previous > time && previous < next ? previous : next;
}
