import type { Bookings, StoredCalendar } from '../../shared/bookings.ts';
import type { Slot, SlotRequest } from '../../shared/calendar.ts';
import type { Channel } from '../../shared/delivery.ts';
import { opensAt } from '../../shared/gate.ts';
import { LIMITS } from '../../shared/limits.ts';
import type { Subjects } from '../../shared/ports.ts';
import type { QuotaWindow } from '../../shared/senders.ts';
import type { VirtualTime } from './virtual-time.ts';

/** One request for a slot and what came of it, at true times. */
export type Booked = {
  channel: Channel;
  request: SlotRequest;
  slot: Slot | undefined;
  began: number;
  ended: number;
  /** Its scope was open all the while, and its row stood there unharmed. */
  isFree: boolean;
  windows: readonly QuotaWindow[];
  /** Units that stand in the reserve of each window afterwards, but for loans that can be taken back. */
  reserved: readonly number[];
};

const { shortWait, lookAge, guard } = LIMITS.real;
const NOTICE = shortWait + lookAge + guard;

/** What the code was seen to do, from outside it. */
export function createJournal(time: VirtualTime, rows: ReadonlyMap<string, StoredCalendar>) {
  const booked: Booked[] = [];
  /** When an event was known to be taken, by its id. */
  const taken = new Map<string, number>();
  const isOpen = (key: string): boolean => {
    const row = rows.get(key);
    return row === undefined || ('state' in row && opensAt(row.state.gate).getTime() <= time.now());
  };

  function reservedIn(key: string, { seconds }: QuotaWindow): number {
    const row = rows.get(key);
    if (!row || !('state' in row)) return 0;
    const { urgent, lent, loans } = row.state.calendar;
    const units = [...(urgent.runs[seconds] ?? []), ...(lent.runs[seconds] ?? [])].reduce((sum, [, of]) => sum + of, 0);
    return units - loans.filter((at) => at >= time.now() + NOTICE).length;
  }

  return {
    booked,
    taken,
    ofBookings: (bookings: Bookings): Bookings => ({
      ...bookings,
      async book(scope, requests, log, finding) {
        const key = `${scope.kind} ${scope.name}`;
        const [began, before] = [time.now(), isOpen(key)];
        const slots = await bookings.book(scope, requests, log, finding);
        const isFree = before && isOpen(key);
        const { windows } = scope;
        const reserved = requests.some(({ lane }) => lane === 'urgent')
          ? windows.map((window) => reservedIn(key, window))
          : [];
        for (const [index, request] of requests.entries())
          booked.push({
            channel: scope.channel,
            request,
            slot: slots[index],
            began,
            ended: time.now(),
            isFree,
            windows,
            reserved,
          });
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
