/** Gives new deliveries their first slots: one booking for all of a batch that a scope has to send. */
import type { SlotRequest } from './calendar.ts';
import type { Plan } from './delivery.ts';
import { type Hold, outlookFor } from './hold.ts';
import type { SlotDependencies } from './reach-slot.ts';
import type { Scope } from './scopes.ts';
import { serves } from './switches.ts';

export type PlaceDependencies = SlotDependencies & {
  /** The number, name or mail address that writes to this recipient; undefined when none reaches the country. */
  senderFor: (plan: Plan) => string | undefined;
};

/** When copy 0 comes, and for what. */
type First = Pick<Plan, 'firstSlot' | 'firstBooking' | 'firstCause'>;

/**
 * In their order. What cannot be sent comes at once, what its channel does not serve now in a while, what is held for quiet
 * hours when they are over; all of these without a slot.
 */
export async function placePlans(plans: readonly Plan[], dependencies: PlaceDependencies): Promise<readonly Plan[]> {
  const { bookings, clock, log, unitsOf } = dependencies;
  const placed = new Map<Plan, Plan>();
  const waiting = new Map<Scope, Plan[]>();
  for (const plan of plans) {
    const place = await scopeOrTime(plan, dependencies);
    if ('firstSlot' in place) placed.set(plan, { ...plan, ...place });
    else waiting.set(place, [...(waiting.get(place) ?? []), plan]);
  }
  await Promise.all(
    [...waiting].map(async ([scope, together]) => {
      const outlooks = together.map((plan) => outlookOf(plan, dependencies));
      const requests = together.map((plan, index): SlotRequest => ({
        lane: plan.lane,
        units: unitsOf(plan),
        deadline: outlooks[index]!.before,
      }));
      const slots = await bookings.book(scope, requests, log);
      for (const [index, plan] of together.entries()) {
        const slot = slots[index];
        const first: First = slot
          ? { firstSlot: slot.at, firstBooking: slot.booking }
          : comingAfter(outlooks[index]!.hold, clock.now());
        placed.set(plan, { ...plan, ...first });
      }
    }),
  );
  return plans.map((plan) => placed.get(plan) ?? plan);
}

const outlookOf = (plan: Plan, { quietHoursOf, clock, limits }: PlaceDependencies) =>
  outlookFor(plan, quietHoursOf(plan), clock.now(), limits.guard);

const withoutSlot = (at: Date): First => ({ firstSlot: at, firstBooking: 'none' });

/** What expires comes at once: the send function writes its end. */
const comingAfter = (hold: Hold | undefined, now: Date): First =>
  hold?.do === 'hold' ? { ...withoutSlot(hold.until), firstCause: 'quiet-hours' } : withoutSlot(now);

/** Where to book, or when its copy comes without a slot. */
async function scopeOrTime(
  plan: Plan,
  { switches, senderFor, scopeOf, addressHashes, clock, limits }: PlaceDependencies,
): Promise<Scope | First> {
  const sender = plan.unsendable ? undefined : senderFor(plan);
  const now = clock.now();
  if (sender === undefined) return withoutSlot(now);
  // Looked at before its deadline, so that it can be said why it expires.
  const later = new Date(now.getTime() + limits.pauseFirst);
  const channelSwitch = await switches.look(plan.channel);
  return serves(channelSwitch, addressHashes(plan.channel, plan.address))
    ? scopeOf(plan.channel, sender)
    : withoutSlot(later < plan.deadline ? later : now);
}
