/** What texts about appointments tell in the same words. */
import type { Appointment, AppointmentData, AppointmentEventType } from '../appointment-events.ts';
import { calendarEntry } from '../calendar-entry.ts';
import type { Attachment } from '../delivery.ts';
import type { EventOf } from '../events.ts';
import type { Formats, Language } from '../formats.ts';
import { clockIn } from '../local-time.ts';
import { type Fact, factLines, type MailText } from '../mail.ts';
import { plainName } from '../plain-text.ts';
import { ifRoom, name, sms, type SmsText, whole } from '../sms-text.ts';
import { HOUR, MINUTE } from './message.ts';

type Data = AppointmentData;

export const startOf = ({ appointment }: Pick<Data, 'appointment'>): Date => new Date(appointment.start);

export const endOf = ({ appointment: { start, minutes } }: Pick<Data, 'appointment'>): Date =>
  new Date(Date.parse(start) + minutes * MINUTE);

/** Time to get there, or to have slept on: nothing about a visit is held longer. */
export const hourBefore = (start: Date): Date => new Date(start.getTime() - HOUR);

type Words = {
  service: string;
  when: string;
  staff: string;
  place: string;
  join: string;
  number: string;
  /** With the punctuation behind it, for an SMS. */
  smsPlace: string;
  smsJoin: string;
  smsManage: string;
  manage: string;
  bookAgain: string;
  hindered: { withLink: string; without: string };
  /** Title of its calendar entry: never what it is, because others may see the calendar. */
  entry: (shop: string) => string;
};

const WORDS: Record<Language, Words> = {
  en: {
    service: 'Appointment',
    when: 'When',
    staff: 'With',
    place: 'Where',
    join: 'Join online',
    number: 'Number',
    smsPlace: 'Where:',
    smsJoin: 'Join:',
    smsManage: 'Change or cancel:',
    manage: 'Change or cancel',
    bookAgain: 'Book again',
    hindered: {
      withLink: 'Can’t make it? Please change or cancel the appointment in good time.',
      without: 'Can’t make it? Please reply to this email in good time.',
    },
    entry: (shop) => `Appointment with ${shop}`,
  },
  de: {
    service: 'Termin',
    when: 'Wann',
    staff: 'Bei',
    place: 'Wo',
    join: 'Online teilnehmen',
    number: 'Nummer',
    smsPlace: 'Ort:',
    smsJoin: 'Teilnehmen:',
    smsManage: 'Ändern oder absagen:',
    manage: 'Ändern oder absagen',
    bookAgain: 'Neuen Termin buchen',
    hindered: {
      withLink: 'Sind Sie verhindert? Bitte ändern Sie den Termin rechtzeitig oder sagen Sie ihn ab.',
      without: 'Sind Sie verhindert? Bitte antworten Sie rechtzeitig auf diese E-Mail.',
    },
    entry: (shop) => `Termin bei ${shop}`,
  },
  fr: {
    service: 'Prestation',
    when: 'Date',
    staff: 'Avec',
    place: 'Lieu',
    join: 'Rejoindre en ligne',
    number: 'Numéro',
    smsPlace: 'Lieu :',
    smsJoin: 'Rejoindre :',
    smsManage: 'Modifier ou annuler :',
    manage: 'Modifier ou annuler',
    bookAgain: 'Reprendre rendez-vous',
    hindered: {
      withLink: 'Un empêchement\u{a0}? Merci de modifier ou d’annuler votre rendez-vous à temps.',
      without: 'Un empêchement\u{a0}? Merci de répondre à temps à cet e-mail.',
    },
    entry: (shop) => `Rendez-vous avec ${shop}`,
  },
  it: {
    service: 'Appuntamento',
    when: 'Quando',
    staff: 'Con',
    place: 'Dove',
    join: 'Partecipi online',
    number: 'Numero',
    smsPlace: 'Dove:',
    smsJoin: 'Partecipi:',
    smsManage: 'Modifichi o disdica:',
    manage: 'Modifichi o disdica',
    bookAgain: 'Prenoti di nuovo',
    hindered: {
      withLink: 'Non può venire? Modifichi o disdica l’appuntamento per tempo.',
      without: 'Non può venire? Risponda per tempo a questa e-mail.',
    },
    entry: (shop) => `Appuntamento con ${shop}`,
  },
  'pt-BR': {
    service: 'Atendimento',
    when: 'Quando',
    staff: 'Com',
    place: 'Local',
    join: 'Participar online',
    number: 'Número',
    smsPlace: 'Local:',
    smsJoin: 'Participar:',
    smsManage: 'Alterar ou cancelar:',
    manage: 'Alterar ou cancelar',
    bookAgain: 'Marcar de novo',
    hindered: {
      withLink: 'Não pode comparecer? Altere ou cancele o horário com antecedência.',
      without: 'Não pode comparecer? Responda a este e-mail com antecedência.',
    },
    entry: (shop) => `Horário marcado com ${shop}`,
  },
};

/** `Tue, 24 Nov, 18:00`; with the zone, such as ` (CET)`, where the customer's clocks show another time. */
export const shortStart = (data: Data, formats: Formats): string => shortAt(data.appointment.start, data, formats);

