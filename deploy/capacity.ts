/** How much the quotas let through, against what is expected: which limit is hit first. */
import type { Channel } from '../shared/delivery.ts';
import { scopesOf } from '../shared/scopes.ts';
import { rateOf, type Sender } from '../shared/senders.ts';

export type Capacity = { channel: Channel; aDay: number; limits: readonly string[] };

const DAY = 86_400;

/** What all quotas of a channel together let through in a day, and the window of each that binds. */
export function capacityOf(channel: Channel, senders: readonly Sender[]): Capacity {
  const scopes = scopesOf(senders, {}).filter((scope) => scope.channel === channel);
  return {
    channel,
    aDay: scopes.reduce((sum, { windows }) => sum + Math.floor(rateOf(windows) * DAY), 0),
    limits: scopes.map(({ kind, windows }) => {
      const binding = windows.find(({ limit, seconds }) => limit / seconds === rateOf(windows));
      return `${kind}: ${binding?.limit} in ${binding?.seconds} s`;
    }),
  };
}
