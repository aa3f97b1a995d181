import type { Channel } from '../../shared/delivery.ts';
import { LIMITS } from '../../shared/limits.ts';
import { EXACT } from '../../shared/storage-clock.ts';
import type { Call } from './provider.ts';
import type { World } from './violations.ts';

const { guard } = LIMITS.real;
/** The storage service's time is known to half of a quick round trip. */
const CLOCK_ERROR = EXACT / 2;
const CHANNELS: readonly Channel[] = ['sms', 'email'];

/**
 * No 429 of our own making, and no call without a slot. With the quota ours alone a refusal is excused in two cases only:
 * a call before it in the window was held up on its way for longer than the guard, once the code had made it; or the
 * calendar had vanished and a process that did not know its last slots began a new one.
 */
export function quotaViolations(world: World): string[] {
  return CHANNELS.flatMap((channel) => {
    const calls = world.calls.filter((call) => call.channel === channel);
    return [...refusals(channel, calls, world), ...withoutSlot(channel, calls, world)];
  });
}

type Arrived = Call & { arrived: number };

function refusals(channel: Channel, calls: readonly Call[], { quotas, strangers, harm }: World): string[] {
  if (strangers.has(channel)) return [];
  const arrived = calls
    .filter((call): call is Arrived => call.arrived !== undefined)
    .toSorted((a, b) => a.arrived - b.arrived);
  const begunAnew = harm.begunAnew(channel);
  const lines: string[] = [];
  let off = -Infinity;
  for (const call of arrived) {
    if (call.arrived - call.sent > guard) off = call.arrived;
    if (!call.refused) continue;
    const isAnew = begunAnew !== undefined && call.arrived >= begunAnew.from && call.arrived <= begunAnew.until;
    if (!isAnew && call.arrived - off > quotas[channel].longest)
      lines.push(`${channel}: a 429 of our own making at ${new Date(call.arrived).toISOString()}`);
    else off = call.arrived;
  }
  return lines;
}

/** Each call has a slot that nobody else used, from just before it to the guard after it. */
function withoutSlot(channel: Channel, calls: readonly Call[], { journal }: World): string[] {
  const slots = journal.booked
    .flatMap(({ channel: of, slot }) => (of === channel && slot ? [slot.at.getTime()] : []))
    .toSorted((a, b) => a - b);
  const lines: string[] = [];
  let next = 0;
  for (const { sent } of calls.toSorted((a, b) => a.sent - b.sent)) {
    while (next < slots.length && slots[next]! < sent - guard - CLOCK_ERROR) next += 1;
    if (next < slots.length && slots[next]! <= sent + CLOCK_ERROR) next += 1;
    else lines.push(`${channel}: a call without a slot at ${new Date(sent).toISOString()}`);
  }
  return lines;
}
