import { LIMITS } from '../../shared/limits.ts';
import type { Booked } from './journal.ts';
import type { World } from './violations.ts';

const { shortWait, lookAge, guard, headway } = LIMITS.real;
/** How long loans of the urgent lane cannot be taken back any more. */
const NOTICE = shortWait + lookAge + guard;
/** The reserve is spared while the normal lane has room as soon as this. */
const PATIENCE = 3_000;
/** Of a window's limit, what is kept for urgent news, and how exactly its grid knows an instant. */
const reserveOf = (limit: number): number => Math.min(limit - 1, Math.max(1, Math.floor(limit * 0.02)));
const CELLS = 600;

/**
 * No urgent delivery behind normal ones. Of bookings that were made while nothing was blocked: an urgent slot is never
 * later than one that a normal delivery books after it, and it is no further ahead than the reserve needs, whatever
 * stands in the normal lane: one window of each length for itself, and one for each reserve that is used up already.
 */
export function urgentViolations(world: World): string[] {
  const lines: string[] = [];
  const free = world.journal.booked.filter(({ request, slot, isFree }) => isFree && slot && !request.notBefore);
  const urgent = free.filter(({ request }) => request.lane === 'urgent');
  const normal = free.filter(({ request }) => request.lane === 'normal');
  for (const booked of urgent) {
    const at = booked.slot!.at.getTime();
    const name = `${booked.channel}: an urgent slot at ${booked.slot!.at.toISOString()}`;
    if (at > booked.ended + furthest(booked)) lines.push(`${name} is further ahead than its reserve`);
    // What is due as soon as a copy can be queued waits behind nobody.
    if (at <= booked.ended + headway + PATIENCE) continue;
    const overtaken = normal.some((later) => later.slot!.at.getTime() < at && isAfter(booked, later, world));
    if (overtaken) lines.push(`${name} was overtaken by a normal one`);
  }
  return lines;
}

const furthest = ({ windows, reserved }: Booked): number =>
  windows.reduce((sum, { limit, seconds }, index) => {
    const length = seconds * 1_000;
    const turns = Math.floor((reserved[index] ?? 0) / reserveOf(limit)) + 1;
    return sum + turns * (length + guard + (2 * length) / CELLS);
  }, NOTICE + headway);

/** In the same calendar, certainly later, with the limits and the row that the earlier one met. */
function isAfter(earlier: Booked, later: Booked, { settings, harm }: World): boolean {
  const isChanged = settings.changing < later.ended && settings.changed > earlier.began;
  const missing = harm.missing.get(later.channel);
  const isAnew = missing !== undefined && missing < later.ended && missing > earlier.began;
  return later.channel === earlier.channel && later.began > earlier.ended && !isChanged && !isAnew;
}
