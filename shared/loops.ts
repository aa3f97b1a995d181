/** A publisher that runs in circles must not write to a customer without end. */
import type { DayCounts } from './ports.ts';

/** A row holds this many recipients of a day; what comes for others counts together. */
const MOST_RECIPIENTS = 200;
const OTHERS = 'others';

/**
 * Counts one event's deliveries. An event of an earlier day than the last one counts to the last one, so that a row holds
 * one day.
 * @param recipients of each delivery, as the hashes of its address under every key, the one that writes first
 * @returns which deliveries are more than `most` for their recipient on this day, and whether they are the first of the
 *   subject
 */
export function countDeliveries(
  before: DayCounts | undefined,
  { day, recipients, most }: { day: string; recipients: readonly (readonly string[])[]; most: number },
): { counts: DayCounts; surplus: readonly boolean[]; begins: boolean } {
  const standing = before && before.day >= day ? before : { day, recipients: {} };
  const counted: Record<string, number> = { ...standing.recipients };
  const surplus = recipients.map((hashes) => {
    const earlier = hashes.reduce((sum, hash) => sum + (counted[hash] ?? 0), 0);
    const [own = OTHERS] = hashes;
    const key = own in counted || Object.keys(counted).length < MOST_RECIPIENTS ? own : OTHERS;
    counted[key] = (counted[key] ?? 0) + 1;
    return (key === OTHERS ? counted[key] : earlier + 1) > most;
  });
  const wasOver = Object.values(standing.recipients).some((count) => count > most);
  return {
    counts: { day: standing.day, recipients: counted },
    surplus,
    begins: !wasOver && surplus.includes(true),
  };
}
