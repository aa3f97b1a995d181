/** Gives new deliveries their first slots: one booking for all of a batch that a scope has to send. */
import type { SlotRequest } from './calendar.ts';
import type { Plan } from './delivery.ts';
import type { SlotDependencies } from './reach-slot.ts';
import type { Scope } from './scopes.ts';
import { serves } from './switches.ts';

export type PlaceDependencies = SlotDependencies & {
  /** The number, name or mail address that writes to this recipient; undefined when none reaches the country. */
  senderFor: (plan: Plan) => string | undefined;
};

/** In their order. What cannot be sent comes at once, what its channel does not serve now in a while, both without a slot. */
export async function placePlans(plans: readonly Plan[], dependencies: PlaceDependencies): Promise<readonly Plan[]> {
  const { bookings, clock, log, unitsOf } = dependencies;
  const placed = new Map<Plan, Plan>();
  const waiting = new Map<Scope, Plan[]>();
  for (const plan of plans) {
    const place = await scopeOrTime(plan, dependencies);
    if (place instanceof Date) placed.set(plan, { ...plan, firstSlot: place, firstBooking: 'none' });
    else waiting.set(place, [...(waiting.get(place) ?? []), plan]);
  }
  await Promise.all(
    [...waiting].map(async ([scope, together]) => {
      const requests = together.map((plan): SlotRequest => ({
        lane: plan.lane,
        units: unitsOf(plan),
        deadline: plan.deadline,
      }));
      const slots = await bookings.book(scope, requests, log);
      for (const [index, plan] of together.entries()) {
        const slot = slots[index] ?? { at: clock.now(), booking: 'none' };
        placed.set(plan, { ...plan, firstSlot: slot.at, firstBooking: slot.booking });
      }
    }),
  );
  return plans.map((plan) => placed.get(plan) ?? plan);
}

/** Where to book, or when its copy comes without a slot. */
async function scopeOrTime(
  plan: Plan,
  { switches, senderFor, scopeOf, addressHashes, clock, limits }: PlaceDependencies,
): Promise<Scope | Date> {
  const sender = plan.unsendable ? undefined : senderFor(plan);
  if (sender === undefined) return clock.now();
  const channelSwitch = await switches.look(plan.channel);
  return serves(channelSwitch, addressHashes(plan.channel, plan.address))
    ? scopeOf(plan.channel, sender)
    : new Date(clock.now().getTime() + limits.pauseFirst);
}
