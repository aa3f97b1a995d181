import type { Channel } from '../../shared/delivery.ts';
import { bytesOf, rawEvent } from '../shared/order-event.ts';
import type { Faults } from './faults.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

export type Publication = {
  at: number;
  body: Uint8Array;
  /** Absent for one that cannot be used. */
  event?: { id: string; subject: string; type: 'order.placed' | 'order.delayed'; time: number; expires?: number };
  /** Not the first one under its id: with the same content, or with other content that is not to be used. */
  again?: 'same' | 'changed';
};

const CUSTOMERS = ['+43 664 1234567', '+43 664 7654321'] as const;
const MAILS = ['anna.berg@mail.example', 'bob@mail.example'] as const;
/** Short, so that rendering them takes little of a seed's time. */
const SHOP = { name: 'Shop' };
const LINK = 'https://track.example.com/1';

/**
 * Orders placed within a quarter of an hour, a third of them or all in one burst, and delays of some; so many that there
 * will be at least so many deliveries. Some events come again, out of order, or are bad.
 * @param expiring whether some of them come with an end of their own
 */
export function publications(deliveries: number, expiring: boolean, faults: Faults, start: number): Publication[] {
  const all: Publication[] = [];
  let planned = 0;

  function publish(
    order: number,
    type: 'order.placed' | 'order.delayed',
    part: string,
    time: number,
    at: number,
  ): void {
    const number = String(order);
    const customer = faults.whole(0, 1);
    const channels = faults.pick<readonly Channel[]>([['sms', 'email'], ['sms'], ['email']]);
    const expires = expiring && faults.chance(0.3) ? time + faults.between(5, 40) * MINUTE : undefined;
    const raw = (cents: number) =>
      rawEvent(type, {
        envelope: { id: `${part}-${order}`, time: new Date(time).toISOString() },
        order: { number, total: { amount: cents, currency: 'EUR' }, trackingLink: LINK },
        shop: SHOP,
        customer: { channels, phone: CUSTOMERS[customer]!, email: MAILS[customer]! },
        ...(expires === undefined ? {} : { data: { expiresAt: new Date(expires).toISOString() } }),
      });
    if (faults.happens('event-bad', 0.03)) return void all.push({ at, body: badBody(raw(100), faults) });
    const event = { id: `${part}-${order}`, subject: `order:${number}`, type, time, ...(expires && { expires }) };
    all.push({ at, body: bytesOf(raw(100)), event });
    planned += channels.length;
    const later = (): number => at + faults.between(0, faults.pick([5, 10 * MINUTE]));
    if (faults.happens('event-again', 0.1)) all.push({ at: later(), body: bytesOf(raw(100)), event, again: 'same' });
    if (faults.happens('event-again-changed', 0.02))
      all.push({ at: later(), body: bytesOf(raw(200)), event, again: 'changed' });
  }

  const isBurst = faults.chance(0.2);
  for (let order = 1; planned < deliveries; order += 1) {
    const within = isBurst ? 2 * SECOND : faults.pick([2 * SECOND, MINUTE, 15 * MINUTE]);
    const at = start + faults.whole(0, within);
    publish(order, 'order.placed', 'placed', at, at);
    if (!faults.chance(0.4)) continue;
    const delayed = at + faults.whole(SECOND, isBurst ? 30 * SECOND : faults.pick([30 * SECOND, 5 * MINUTE]));
    publish(order, 'order.delayed', 'delayed', delayed, delayed);
    if (!faults.chance(0.4)) continue;
    const again = delayed + faults.whole(SECOND, 3 * MINUTE);
    const isEarly = faults.happens('event-out-of-order', 0.4);
    publish(order, 'order.delayed', 'delayed-again', again, isEarly ? delayed - faults.between(0, SECOND) : again);
  }
  return all;
}

function badBody(raw: ReturnType<typeof rawEvent>, faults: Faults): Uint8Array {
  switch (faults.pick(['no total', 'no JSON', 'other type', 'nothing'])) {
    case 'no total':
      delete raw.data.order['total'];
      return bytesOf(raw);
    case 'no JSON':
      return bytesOf(raw).subarray(1);
    case 'other type':
      return bytesOf({ ...raw, type: 'order.eaten' });
    case 'nothing':
      return new Uint8Array();
  }
}