/** Of another moment than the start. */
export const shortAt = (instant: string, data: Data, formats: Formats): string =>
  `${formats.short.at(instant)}${zoneNote(instant, data, formats)}`;

/** The same with `Tuesday, 24 November`. */
export const longStart = (data: Data, formats: Formats): string => longAt(data.appointment.start, data, formats);

/** Of another moment than the start. */
export const longAt = (instant: string, data: Data, formats: Formats): string =>
  `${formats.long.at(instant)}${zoneNote(instant, data, formats)}`;

function zoneNote(instant: string, { appointment, customer }: Data, { zone }: Formats): string {
  const offsetIn = (timeZone: string) => clockIn(timeZone, new Date(instant)).offsetNanoseconds;
  return offsetIn(appointment.timeZone) === offsetIn(customer.timeZone) ? '' : ` (${zone(instant)})`;
}

/** ` Where: Ring 5. Join: https://…`, with its space in front. */
export const smsPlaceOf = ({ place, joinLink }: Appointment, language: Language): SmsText => {
  const { smsPlace, smsJoin } = WORDS[language];
  return [
    ...(place === undefined ? [] : sms` ${smsPlace} ${name(place.replace(/[\s.]+$/u, ''))}.`),
    ...(joinLink === undefined ? [] : sms` ${smsJoin} ${whole(joinLink)}`),
  ];
};

/** ` Change or cancel: https://…`, with its space in front, where there is room. */
export const smsManageOf = ({ manageLink }: Appointment, language: Language): SmsText =>
  manageLink === undefined ? [] : [ifRoom(sms` ${WORDS[language].smsManage} ${whole(manageLink)}`)];

/** What it is, when, with whom, where, and its number. */
export const factsOf = (data: Data, language: Language, formats: Formats): Fact[] => [
  ...whatAndWhen(data, language, formats),
  ...placeOf(data, language),
  numberOf(data, language),
];

/** The same without where: of an appointment that nobody has to find any more. */
export const bygoneFactsOf = (data: Data, language: Language, formats: Formats): Fact[] => [
  ...whatAndWhen(data, language, formats),
  numberOf(data, language),
];

const whatAndWhen = (data: Data, language: Language, formats: Formats): Fact[] => {
  const { start } = data.appointment;
  const times = formats.long.lasting(start, endOf(data).toISOString());
  return [
    serviceOf(data, language),
    [WORDS[language].when, `${times}${zoneNote(start, data, formats)}`],
    ...staffOf(data, language),
  ];
};

const serviceOf = ({ appointment }: Data, language: Language): Fact => [
  WORDS[language].service,
  plainName(appointment.service),
];

const staffOf = ({ appointment: { staff } }: Data, language: Language): Fact[] =>
  staff === undefined ? [] : [[WORDS[language].staff, plainName(staff)]];

const placeOf = (data: Data, language: Language): Fact[] => {
  const { place } = data.appointment;
  return [
    ...(place === undefined ? [] : [[WORDS[language].place, plainName(place)] as const]),
    ...joinOf(data, language),
  ];
};

const joinOf = ({ appointment: { joinLink } }: Data, language: Language): Fact[] =>
  joinLink === undefined ? [] : [[WORDS[language].join, { link: joinLink }]];

const numberOf = ({ appointment }: Data, language: Language): Fact => [WORDS[language].number, appointment.number];

const manageOf = ({ appointment: { manageLink } }: Data, language: Language): Fact[] =>
  manageLink === undefined ? [] : [[WORDS[language].manage, { link: manageLink }]];

/** Puts the appointment into the customer's calendar, or puts right what stands there. */
export const invitation = (event: EventOf<AppointmentEventType>, language: Language): Attachment[] => [
  entryOf(event, 'REQUEST', language, [...joinOf(event.data, language), ...manageOf(event.data, language)]),
];

/** Takes it out of the calendar. */
export const cancellation = (event: EventOf<AppointmentEventType>, language: Language): Attachment[] => [
  entryOf(event, 'CANCEL', language, []),
];

function entryOf(
  event: EventOf<AppointmentEventType>,
  method: 'REQUEST' | 'CANCEL',
  language: Language,
  links: readonly Fact[],
): Attachment {
  const { data } = event;
  const facts = [serviceOf(data, language), ...staffOf(data, language), ...links, numberOf(data, language)];
  return calendarEntry(event, method, {
    summary: WORDS[language].entry(plainName(data.shop.name)),
    description: factLines(facts, language),
  });
}

/** What to do when the customer cannot come. */
export const hindered = ({ manageLink }: Appointment, language: Language): string =>
  WORDS[language].hindered[manageLink === undefined ? 'without' : 'withLink'];

type Action = Pick<MailText, 'action'>;

export const manageAction = ({ manageLink }: Appointment, language: Language): Action =>
  manageLink === undefined ? {} : { action: { label: WORDS[language].manage, link: manageLink } };

export const bookAgainAction = ({ manageLink }: Appointment, language: Language): Action =>
  manageLink === undefined ? {} : { action: { label: WORDS[language].bookAgain, link: manageLink } };
