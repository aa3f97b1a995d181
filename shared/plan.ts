/** From an event to its deliveries: who is told what, on which channel, until when. */
import { parseMail, parsePhone } from './addresses.ts';
import { deliveryId } from './delivery-id.ts';
import type { Channel, Plan } from './delivery.ts';
import type { DomainEvent, EventOf, EventType } from './events.ts';
import { MESSAGES } from './messages/catalogue.ts';
import type { InQuietHours } from './messages/message.ts';
import { plainName } from './plain-text.ts';
import { chooseLocale, renderMessage } from './render.ts';

type Recipient = Pick<Plan, 'channel' | 'address' | 'country' | 'mailHost' | 'unsendable'>;

/** Longest part of a wrong address that is kept for support staff. */
const KEPT = 100;

/**
 * One delivery per channel that the customer allows and that the event has an address for. A wrong address spoils only
 * its channel; when no address is left, one SMS delivery stands for them all and says so. The same event and *arrived*
 * always give the same plans.
 */
export function planEvent(event: DomainEvent, arrived: Date): Plan[] {
  return plansOf(event, arrived);
}

function plansOf<Type extends EventType>(event: EventOf<Type>, arrived: Date): Plan[] {
  const message = MESSAGES[event.type];
  const { customer, shop, expiresAt } = event.data;
  const locale = chooseLocale(customer.locale, shop.language, customer.country);
  const deadline = Math.min(event.time.getTime() + message.deadline, expiresAt ? Date.parse(expiresAt) : Infinity);

  return recipients(customer).map((recipient): Plan => ({
    id: deliveryId({
      instant: arrived,
      source: event.source,
      subject: event.subject,
      occasion: event.id,
      role: 'customer',
      message: message.name,
      channel: recipient.channel,
    }),
    subject: event.subject,
    source: event.source,
    eventId: event.id,
    eventType: event.type,
    eventTime: event.time,
    ...(event.data.revision === undefined ? {} : { eventRevision: event.data.revision }),
    arrived,
    trace: event.trace,
    message: message.name,
    version: message.version,
    role: 'customer',
    locale: locale.language,
    ...(locale.asked === locale.language ? {} : { localeAsked: locale.asked }),
    lane: message.lane,
    deadline: new Date(deadline),
    ...(expiresAt ? { expiresAt: new Date(expiresAt) } : {}),
    ...quietOf(message.quietHours, event, recipient.channel),
    shop: plainName(shop.name),
    region: customer.region ?? '',
    ...recipient,
    ...(recipient.unsendable ? {} : { content: renderMessage(message, event, recipient.channel, locale) }),
    firstSlot: arrived,
    firstBooking: 'none',
  }));
}

function quietOf<Type extends EventType>(
  rule: InQuietHours<Type>,
  event: EventOf<Type>,
  channel: Channel,
): Pick<Plan, 'quiet'> {
  if (rule.do === 'send' || !(rule.channels ?? ['sms']).includes(channel)) return {};
  const { hours, tooLate } = rule;
  const latest = rule.latest?.at(event);
  return { quiet: { zone: event.data.customer.timeZone, tooLate, ...(latest && { latest }), ...(hours && { hours }) } };
}

function recipients(customer: DomainEvent['data']['customer']): Recipient[] {
  const allowed = (channel: Channel) => customer.channels.includes(channel);
  const found = [
    ...(allowed('sms') && customer.phone !== undefined ? [bySms(customer.phone, customer.country)] : []),
    ...(allowed('email') && customer.email !== undefined ? [byEmail(customer.email, customer.country)] : []),
  ];
  if (found.some(({ unsendable }) => !unsendable)) return found;
  return [{ channel: 'sms', address: '', country: customer.country, mailHost: '', unsendable: 'no-usable-address' }];
}

function bySms(text: string, country: string): Recipient {
  const phone = parsePhone(text, country);
  return phone
    ? { channel: 'sms', address: phone.e164, country: phone.country, mailHost: '' }
    : { channel: 'sms', address: wrong(text), country, mailHost: '', unsendable: 'bad-address' };
}

function byEmail(text: string, country: string): Recipient {
  const mail = parseMail(text);
  return mail
    ? { channel: 'email', address: mail.address, country, mailHost: mail.host }
    : { channel: 'email', address: wrong(text), country, mailHost: '', unsendable: 'bad-address' };
}

const wrong = (text: string): string => text.slice(0, KEPT).toWellFormed().replace(/\p{C}/gu, '');
