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
  /** How long it mattered that a process began it anew that had never seen it; undefined when none did. */
  begunAnew: (channel: Channel) => { from: number; until: number } | undefined;
};

/** What happens to the rows of the rate calendar behind our backs. */
export function harmCalendars(
  { senderCalendars: { rows }, entries }: Pick<ReturnType<typeof fakePorts>, 'senderCalendars' | 'entries'>,
  windows: Record<Channel, Windows>,
  { time, faults }: { time: VirtualTime; faults: Faults },
): Harm {
  const missing = new Map<Channel, number>();
  const lost = new Map<Channel, { from: number; until: number; entries: number }>();
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
    missing.set(channel, from);
    lost.set(channel, { from, until: Math.max(from, lastSlotIn(row)) + 2 * longest, entries: entries.length });
    rows.delete(key);
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
    begunAnew(channel) {
      const of = lost.get(channel);
      const isBegun = entries
        .slice(of?.entries)
        .some(({ event, fields }) => event === 'calendar-started' && fields['channel'] === channel);
      return of && isBegun ? of : undefined;
    },
  };
}

/** The last instant that a row knows to be booked; 0 when it knows none. */
export function lastSlotIn(row: StoredCalendar): number {
  if (!('state' in row)) return 'bookedUntil' in row ? (row.bookedUntil?.getTime() ?? 0) : 0;
  const { normal, urgent, lent } = row.state.calendar;
  return Math.max(normal.last, urgent.last, lent.last);
}
