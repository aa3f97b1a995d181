/** From local quiet hours to instants. Pure. */
import { clockIn } from './local-time.ts';

/** Minutes of the local day, `end` not included; over midnight where `end` is not the later one. */
export type QuietHours = { start: number; end: number };

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

/** The first instant from `at` on at which local clocks show no quiet hour: `at` itself unless it is quiet. */
export function quietUntil({ start, end }: QuietHours, zone: string, at: Date): Date {
  const isQuiet = (time: number): boolean =>
    start < end ? time >= start * MINUTE && time < end * MINUTE : time >= start * MINUTE || time < end * MINUTE;
  for (let from = at; ;) {
    const clock = clockIn(zone, from);
    const time = (clock.hour * 60 + clock.minute) * MINUTE + clock.second * 1_000 + clock.millisecond;
    if (!isQuiet(time)) return from;
    const over = new Date(from.getTime() + ((end * MINUTE - time + DAY) % DAY));
    const change = clock.getTimeZoneTransition('next');
    if (!change || change.epochMilliseconds > over.getTime()) return over;
    from = new Date(change.epochMilliseconds);
  }
}

/** The first quiet instant from `at` on. */
export const quietFrom = ({ start, end }: QuietHours, zone: string, at: Date): Date =>
  quietUntil({ start: end, end: start }, zone, at);
