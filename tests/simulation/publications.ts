import type { Channel } from '../../shared/delivery.ts';
import type { EventType } from '../../shared/events.ts';
import { bytesOf, type RawEvent, rawEvent } from '../shared/order-event.ts';
import type { Faults } from './faults.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

export type Published = {
  id: string;
  subject: string;
  type: EventType;
  time: number;
  expires?: number;
  /** Of an appointment. */
  version?: { revision: number; start: number; reminders: readonly string[] };
};

export type Publication = {
  at: number;
  /** When it first reached the broker, if its first handler parked it. */
  arrived?: number;
  body: Uint8Array;
  /** Absent for one that cannot be used. */
  event?: Published;
  /** Not the first one under its id: with the same content, or with other content that is not to be used. */
  again?: 'same' | 'changed';
};

const CUSTOMERS = ['+43 664 1234567', '+43 664 7654321'] as const;
const MAILS = ['anna.berg@mail.example', 'bob@mail.example'] as const;
const CHANNELS: [readonly Channel[], ...(readonly Channel[])[]] = [['sms', 'email'], ['sms'], ['email']];
/** Short, so that rendering them takes little of a seed's time. */
const SHOP = { name: 'Shop' };
const LINK = 'https://track.example.com/1';
/** Before the visit; a day is over within a simulation, so that days before are late when it is booked. */
const REMINDERS: [readonly string[], ...(readonly string[])[]] = [
  ['10m', '2m'],
  ['5m'],
  ['90s', '45s', '1d@17:00'],
  [],
];
type News = Published & {
  at: number;
  /** Parked until then. */
  until?: number | undefined;
  customer: { channels: readonly Channel[]; phone: string; email: string };
  /** The event with this text in it: two with the same are the same. */
  raw: (text: string, part: Parameters<typeof rawEvent>[1]) => RawEvent;
};

/**
 * Orders placed within a quarter of an hour, a third of them or all in one burst, and delays of some; visits that are
 * booked, moved and ended; so many that there will be at least so many deliveries, of orders if there are any. Some events come again, out of order, or
 * are bad.
 * @param expiring whether some of them come with an end of their own
 * @param visits their share of all orders and visits, of 1
 */
