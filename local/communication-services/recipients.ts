const pair = (sender: string, recipient: string) => `${sender} ${recipient}`;

/** What the provider knows about phones and mailboxes: opt-outs, suppressed addresses, how often each was written to. */
export function createRecipients(now: () => number) {
  const optOuts = new Set<string>();
  const suppressions = new Map<string, { from: number; until: number }>();
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
    suppress(address: string, from: number, until: number) {
      suppressions.set(address.toLowerCase(), { from, until });
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
