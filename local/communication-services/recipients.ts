/** How many times as long as the first one the leases are: 24 h, 48 h, 96 h, 7 d, 14 d when the first one is a day. */
const leaseGrowth = [1, 2, 4, 7, 14] as const;
const longestLease = leaseGrowth[4];

const pair = (sender: string, recipient: string) => `${sender} ${recipient}`;

/** What the provider knows about phones and mailboxes: opt-outs, suppressed addresses, how often each was written to. */
export function createRecipients(now: () => number) {
  const optOuts = new Set<string>();
  const suppressions = new Map<string, { bounces: number; from: number; until: number }>();
  const messages = new Map<string, number>();

  return {
    /** Names the next message to this address: the first, the second, … */
    occasion(address: string): string {
      const count = (messages.get(address) ?? 0) + 1;
      messages.set(address, count);
      return String(count);
    },
    optOut: (sender: string, recipient: string) => optOuts.add(pair(sender, recipient)),
    optIn: (sender: string, recipient: string) => optOuts.delete(pair(sender, recipient)),
    isOptedOut: (sender: string, recipient: string) => optOuts.has(pair(sender, recipient)),
    /** The address bounces at this time; the lease grows with each bounce. */
    suppress(address: string, at: number, firstLeaseMs: number) {
      const known = suppressions.get(address.toLowerCase());
      const bounces = (known?.bounces ?? 0) + 1;
      const from = known && at < known.until ? Math.min(known.from, at) : at;
      const until = at + firstLeaseMs * (leaseGrowth[bounces - 1] ?? longestLease);
      suppressions.set(address.toLowerCase(), { bounces, from, until });
    },
    isSuppressed(address: string): boolean {
      const lease = suppressions.get(address.toLowerCase());
      return lease !== undefined && lease.from <= now() && now() < lease.until;
    },
    clear() {
      optOuts.clear();
      suppressions.clear();
      messages.clear();
    },
  };
}

export type Recipients = ReturnType<typeof createRecipients>;
