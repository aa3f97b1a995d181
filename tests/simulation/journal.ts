import type { Bookings, StoredCalendar } from '../../shared/bookings.ts';
import type { Slot, SlotRequest } from '../../shared/calendar.ts';
import type { Channel } from '../../shared/delivery.ts';
import { opensAt } from '../../shared/gate.ts';
import type { Subjects } from '../../shared/ports.ts';
import type { QuotaWindow } from '../../shared/senders.ts';
import { createReserve } from './reserve.ts';
import type { VirtualTime } from './virtual-time.ts';

/** One request for a slot and what came of it, at true times. */
export type Booked = {
  channel: Channel;
  request: SlotRequest;
  /** Absent also when nobody heard of it. */
  slot?: Slot | undefined;
  began: number;
  ended?: number;
  /** Its scope was open all the while, and its row stood there unharmed. */
  isFree: boolean;
  windows: readonly QuotaWindow[];
  /** What stands in the urgent lane afterwards, by window. */
  standing?: readonly number[];
};

/** What the code was seen to do, from outside it. */
export function createJournal(time: VirtualTime, rows: ReadonlyMap<string, StoredCalendar>) {
  const booked: Booked[] = [];
  const reserve = createReserve(time);
  /** When an event was known to be taken, by its id. */
  const taken = new Map<string, number>();
  const isOpen = (key: string): boolean => {
    const row = rows.get(key);
    return row === undefined || ('state' in row && opensAt(row.state.gate).getTime() <= time.now());
  };

  return {
    booked,
    taken,
    ofCalendars: reserve.ofCalendars,
    ofBookings: (bookings: Bookings): Bookings => ({
      ...bookings,
      async book(scope, requests, log, finding) {
        const key = `${scope.kind} ${scope.name}`;
        const { channel, windows } = scope;
        const [began, before] = [time.now(), isOpen(key)];
        const entries = requests.map((request): Booked => ({ channel, windows, request, began, isFree: false }));
        booked.push(...entries);
        const slots = await bookings.book(scope, requests, log, finding);
        const [ended, isFree] = [time.now(), before && isOpen(key)];
        const isUrgent = requests.some(({ lane }) => lane === 'urgent');
        const standing = isUrgent ? windows.map((window) => reserve.standing(scope.name, window)) : [];
        for (const [index, slot] of slots.entries()) Object.assign(entries[index]!, { ended, isFree, slot, standing });
        return slots;
      },
    }),
    ofSubjects: <Table extends Pick<Subjects, 'take'>>(subjects: Table): Table => ({
      ...subjects,
      async take(event, current) {
        const result = await subjects.take(event, current);
        if (result === 'taken') taken.set(event.id, time.now());
        return result;
      },
    }),
  };
}

export type Journal = ReturnType<typeof createJournal>;
