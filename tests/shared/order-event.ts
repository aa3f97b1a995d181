import { REMINDERS_SETTING } from '../../shared/reminder-settings.ts';
import { LIMITS } from '../../shared/limits.ts';
import { type DomainEvent, type EventOf, type EventType, familyOf, parseEvent } from '../../shared/events.ts';

/** An event as a publisher sends it, with an order or an appointment in it; a test states what matters to it. */
export type RawEvent = Record<string, unknown> & { data: RawData };
type RawData = Record<string, unknown> & {
  order: Record<string, unknown>;
  appointment: Record<string, unknown>;
  shop: Record<string, unknown>;
  customer: Record<string, unknown>;
};

export const ARRIVED = new Date('2026-11-21T09:00:00.000Z');
export const LINK_HOSTS = ['track.example.com'];
/** What intake is told by settings. */
export const INTAKE_SETTINGS = {
  limits: LIMITS.real,
  linkHosts: LINK_HOSTS,
  hashKeys: [{ name: 'k1', key: Buffer.alloc(32, 1) }],
  deliveriesPerSubjectAndDay: 20,
  reminderSettings: REMINDERS_SETTING.parse('{}'),
};

const TIMES: Record<EventType, Record<string, unknown>> = {
  'order.placed': { promisedBy: '2026-11-24T23:59:00+01:00' },
  'order.confirmed': { promisedBy: '2026-11-24T23:59:00+01:00' },
  'order.delayed': { promisedBy: '2026-11-24T23:59:00+01:00', newPromisedBy: '2026-11-26T18:00:00+01:00' },
  'order.out-for-delivery': {
    carrier: 'Alpenpost',
    expectedFrom: '2026-11-21T14:00:00+01:00',
    expectedBy: '2026-11-21T16:00:00+01:00',
  },
  'order.shipped': {
    carrier: 'Alpenpost',
    expectedFrom: '2026-11-24T14:00:00+01:00',
    expectedBy: '2026-11-24T16:00:00+01:00',
  },
  'order.delivered': { deliveredAt: '2026-11-21T14:05:00+01:00', leftAt: 'neighbour', leftWith: 'Huber' },
  'order.cancelled': { reason: 'out-of-stock', refundFollows: true },
  'order.refunded': { refund: { amount: 4_990, currency: 'EUR' }, refundedBy: '2026-11-27T23:59:00+01:00' },
  'appointment.booked': {},
  'appointment.rescheduled': { previousStart: '2026-11-23T09:00:00+01:00' },
  'appointment.cancelled': { reason: 'staff-unavailable' },
  'appointment.completed': { feedbackLink: 'https://track.example.com/a/77/feedback' },
  'appointment.missed': {},
};

type Overrides = {
  envelope?: Record<string, unknown>;
  data?: Record<string, unknown>;
  order?: Record<string, unknown>;
  appointment?: Record<string, unknown>;
  shop?: Record<string, unknown>;
  customer?: Record<string, unknown>;
};

const orderData = (changes: Record<string, unknown> | undefined) => ({
  order: {
    number: '2026/1042',
    total: { amount: 12_990, currency: 'EUR' },
    items: [
      { name: 'Wool blanket', quantity: 2 },
      { name: 'Candle, beeswax', quantity: 1 },
    ],
    trackingLink: 'https://track.example.com/o/2026-1042?k=7f3a',
    ...changes,
  },
});

const appointmentData = (changes: Record<string, unknown> | undefined) => ({
  appointment: {
    number: '2026/77',
    service: 'Dermatology, check-up',
    start: '2026-11-24T14:30:00+01:00',
    timeZone: 'Europe/Vienna',
    minutes: 45,
    staff: 'Dr. Huber',
    place: 'Ring 5, 1010 Wien',
    manageLink: 'https://track.example.com/a/77',
    ...changes,
  },
  revision: 1,
});

export function rawEvent(type: EventType, overrides: Overrides = {}): RawEvent {
  const { envelope, data, order, appointment, shop, customer } = overrides;
  return {
    specversion: '1.0',
    id: 'evt-1',
    source: '/shops/nordlicht',
    type,
    time: '2026-11-21T08:59:30Z',
    ...envelope,
    data: {
      ...(familyOf(type) === 'order' ? orderData(order) : appointmentData(appointment)),
      shop: {
        name: 'Nordlicht',
        language: 'de',
        replyTo: 'answers@nordlicht.example',
        supportAddress: 'help@nordlicht.example',
        ...shop,
      },
      customer: {
        name: 'Anna Berg',
        phone: '+43 664 1234567',
        email: 'anna.berg@mail.example',
        locale: 'en-GB',
        timeZone: 'Europe/Vienna',
        country: 'AT',
        channels: ['sms', 'email'],
        ...customer,
      },
      ...TIMES[type],
      ...data,
    } as unknown as RawData,
  };
}

export const bytesOf = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

export function parseRaw(raw: unknown, arrived = ARRIVED) {
  return parseEvent(bytesOf(raw), arrived, LINK_HOSTS);
}

export function eventOf<Type extends EventType>(type: Type, overrides?: Overrides): EventOf<Type> & DomainEvent {
  const parsed = parseRaw(rawEvent(type, overrides));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.reasons));
  return parsed.event as EventOf<Type> & DomainEvent;
}
