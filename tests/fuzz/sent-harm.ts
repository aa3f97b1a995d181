import { deliveriesIn } from '../../shared/azure/deliveries.ts';
import type { Plan } from '../../shared/delivery.ts';
import { ONLY_LIMITS } from '../harm/only-limits.ts';
import type { RawEvent } from '../shared/order-event.ts';

const MOST_SEGMENTS = 5;
const MOST_HTML_BYTES = 100 * 1024;

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

  const { number, trackingLink } = raw.data.order as { number: string; trackingLink: string };
  const own = (text: string) => text.replaceAll(trackingLink, '').replaceAll(number, '');
  if (content.channel === 'sms') {
    unless(content.segments >= 1 && content.segments <= MOST_SEGMENTS, `an SMS of ${content.segments} segments`);
    unless(content.text.includes(number) && content.text.includes(trackingLink), 'an SMS without order number or link');
    unless(!/[\r\n]/.test(content.text), 'an SMS of several lines');
    unless(!SMUGGLED.test(own(content.text)), 'an SMS with what a name smuggled in');
    return harm;
  }
  const { subject, html, text } = content;
  unless(Buffer.byteLength(html) <= MOST_HTML_BYTES, `a mail of ${Buffer.byteLength(html)} bytes`);
  unless(text.includes(number) && text.includes(trackingLink), 'a mail without order number or link');
  unless(!/[\r\n]/.test(subject), 'a mail header of several lines');
  unless(![subject, text].some((each) => SMUGGLED.test(own(each))), 'a mail with what a name smuggled in');
  unless(!MARKUP.test(html), 'a mail with markup of a name');
  unless(/<html[^>]+lang="/.test(html), 'a mail that does not say its language');
  return harm;
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
