/** Brings a delivery to a slot at which its provider may be called, or says when it has to come again. */
import type { Bookings, SenderCalendar } from './bookings.ts';
import type { Slot, SlotRequest } from './calendar.ts';
import type { Cause } from './causes.ts';
import { repeatEnd } from './claim.ts';
import { type Channel, type Delivery, type Plan, slotOf } from './delivery.ts';
import { passageAt } from './gate.ts';
import { type Hold, type Outlook, outlookFor } from './hold.ts';
import type { Limits } from './limits.ts';
import type { Log } from './log.ts';
import type { Clock } from './ports.ts';
import type { QuietHours } from './quiet-hours.ts';
import type { Scope } from './scopes.ts';
import { type Switches, serves } from './switches.ts';

export type SlotDependencies = {
  bookings: Bookings;
  switches: Switches;
  scopeOf: (channel: Channel, sender: string) => Scope;
  unitsOf: (plan: Plan) => number;
  /** Those that count for its recipient; undefined when none are kept. */
  quietHoursOf: (plan: Plan) => QuietHours | undefined;
  addressHashes: (channel: Channel, address: string) => readonly string[];
  clock: Clock;
  limits: Limits;
  log: Log;
};

export type Reached =
  | ({ do: 'call' } & ReachedSlot)
  /** Another slot, too far ahead to wait for it here; or none, because its channel is off or its recipient asleep. */
  | { do: 'come-again'; slot: Slot; cause: Cause; note: string }
  /** None is free before it is too late for this call. */
  | { do: 'give-up' }
  /** Its recipient has quiet hours, and the morning is too late for it. */
  | { do: 'expire' };

/** `before`: no slot at or past it, if another one has to be found. */
export type ReachedSlot = { slot: Slot; before: Date };

/** Why a slot cannot be used, and what to book instead. */
type Obstacle = { cause: Cause; note: string; lane: SlotRequest['lane']; notBefore?: Date };

/**
 * A slot that is missed, taken back, or in front of a closed gate is given up and another one booked; one that comes
 * within `shortWait` is waited for by the caller. Nothing is called here.
 */
export async function reachSlot(delivery: Delivery, sender: string, dependencies: SlotDependencies): Promise<Reached> {
  const { bookings, switches, scopeOf, addressHashes, clock, limits, log } = dependencies;
  const { plan } = delivery;
  const scope = scopeOf(plan.channel, sender);
  let slot = slotOf(delivery);
  if (slot.booking === 'none') await waitUntil(slot.at, clock);
  const { before, hold } = outlookOf(delivery, dependencies);
  if (hold && (clock.now() >= before || slot.at >= before)) return inQuietHours(hold);
  if (!serves(await switches.look(plan.channel), addressHashes(plan.channel, plan.address)))
    return heldBack(delivery, clock.now(), limits);

  for (let booked = 0; ; booked += 1) {
    const obstacle = obstacleTo(slot, await bookings.look(scope, log), clock.now(), limits);
    if (!obstacle) return { do: 'call', slot, before };
    const next = await bookInstead(delivery, scope, { ...obstacle, atHand: booked === 0, before }, dependencies);
    if (!next) return hold ? inQuietHours(hold) : { do: 'give-up' };
    const { cause, note } = obstacle;
    if (booked > 0 || !isNear(next, dependencies)) return { do: 'come-again', slot: next, cause, note };
    slot = next;
  }
}

/**
 * Waits for the slot of a claimed delivery and looks once more: at its channel, its gate, and whether the slot is still
 * to be had. One that has become late is given up for another near one, for as long as `stillFresh`; a claim that had to
 * begin anew each time would never get there while the tables are slow.
 * @returns whether the provider may be called now
 */
