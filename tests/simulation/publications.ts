import { bytesOf, rawEvent } from '../shared/order-event.ts';
import type { Faults } from './faults.ts';

const MINUTE = 60_000;

export type Publication = {
  at: number;
  body: Uint8Array;
  /** Absent for one that cannot be used. */
  event?: { id: string; subject: string };
};

/** Orders placed within a quarter of an hour, a third of them in one burst; some events come again, some are bad. */
export function publications(orders: number, faults: Faults, start: Date): Publication[] {
  const all: Publication[] = [];
  for (let order = 1; order <= orders; order += 1) {
    const at = start.getTime() + faults.between(0, faults.pick([2_000, MINUTE, 15 * MINUTE]));
    const number = String(order);
    const id = `placed-${order}`;
    const raw = rawEvent('order.placed', {
      envelope: { id, time: new Date(at).toISOString() },
      order: { number },
      customer: { channels: faults.pick([['sms', 'email'], ['sms'], ['email']]) },
    });
    if (faults.happens('event-bad', 0.05)) {
      delete raw.data.order['total'];
      all.push({ at, body: bytesOf(raw) });
      continue;
    }
    const publication = { at, body: bytesOf(raw), event: { id, subject: `order:${number}` } };
    all.push(publication);
    if (faults.happens('event-again', 0.1)) all.push({ ...publication, at: at + faults.between(0, 10 * MINUTE) });
  }
  return all;
}