export function publications(
  { deliveries, expiring, visits, start }: { deliveries: number; expiring: boolean; visits: number; start: number },
  faults: Faults,
): Publication[] {
  const all: Publication[] = [];
  let planned = 0;
  const isEnough = (): boolean => planned >= deliveries;

  function publish({ at, until, customer, raw: write, ...event }: News): void {
    const raw = (text: string) =>
      write(text, {
        envelope: { id: event.id, time: new Date(event.time).toISOString() },
        shop: SHOP,
        customer,
        data: {
          ...(event.expires === undefined ? {} : { expiresAt: new Date(event.expires).toISOString() }),
          ...(event.version && { revision: event.version.revision, reminders: event.version.reminders }),
        },
      });
    if (faults.happens('event-bad', 0.03)) return void all.push({ at, body: badBody(raw('1'), faults) });
    const isParked = event.version && (until !== undefined || faults.chance(0.05));
    if (isParked) faults.met('event-parked');
    const taken = until ?? (isParked ? at + faults.between(SECOND, MINUTE) : at);
    all.push({ at: taken, arrived: at, body: bytesOf(raw('1')), event });
    if (visits === 1 || !event.version) planned += customer.channels.length;
    const later = (): number => at + faults.between(0, faults.pick([5, 10 * MINUTE]));
    if (faults.happens('event-again', 0.1)) all.push({ at: later(), body: bytesOf(raw('1')), event, again: 'same' });
    if (faults.happens('event-again-changed', 0.02))
      all.push({ at: later(), body: bytesOf(raw('2')), event, again: 'changed' });
  }

  const anyCustomer = (channels: readonly Channel[]): News['customer'] => {
    const customer = faults.whole(0, 1);
    return { channels, phone: CUSTOMERS[customer]!, email: MAILS[customer]! };
  };

  function placeOrder(number: number, placed: number, isBurst: boolean): void {
    const tell = (type: 'order.placed' | 'order.delayed', part: string, time: number, at: number): void =>
      publish({
        id: `${part}-${number}`,
        subject: `order:${number}`,
        type,
        time,
        at,
        customer: anyCustomer(faults.pick(CHANNELS)),
        ...(expiring && faults.chance(0.3) && { expires: time + faults.between(5, 40) * MINUTE }),
        raw: (text, rest) =>
          rawEvent(type, {
            ...rest,
            order: { number: String(number), total: { amount: Number(text), currency: 'EUR' }, trackingLink: LINK },
          }),
      });
    tell('order.placed', 'placed', placed, placed);
    if (!faults.chance(0.4)) return;
    const delayed = placed + faults.whole(SECOND, isBurst ? 30 * SECOND : faults.pick([30 * SECOND, 5 * MINUTE]));
    tell('order.delayed', 'delayed', delayed, delayed);
    if (!faults.chance(0.4)) return;
    const again = delayed + faults.whole(SECOND, 3 * MINUTE);
    const isEarly = faults.happens('event-out-of-order', 0.4);
    tell('order.delayed', 'delayed-again', again, isEarly ? delayed - faults.between(0, SECOND) : again);
  }

  /** Moved up to three times, perhaps back to where it was, or only elsewhere at the same time; then it is over, or not, or booked again. */
  function bookVisit(number: number, booked: number): void {
    const customer = anyCustomer(faults.pick(CHANNELS));
    const starts = [faults.between(3, 45), faults.between(3, 45)].map(
      (minutes) => booked + Math.ceil(minutes) * MINUTE,
    );
    const reminders = faults.pick(REMINDERS);
    let [time, begins] = [booked, starts[0]!];
    const tell = (type: EventType, revision: number, until?: number): void => {
      const isEarly = revision > 0 && faults.happens('event-out-of-order', 0.2);
      publish({
        id: `visit-${number}-${revision}`,
        subject: `appointment:${number}`,
        type,
        time,
        at: isEarly ? Math.max(start, time - faults.between(0, 5 * MINUTE)) : time,
        until,
        customer,
        version: { revision, start: begins, reminders },
        raw: (text, rest) =>
          rawEvent(type, {
            ...rest,
            appointment: {
              number: String(number),
              start: new Date(begins).toISOString(),
              place: `Room ${revision}${text}`,
              manageLink: undefined,
            },
          }),
      });
    };
    tell('appointment.booked', 0);
    let revision = 1;
    for (; revision <= 3 && faults.chance(0.5); revision += 1) {
      time += faults.whole(SECOND, faults.pick([30 * SECOND, 5 * MINUTE, 20 * MINUTE]));
      begins = faults.pick([begins, ...starts]);
      if (begins <= time) return;
      tell('appointment.rescheduled', revision);
    }
    if (faults.chance(0.4)) {
      const due = begins - secondsOf(faults.pick(['0s', ...reminders])) * SECOND;
      const isNearDue = due > time + MINUTE && faults.chance(0.5);
      time = isNearDue
        ? due - faults.whole(SECOND, 30 * SECOND)
        : time + faults.whole(SECOND, Math.max(2 * SECOND, begins - time - SECOND));
      // Both may be taken after the reminder was due, one after the other.
      const isLate = isNearDue && faults.chance(0.5);
      const pauses = [faults.between(0, 10 * SECOND), faults.between(0, 20 * SECOND)] as const;
      tell('appointment.cancelled', revision, isLate ? due + pauses[0] : undefined);
      time += faults.whole(SECOND / 10, isLate ? SECOND : 30 * SECOND);
      if ((isLate || faults.chance(0.4)) && begins > time)
        tell('appointment.booked', revision + 1, isLate ? due + pauses[0] + pauses[1] : undefined);
    } else if (faults.chance(0.5)) {
      time = begins + faults.whole(SECOND, 10 * MINUTE);
      tell(faults.pick(['appointment.completed', 'appointment.missed']), revision);
    }
  }

  const isBurst = faults.chance(0.2);
  for (let number = 1; !isEnough(); number += 1) {
    const within = isBurst ? 2 * SECOND : faults.pick([2 * SECOND, MINUTE, 15 * MINUTE]);
    const at = start + faults.whole(0, within);
    if (faults.chance(visits)) bookVisit(number, at);
    else placeOrder(number, at, isBurst);
  }
  return all;
}

/** Of an offset before the visit; none of a day. */
function secondsOf(offset: string): number {
  const [, count, unit] = /^(\d+)([ms])$/.exec(offset) ?? [];
  return Number(count ?? 0) * (unit === 'm' ? 60 : 1);
}

function badBody(raw: RawEvent, faults: Faults): Uint8Array {
  switch (faults.pick(['no number', 'no JSON', 'other type', 'nothing'])) {
    case 'no number':
      for (const subject of [raw.data.order, raw.data.appointment]) if (subject) delete subject['number'];
      return bytesOf(raw);
    case 'no JSON':
      return bytesOf(raw).subarray(1);
    case 'other type':
      return bytesOf({ ...raw, type: 'order.eaten' });
    case 'nothing':
      return new Uint8Array();
  }
}
