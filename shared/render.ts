/** A message in the recipient's language, as it goes to the provider. */
import type { Channel, Content } from './delivery.ts';
import type { EventOf, EventType } from './events.ts';
import { formatsFor, type Language, LANGUAGES } from './formats.ts';
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

export function renderMessage<Type extends EventType>(
  message: Message<Type>,
  { data }: EventOf<Type>,
  channel: Channel,
  { language, formats: locale }: ChosenLocale,
): Content {
  const texts = message.texts[language];
  const formats = formatsFor(language, locale, data.customer.timeZone);
  return channel === 'sms'
    ? composeSms(texts.sms(data, formats))
    : composeMail(texts.email(data, formats), { language, shop: data.shop, customer: data.customer.name });
}

/** The texts of the same language, whatever region they are written for: `pt-PT` gets `pt-BR`. */
const known = ({ language }: Intl.Locale): Language | undefined =>
  LANGUAGES.find((each) => new Intl.Locale(each).language === language);