export async function awaitSlot(
  delivery: Delivery,
  { slot: first, before }: ReachedSlot,
  stillFresh: () => boolean,
  dependencies: SlotDependencies,
): Promise<boolean> {
  const { bookings, switches, scopeOf, addressHashes, clock, limits, log } = dependencies;
  const { plan, progress } = delivery;
  const scope = scopeOf(plan.channel, progress.sender);
  for (let slot: Slot | undefined = first; slot && isNear(slot, dependencies);) {
    await waitUntil(slot.at, clock);
    const [channelSwitch, seen] = await Promise.all([switches.look(plan.channel), bookings.look(scope, log)]);
    if (!stillFresh() || !serves(channelSwitch, addressHashes(plan.channel, plan.address))) return false;
    const now = clock.now();
    const obstacle = obstacleTo(slot, seen, now, limits);
    if (!obstacle) {
      if (passageAt(seen.gate, now).kind !== 'probe') return true;
      return (await bookings.probe(scope, log)) && clock.now().getTime() <= slot.at.getTime() + limits.late;
    }
    if (obstacle.notBefore) return false;
    // One farther off would be lost: its delivery comes again without a claim, and books then.
    const near = new Date(Math.min(now.getTime() + limits.shortWait, before.getTime()));
    slot = await bookInstead(delivery, scope, { ...obstacle, atHand: true, before: near }, dependencies);
  }
  return false;
}

const isNear = ({ at }: Slot, { clock, limits }: SlotDependencies): boolean =>
  at.getTime() - clock.now().getTime() <= limits.shortWait;

/** What may have been sent already is not held. */
const outlookOf = ({ plan, progress }: Delivery, { quietHoursOf, clock, limits }: SlotDependencies): Outlook =>
  outlookFor(plan, progress.unanswered ? undefined : quietHoursOf(plan), clock.now(), limits.guard);

/** No slot in the calendar until they are over: one that far ahead would push everybody else behind it. */
const inQuietHours = (hold: Hold): Reached =>
  hold.do === 'expire'
    ? hold
    : { do: 'come-again', slot: { at: hold.until, booking: 'none' }, cause: 'quiet-hours', note: 'quiet hours' };

/** Another slot in place of one that cannot be used; undefined when none is free before it is too late for this call. */
async function bookInstead(
  { plan, progress }: Delivery,
  scope: Scope,
  { lane, notBefore, atHand, before }: Obstacle & { atHand: boolean; before: Date },
  { bookings, unitsOf, limits, log }: SlotDependencies,
): Promise<Slot | undefined> {
  const lastCall = progress.unanswered && progress.firstSent ? repeatEnd(progress.firstSent, limits) : Infinity;
  // Who was on the way to a call before does not queue up behind all the others once more.
  const wasClaimed = progress.sender !== '';
  const request: SlotRequest = {
    lane: plan.lane === 'urgent' ? 'urgent' : wasClaimed ? 'again' : lane,
    units: unitsOf(plan),
    ...(notBefore && { notBefore }),
    ...(atHand && { atHand }),
    deadline: new Date(Math.min(before.getTime(), lastCall)),
  };
  const [slot] = await bookings.book(scope, [request], log);
  return slot;
}

export async function waitUntil(at: Date, clock: Clock): Promise<void> {
  const early = at.getTime() - clock.now().getTime();
  if (early > 0) await clock.wait(early);
}

/** Undefined when the provider may be called at the slot. */
export function obstacleTo(
  { at, booking }: Slot,
  { calendar, gate }: SenderCalendar,
  now: Date,
  limits: Limits,
): Obstacle | undefined {
  if (booking === 'none') {
    const passage = passageAt(gate, now);
    return { cause: passage.kind === 'wait' ? passage.cause : 'waiting', note: 'booked', lane: 'normal' };
  }
  if (booking === 'loan' && calendar.voids.includes(at.getTime()))
    return { cause: 'slot-missed', note: 'slot taken back for urgent news', lane: 'normal' };
  if (now.getTime() > at.getTime() + limits.late)
    return { cause: 'slot-missed', note: 'late for its slot', lane: 'again' };
  const passage = passageAt(gate, at > now ? at : now);
  if (passage.kind !== 'wait') return undefined;
  return { cause: passage.cause, note: 'scope blocked', lane: 'again', notBefore: passage.until };
}

/** No slot while its channel is off: one look a minute, then ever fewer, the last at the deadline. */
function heldBack({ plan, progress }: Delivery, now: Date, { pauseFirst, pauseLongest }: Limits): Reached {
  const earlier = progress.cause === 'channel-off' ? progress.pauses : 0;
  const pause = Math.min(pauseLongest, pauseFirst * 2 ** Math.min(earlier, 30));
  const at = new Date(Math.min(plan.deadline.getTime(), now.getTime() + pause));
  return { do: 'come-again', slot: { at, booking: 'none' }, cause: 'channel-off', note: 'channel off' };
}
