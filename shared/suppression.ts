/** Whom we do not write to: why, until when, and who said so. */
import type { Channel } from './delivery.ts';
import type { Lift, Suppression, Suppressions } from './ports.ts';

const DAY = 86_400_000;
/** How long the provider itself drops mails after the first hard bounce, the second, … (its managed suppression list). */
const LEASES = [1, 2, 4, 7, 14].map((days) => days * DAY);

export type SuppressionRequest = {
  channel: Channel;
  /** Of one address under every key, the one that writes first. */
  hashes: readonly string[];
  cause: Suppression['cause'];
  at: Date;
  /** Only for what staff ask for: an opt-out has no end, that of a hard bounce follows from those before it. */
  until?: Date;
  by: string;
  reason?: string;
};

/** Is it in force at that instant? Without an end it is until somebody lifts it. */
export const isInForce = (suppression: Suppression, now: Date): boolean => now.getTime() < endOf(suppression);

const endOf = ({ since, until, lifts }: Suppression): number =>
  lifts?.some(({ at }) => at >= since) ? 0 : (until?.getTime() ?? Infinity);

/**
 * What stands from then on; undefined when nothing changes: it has been lifted since, it comes again, or what stands
 * already lasts longer. The bounces of mails that were on their way together count as one; none replaces what the
 * recipient or staff asked for.
 */
export function suppressionAfter(
  standing: readonly Suppression[],
  { channel, hashes, cause, at, until, by, reason }: SuppressionRequest,
): Suppression | undefined {
  const [address] = hashes;
  if (address === undefined) return undefined;
  if (standing.some(({ lifts = [] }) => lifts.some((lift) => at <= lift.at))) return undefined;
  const earlier = standing.filter((one) => one.cause === cause && endOf(one) > 0);
  const next: Suppression = {
    channel,
    address,
    cause,
    since: at,
    by,
    ...(until ? { until } : {}),
    ...(reason ? { reason } : {}),
    ...(cause === 'hard-bounced' ? leaseAfter(earlier, at) : {}),
    ...liftsOf(standing.find((one) => one.address === address)),
  };
  if (cause === 'hard-bounced' && standing.some((one) => at.getTime() < endOf(one))) return undefined;
  return standing.some((one) => endOf(one) >= endOf(next)) ? undefined : next;
}

function leaseAfter(earlier: readonly Suppression[], at: Date): { bounces: number; until: Date } {
  const bounces = 1 + Math.max(0, ...earlier.map((one) => one.bounces ?? 0));
  const lease = LEASES[Math.min(bounces, LEASES.length) - 1]!;
  return { bounces, until: new Date(at.getTime() + lease) };
}

const liftsOf = (own: Suppression | undefined): Pick<Suppression, 'lifts'> => (own?.lifts ? { lifts: own.lifts } : {});

/** Keeps an address from being written to. False when nothing had to be changed. */
export async function suppress(request: SuppressionRequest, suppressions: Suppressions): Promise<boolean> {
  for (;;) {
    const standing = await suppressions.find(request.channel, request.hashes);
    const next = suppressionAfter(standing, request);
    if (!next) return false;
    const seen = standing.find(({ address }) => address === next.address);
    if (await suppressions.record(next, seen)) return true;
  }
}

/** Lets an address be written to again, and keeps on its rows who did that and when. The rows that were in force. */
export async function lift(
  { channel, hashes, at, ...who }: { channel: Channel; hashes: readonly string[] } & Lift,
  suppressions: Suppressions,
): Promise<readonly Suppression[]> {
  const lifted = new Map<string, Suppression>();
  for (;;) {
    const standing = await suppressions.find(channel, hashes);
    const inForce = standing.filter((one) => isInForce(one, at));
    const written = await Promise.all(
      inForce.map(async (one) => {
        const { etag: _etag, lifts = [], ...row } = one;
        // The provider's clock may be ahead of ours.
        const when = row.since > at ? row.since : at;
        if (!(await suppressions.record({ ...row, lifts: [...lifts, { at: when, ...who }] }, one))) return false;
        lifted.set(row.address, row);
        return true;
      }),
    );
    if (!written.includes(false)) return [...lifted.values()];
  }
}

/** How many suppressions were written with each key; one that is still counted here must stay readable. */
export function countByKey(suppressions: Iterable<Pick<Suppression, 'address'>>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { address } of suppressions) {
    const key = address.slice(0, Math.max(0, address.indexOf(':')));
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
