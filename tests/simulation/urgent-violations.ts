import { URGENT_SHARE } from '../fakes/pacing.ts';
import type { Slot } from '../../shared/calendar.ts';
import { LIMITS } from '../../shared/limits.ts';
import type { Booked } from './journal.ts';
import { NOTICE, cellOf } from './reserve.ts';
import type { World } from './violations.ts';

const { guard, headway } = LIMITS.real;
/** The reserve is spared while the normal lane has room as soon as this. */
const PATIENCE = 3_000;
/** Of a window's limit, what is kept for urgent news. */
const reserveOf = (limit: number): number => Math.min(limit - 1, Math.max(1, Math.floor(limit * URGENT_SHARE)));

type Free = Booked & { slot: Slot; ended: number };

/**
 * No urgent delivery behind normal ones. Of bookings that were made while nothing was blocked: an urgent slot is never
 * later than one that a normal delivery books after it, and it is no further ahead than the reserve needs, whatever
 * stands in the normal lane: one window of each length for itself, and one for each reserve that is used up already.
 */
export function urgentViolations(world: World): string[] {
  const lines: string[] = [];
  const { booked } = world.journal;
  const free = booked.filter((one): one is Free => one.isFree && one.slot !== undefined && !one.request.notBefore);
  const urgent = free.filter(({ request }) => request.lane === 'urgent');
  const normal = free.filter(({ request }) => request.lane === 'normal');
  for (const one of urgent) {
    const at = one.slot.at.getTime();
    const name = `${one.channel}: an urgent slot at ${one.slot.at.toISOString()}`;
    if (at > one.ended + furthest(one)) lines.push(`${name} is further ahead than its reserve`);
    // What is due as soon as a copy can be queued waits behind nobody.
    if (at <= one.ended + headway + PATIENCE) continue;
    const overtaken = normal.some((later) => later.slot.at.getTime() < at && isAfter(one, later, world));
    if (overtaken) lines.push(`${name} was overtaken by a normal one`);
  }
  return lines;
}

const furthest = ({ windows, standing }: Free): number =>
  windows.reduce((sum, window, index) => {
    const turns = Math.floor((standing?.[index] ?? 0) / reserveOf(window.limit)) + 1;
    return sum + turns * (window.seconds * 1_000 + guard + 2 * cellOf(window));
  }, NOTICE + headway);

/** In the same calendar, certainly later, with the limits and the row that the earlier one met. */
function isAfter(earlier: Free, later: Free, { settings, harm }: World): boolean {
  const isChanged = settings.changing < later.ended && settings.changed > earlier.began;
  const missing = harm.missing.get(later.channel);
  const isAnew = missing !== undefined && missing < later.ended && missing > earlier.began;
  return later.channel === earlier.channel && later.began > earlier.ended && !isChanged && !isAnew;
}
