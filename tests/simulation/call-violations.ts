import { LIMITS } from '../../shared/limits.ts';
import type { HeldBack } from './people.ts';
import type { Call } from './provider.ts';
import { supersededAt } from './superseding.ts';
import type { World } from './violations.ts';

const { lookAge, guard, lease, freshRead } = LIMITS.real;
const SLACK = 500;
/** A claim is at most `freshRead` older than its call, and holds for the rest of its lease. */
const ALONE = lease - freshRead;

/** Calls that were made although the code had seen, or had to see, why not. */
export function callViolations(world: World): string[] {
  const lines: string[] = [];
  const rows = new Map(world.fakes.deliveries.rows);
  const byDelivery = Map.groupBy(world.calls, ({ delivery }) => delivery);
  for (const [delivery, calls] of byDelivery) {
    const row = delivery && rows.get(delivery);
    if (!row) continue;
    const { channel, id, address } = row.plan;
    if (calls.some((call, index) => index > 0 && overlaps(calls[index - 1]!, call)))
      lines.push(`${channel} ${id}: two runs called for it at once`);
    for (const held of world.heldBack)
      if (calls.some((call) => isHeldBack(call, held) && !held.canaries.some((hash) => hash.endsWith(address))))
        lines.push(`${channel} ${id}: called although its channel was off`);
    const superseded = row.plan.reminder ? Infinity : supersededAt(row.plan, world);
    if (calls.some(({ sent }) => sent > superseded + freshRead + SLACK))
      lines.push(`${channel} ${id}: called although newer news was taken`);
  }
  return lines;
}

const overlaps = (earlier: Call, later: Call): boolean =>
  later.sent < Math.min(earlier.ended ?? Infinity, earlier.sent + ALONE - SLACK);

const isHeldBack = ({ channel, sent }: Call, held: HeldBack): boolean =>
  channel === held.channel && sent > held.from + lookAge + guard + SLACK && sent < held.until;
