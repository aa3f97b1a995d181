/** From an event to its deliveries: who is told what, on which channel, until when. */
import { parseMail, parsePhone } from './addresses.ts';
import { deliveryId } from './delivery-id.ts';
import type { Channel, Plan } from './delivery.ts';
import type { DomainEvent, EventOf, EventType } from './events.ts';
import { MESSAGES, REMINDER } from './messages/catalogue.ts';
import type { InQuietHours, Message } from './messages/message.ts';
import { plainName } from './plain-text.ts';
import type { AppointmentVersion } from './ports.ts';
import type { Reminder } from './reminder-offsets.ts';
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
  return plansOfNews(event, arrived);
}

const plansOfNews = <Type extends EventType>(event: EventOf<Type>, arrived: Date): Plan[] =>
  plansOf(MESSAGES[event.type], event, arrived, { instant: arrived, from: event.time, occasion: event.id });

/**
 * The deliveries of a reminder: those of any version with the same start, offset and channels are the same.
 * @param occasion of the reminder, which begins with its start and offset
 */
export function planReminder({ event }: AppointmentVersion, { offset, due }: Reminder, occasion: string): Plan[] {
  const start = new Date(event.data.appointment.start);
  return plansOf(REMINDER, event, due, { instant: due, from: due, occasion }).map((plan) => ({
    ...plan,
    eventTime: due,
    reminder: { start, offset },
  }));
}

/** What tells the deliveries of one message apart from those of another one about the same subject. */
type Telling = {
  /** Goes into the ids of its deliveries. */
  instant: Date;
  /** What its deadline counts from. */
  from: Date;
  occasion: string;
};

function plansOf<Type extends EventType>(
  message: Message<Type>,
  event: EventOf<Type>,
  arrived: Date,
  { instant, from, occasion }: Telling,
): Plan[] {
  const { customer, shop } = event.data;
  const locale = chooseLocale(customer.locale, shop.language, customer.country);
  const expiresAt = endOf(message, event);
  const deadline = new Date(Math.min(from.getTime() + message.deadline, expiresAt?.getTime() ?? Infinity));

  return recipients(customer).map((recipient): Plan => ({
    id: deliveryId({
      instant,
      source: event.source,
      subject: event.subject,
      occasion,
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
    deadline,
    ...(expiresAt ? { expiresAt } : {}),
    ...quietOf(message.quietHours, event, recipient.channel),
    shop: plainName(shop.name),
    region: customer.region ?? '',
    ...recipient,
    ...(recipient.unsendable ? {} : { content: renderMessage(message, event, recipient.channel, locale, from) }),
    firstSlot: instant,
    firstBooking: 'none',
  }));
}

/** When telling it becomes pointless: upstream says so, or the message does; the earlier one of both. */
function endOf<Type extends EventType>(message: Message<Type>, event: EventOf<Type>): Date | undefined {
  const { data } = event;
  const ends = [
    'expiresAt' in data && data.expiresAt !== undefined ? Date.parse(data.expiresAt) : Infinity,
    message.until?.(event)?.getTime() ?? Infinity,
  ];
  const end = Math.min(...ends);
  return end === Infinity ? undefined : new Date(end);
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
