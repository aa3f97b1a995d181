import { deliveriesIn } from '../../shared/azure/deliveries.ts';
import type { Plan } from '../../shared/delivery.ts';
import { SECRETS } from './odd-events.ts';
import { ONLY_LIMITS } from '../harm/only-limits.ts';
import type { RawEvent } from '../shared/order-event.ts';

const MOST_SEGMENTS = 5;
const MOST_HTML_BYTES = 100 * 1024;
/** So little that a row has room for it beside the mail. */
const MOST_ENTRY_BYTES = 8 * 1024;

/** What names of the odd events try to smuggle in: control, bidi and zero-width characters, links and addresses. */
const SMUGGLED =
  /(?!\n)\p{Cc}|[\u200b\u202a-\u202e\u2066-\u2069\ufeff]|evil\.example|\b(?:https?|javascript|data|tel):\S/iu;
const MARKUP = /<(?:script|img|a href="https:\/\/evil)/i;

/** What is wrong with a message that would go out; nothing for a good one. */
export async function harmOf(plan: Plan, raw: RawEvent): Promise<string[]> {
  const { content, deadline } = plan;
  const harm: string[] = [];
  const unless = (good: boolean, what: string) => void (good || harm.push(what));
  unless(!Number.isNaN(deadline.getTime()), 'its deadline is no time');
  unless(await fitsTable(plan), 'its row does not fit the table');
  if (!content) return harm;

  const { number, links, inEveryMessage } = givenIn(raw);
  const own = (text: string) => [...links, number].reduce((left, given) => left.replaceAll(given, ''), text);
  const saysAll = (text: string) => inEveryMessage.every((given) => text.includes(given));
  if (content.channel === 'sms') {
    unless(content.segments >= 1 && content.segments <= MOST_SEGMENTS, `an SMS of ${content.segments} segments`);
    unless(saysAll(content.text), 'an SMS without order number or link');
    unless(!SECRETS.some((secret) => content.text.includes(secret)), 'an SMS that names a specialty or a person');
    unless(!/[\r\n]/.test(content.text), 'an SMS of several lines');
    unless(!SMUGGLED.test(own(content.text)), 'an SMS with what a name smuggled in');
    return harm;
  }
  const { subject, html, text, attachments = [] } = content;
  unless(Buffer.byteLength(html) <= MOST_HTML_BYTES, `a mail of ${Buffer.byteLength(html)} bytes`);
  unless(text.includes(number) && saysAll(text), 'a mail without number or link');
  unless(!SECRETS.some((secret) => subject.includes(secret)), 'a subject that names a specialty or a person');
  unless(!/[\r\n]/.test(subject), 'a mail header of several lines');
  unless(![subject, text].some((each) => SMUGGLED.test(own(each))), 'a mail with what a name smuggled in');
  unless(!MARKUP.test(html), 'a mail with markup of a name');
  unless(/<html[^>]+lang="/.test(html), 'a mail that does not say its language');
  for (const { text: entry } of attachments) {
    const lines = entry.split('\r\n');
    unless(Buffer.byteLength(entry) <= MOST_ENTRY_BYTES, `a calendar entry of ${Buffer.byteLength(entry)} bytes`);
    unless(!lines.some((line) => Buffer.byteLength(line) > 75), 'a calendar entry with a line of more than 75 bytes');
    unless(lines.filter((line) => line === 'BEGIN:VEVENT').length === 1, 'a calendar entry of several events');
    unless(!SMUGGLED.test(own(asRead(entry))), 'a calendar entry with what a name smuggled in');
  }
  return harm;
}

/** Lines put together again, without escapes. */
const asRead = (entry: string): string =>
  entry
    .replaceAll('\r\n ', '')
    .replaceAll('\r\n', ' ')
    .replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? ' ' : escaped));

type Given = { number: string; links: readonly string[]; inEveryMessage: readonly string[] };

/** What the event gives that no message may change, and what each has to say. */
function givenIn({ data }: RawEvent): Given {
  if (data.order) {
    const { number, trackingLink } = data.order as { number: string; trackingLink: string };
    return { number, links: [trackingLink], inEveryMessage: [number, trackingLink] };
  }
  const { number, joinLink, manageLink } = data.appointment as Record<string, string>;
  const links = [joinLink, manageLink, data['feedbackLink']].filter((link) => typeof link === 'string');
  return { number: number!, links: links.toSorted((a, b) => b.length - a.length), inEveryMessage: [] };
}

/** As the adapter of the real table writes it, but for the packed content, which is bounded by the mail. */
async function fitsTable({ content: _content, ...plan }: Plan): Promise<boolean> {
  try {
    await deliveriesIn(ONLY_LIMITS).plan([plan]);
    return true;
  } catch {
    return false;
  }
}
