/** A message in the recipient's language, as it goes to the provider. */
import type { Channel, Content } from './delivery.ts';
import { type EventData, type EventOf, type EventType, familyOf } from './events.ts';
import { type Clocks, formatsFor, type Language, LANGUAGES } from './formats.ts';
import { composeMail } from './mail.ts';
import type { Message } from './messages/message.ts';
import { composeSms } from './sms-text.ts';

export type ChosenLocale = {
  /** What the customer asked for. */
  asked: string;
  /** What the words are in. */
  language: Language;
  /** What dates and money are written in: of that language. */
  formats: string;
};

/** The words: in the locale asked for, else its language, else the shop's language, else English. */
export function chooseLocale(asked: string, shopLanguage: string, country: string): ChosenLocale {
  const wanted = new Intl.Locale(asked);
  const language = known(wanted) ?? known(new Intl.Locale(shopLanguage)) ?? 'en';
  const spoken = new Intl.Locale(language).language;
  const region = wanted.language === spoken ? (wanted.region ?? country) : country;
  return { asked: wanted.baseName, language, formats: `${spoken}-${region}` };
}

/** @param today when it is told: days far from it are told with their year */
export function renderMessage<Type extends EventType>(
  message: Message<Type>,
  event: EventOf<Type>,
  channel: Channel,
  { language, formats: locale }: ChosenLocale,
  today: Date,
): Content {
  const { type, data } = event;
  const texts = message.texts[language];
  const formats = formatsFor(language, locale, { ...clocksOf(data), today });
  if (channel === 'sms') return composeSms(texts.sms(data, formats));
  const { shop, customer } = data;
  const mail = composeMail(texts.email(data, formats), {
    language,
    family: familyOf(type),
    shop,
    customer: customer.name,
  });
  const attachments = message.attachments?.(event, language);
  return attachments ? { ...mail, attachments } : mail;
}

/** An appointment is told in the time of its place, to the minute; an order in the customer's, promised by whole days. */
const clocksOf = (data: EventData): Omit<Clocks, 'today'> =>
  'appointment' in data
    ? { timeZone: data.appointment.timeZone, lastMinuteIsDay: false }
    : { timeZone: data.customer.timeZone, lastMinuteIsDay: true };

/** The texts of the same language, whatever region they are written for: `pt-PT` gets `pt-BR`. */
const known = ({ language }: Intl.Locale): Language | undefined =>
  LANGUAGES.find((each) => new Intl.Locale(each).language === language);
