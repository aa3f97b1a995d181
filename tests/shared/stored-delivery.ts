import { type DeliveryIdentity, deliveryId } from '../../shared/delivery-id.ts';
import { type Delivery, type Plan, type Progress, UNTOUCHED } from '../../shared/delivery.ts';

export const ARRIVED = new Date('2026-11-20T13:00:00.000Z');
export const PHONE = '+4915112345667';
export const MAIL = 'anna.muster@example.com';

const SENDERS = { sms: '+18005550100', email: 'news@nordlicht.example' };

/** A plan as intake stores it; a test states what matters to it. */
export function planOf({ identity, ...plan }: Partial<Plan> & { identity?: Partial<DeliveryIdentity> } = {}): Plan {
  const channel = plan.channel ?? 'sms';
  const instant = plan.arrived ?? ARRIVED;
  const subject = plan.subject ?? 'order:1042';
  return {
    id: deliveryId({
      instant,
      source: '/shops/nordlicht',
      subject,
      occasion: plan.eventId ?? 'evt-1',
      role: 'customer',
      message: plan.message ?? 'order-delayed',
      channel,
      ...identity,
    }),
    subject,
    source: '/shops/nordlicht',
    eventId: 'evt-1',
    eventType: 'order.delayed',
    eventTime: instant,
    arrived: instant,
    trace: 'a'.repeat(32),
    message: 'order-delayed',
    version: 1,
    role: 'customer',
    channel,
    locale: 'de',
    lane: 'urgent',
    deadline: new Date(instant.getTime() + 4 * 3_600_000),
    address: channel === 'sms' ? PHONE : MAIL,
    shop: 'Nordlicht',
    country: 'DE',
    region: 'BE',
    mailHost: channel === 'sms' ? '' : 'example.com',
    content:
      channel === 'sms'
        ? { channel, text: 'Ihre Bestellung kommt später.', segments: 1 }
        : { channel, subject: 'Später', html: '<p>Später</p>', text: 'Später' },
    firstSlot: instant,
    firstBooking: 'own',
    ...plan,
  };
}

export function deliveryOf(
  plan: Parameters<typeof planOf>[0] = {},
  progress: Partial<Progress> = {},
  etag = 'first',
): Delivery {
  return { plan: planOf(plan), progress: { ...UNTOUCHED, ...progress }, etag };
}

/** Progress after the provider took it, two seconds after it arrived. */
export function acceptedAt(at: Date, channel: 'sms' | 'email' = 'sms'): Partial<Progress> {
  return {
    status: 'accepted',
    cause: 'taken',
    revision: 2,
    firstSent: at,
    accepted: at,
    sender: SENDERS[channel],
    providerId: 'provider-1',
    history: [
      { at, status: 'sending', cause: 'waiting', attempt: 0, note: 'called', next: at },
      { at, status: 'accepted', cause: 'taken', attempt: 0 },
    ],
  };
}
