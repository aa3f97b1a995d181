/** Every message in every language, as one HTML page that needs nothing else. */
import { readFile } from 'node:fs/promises';
import type { Content, EmailContent, SmsContent } from '../shared/delivery.ts';
import { EVENT_TYPES, type EventOf, type EventType, parseEvent } from '../shared/events.ts';
import { type Language, LANGUAGES } from '../shared/formats.ts';
import { outsideGsm7 } from '../shared/gsm-7.ts';
import { MESSAGES, REMINDER } from '../shared/messages/catalogue.ts';
import type { Message } from '../shared/messages/message.ts';
import { chooseLocale, renderMessage } from '../shared/render.ts';
import { type Kind, KINDS, LINK_HOST, sampleEvent } from './preview-samples.ts';

const TEMPLATE = new URL('preview.html', import.meta.url);
const ARRIVED = new Date('2026-11-21T09:00:00Z');

/** More segments, and an SMS costs more than most think it worth. */
const MANY_SEGMENTS = 2;
/** Longer subjects are cut by most mail programs. */
const LONG_SUBJECT = 70;
/** Larger mails are shown only in part by some mail programs. */
const LARGE_MAIL = 102 * 1_024;

export type Preview = { message: string; language: Language; kind: Kind; content: Content; warnings: string[] };

export const previews = (): Preview[] => [
  ...EVENT_TYPES.flatMap((type) => previewsOf(type)),
  ...previewsOf('appointment.booked', REMINDER),
];

const previewsOf = <Type extends EventType>(type: Type, message: Message<Type> = MESSAGES[type]): Preview[] =>
  LANGUAGES.flatMap((language) => KINDS.flatMap((kind) => previewsIn(language, kind, type, message)));

function previewsIn<Type extends EventType>(
  language: Language,
  kind: Kind,
  type: Type,
  message: Message<Type>,
): Preview[] {
  const body = Buffer.from(JSON.stringify(sampleEvent(type, language, kind)));
  const parsed = parseEvent(body, ARRIVED, [LINK_HOST]);
  if (!parsed.ok) throw new Error(`the ${kind} sample of ${type} is refused: ${JSON.stringify(parsed.reasons)}`);
  const { shop, customer } = parsed.event.data;
  const locale = chooseLocale(customer.locale, shop.language, customer.country);
  return (['sms', 'email'] as const).map((channel) => {
    const content = renderMessage(message, parsed.event as EventOf<Type>, channel, locale, parsed.event.time);
    return { message: message.name, language, kind, content, warnings: warningsOf(content) };
  });
}

export function warningsOf(content: Content): string[] {
  if (content.channel === 'sms') {
    const foreign = outsideGsm7(content.text);
    const shown = foreign.slice(0, 8).map((character) => `“${character}”`);
    return [
      ...(foreign.length > 0 ? [`UCS-2 because of ${shown.join(' ')}${foreign.length > 8 ? ' …' : ''}`] : []),
      ...(content.segments > MANY_SEGMENTS ? [`${content.segments} segments`] : []),
    ];
  }
  const [characters, size] = [content.subject.length, Buffer.byteLength(content.html)];
  return [
    ...(characters > LONG_SUBJECT ? [`subject of ${characters} characters`] : []),
    ...(size > LARGE_MAIL ? [`${Math.ceil(size / 1_024)} KB of HTML`] : []),
  ];
}

export async function previewPage(): Promise<string> {
  const data = JSON.stringify(previews().map((preview) => ({ ...preview, measures: measuresOf(preview) })));
  const template = await readFile(TEMPLATE, 'utf8');
  return template.replace('"previews"', () => data.replaceAll('<', '\\u003c'));
}

/** What is not said by a warning already. */
function measuresOf({ content, warnings }: Preview): string[] {
  return (content.channel === 'sms' ? smsMeasures(content) : mailMeasures(content)).filter(
    (measure) => !warnings.includes(measure),
  );
}

function smsMeasures({ text, segments }: SmsContent): string[] {
  const encoding = outsideGsm7(text).length === 0 ? 'GSM-7' : 'UCS-2';
  return [
    `${segments} ${segments === 1 ? 'segment' : 'segments'}`,
    encoding,
    `${text.length} characters`,
    `price ×${segments}`,
  ];
}

function mailMeasures({ subject, html }: EmailContent): string[] {
  const size = (Buffer.byteLength(html) / 1_024).toFixed(1);
  return [`subject of ${subject.length} characters`, `${size} KB of HTML`];
}
