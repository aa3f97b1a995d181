import type { StoredCalendar } from '../../shared/bookings.ts';
import type { Channel } from '../../shared/delivery.ts';
import type { fakePorts } from '../fakes/ports.ts';
import type { Faults } from './faults.ts';
import { type Windows, scopeWith } from './quota.ts';
import type { VirtualTime } from './virtual-time.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

export type Harm = {
  /** When the row of a channel vanished. */
  missing: ReadonlyMap<Channel, number>;
  /** How long it mattered that a process began it anew that did not know its last slots; undefined when none did. */
  begunAnew: (channel: Channel) => { from: number; until: number } | undefined;
};

/** What happens to the rows of the rate calendar behind our backs. */
export function harmCalendars(
  { senderCalendars: { rows } }: Pick<ReturnType<typeof fakePorts>, 'senderCalendars'>,
  windows: Record<Channel, Windows>,
  { time, faults }: { time: VirtualTime; faults: Faults },
): Harm {
  const missing = new Map<Channel, number>();
  const begunAnew = new Map<Channel, { from: number; until: number }>();
  let writes = 0;
  const etag = (): string => `W/"harm-${(writes += 1)}"`;
  const atSome = (share: number, harm: (row: StoredCalendar, key: string, channel: Channel) => void): void => {
    if (!faults.chance(share)) return;
    const channel = faults.pick(['sms', 'email']);
    time.after(faults.between(2 * SECOND, 6 * MINUTE), () => {
      const { kind, name } = scopeWith(channel, windows[channel]);
      const row = rows.get(`${kind} ${name}`);
      if (row && 'state' in row) harm(row, `${kind} ${name}`, channel);
    });
  };

  atSome(0.25, (row, key, channel) => {
    faults.met('calendar-missing');
    const longest = Math.max(...windows[channel].map(({ seconds }) => seconds * 1_000));
    const from = time.now();
    const last = lastSlotIn(row);
    missing.set(channel, from);
    rows.delete(key);
    const lookForNewOne = (): void => {
      const anew = rows.get(key);
      if (!anew) return time.after(SECOND / 20, lookForNewOne);
      const waitsUntil = 'state' in anew ? (anew.state.gate.blockedUntil?.getTime() ?? 0) : Infinity;
      if (waitsUntil < last + longest) begunAnew.set(channel, { from, until: Math.max(from, last) + 2 * longest });
    };
    lookForNewOne();
  });
  atSome(0.25, (row, key) => {
    faults.met('calendar-damaged');
    rows.set(key, { etag: etag(), unreadable: 'damaged', bookedUntil: new Date(lastSlotIn(row)) });
  });
  atSome(0.25, (row, key) => {
    faults.met('calendar-newer');
    rows.set(key, { etag: etag(), unreadable: 'newer' });
    time.after(faults.between(SECOND, 3 * MINUTE), () => rows.set(key, { ...row, etag: etag() }));
  });
  atSome(0.3, (_row, key) => {
    const until = time.now() + faults.between(SECOND, MINUTE);
    const conflict = (): void => {
      const row = rows.get(key);
      if (row) {
        faults.met('calendar-conflicts');
        rows.set(key, { ...row, etag: etag() });
      }
      if (time.now() < until) time.after(faults.between(5, 150), conflict);
    };
    conflict();
  });

  return {
    missing,
    begunAnew: (channel) => begunAnew.get(channel),
  };
}

/** The last instant that a row knows to be booked; 0 when it knows none. */
export function lastSlotIn(row: StoredCalendar): number {
  if (!('state' in row)) return 'bookedUntil' in row ? (row.bookedUntil?.getTime() ?? 0) : 0;
  const { normal, urgent, lent } = row.state.calendar;
  return Math.max(normal.last, urgent.last, lent.last);
}
