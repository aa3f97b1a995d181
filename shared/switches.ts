/** What people have switched: a channel that is off, or open to a few recipients only. One per process: remembers what it saw. */
import type { Channel } from './delivery.ts';
import type { Limits } from './limits.ts';
import type { Clock } from './ports.ts';

export type ChannelSwitch = {
  channel: Channel;
  off: boolean;
  /** Keyed hashes of the only recipients that are served; empty: everybody is. */
  canaries: readonly string[];
  /** Who set it last, when, and why in that person's words. */
  by: string;
  at: Date;
  why: string;
};

export type ChannelSwitches = {
  read(channel: Channel): Promise<ChannelSwitch | undefined>;
  put(channelSwitch: ChannelSwitch): Promise<void>;
};

/** Whether a channel serves a recipient, by all hashes of the address. */
export const serves = (channelSwitch: ChannelSwitch | undefined, hashes: readonly string[]): boolean =>
  !channelSwitch ||
  (!channelSwitch.off &&
    (channelSwitch.canaries.length === 0 || hashes.some((hash) => channelSwitch.canaries.includes(hash))));

export type Switches = { look(channel: Channel): Promise<ChannelSwitch | undefined> };

/** Each channel's switch, no older than `lookAge`. */
export function createSwitches({
  channelSwitches,
  clock,
  limits,
}: {
  channelSwitches: ChannelSwitches;
  clock: Pick<Clock, 'monotonic'>;
  limits: Pick<Limits, 'lookAge'>;
}): Switches {
  const seen = new Map<Channel, { at: number; found: Promise<ChannelSwitch | undefined> }>();
  return {
    async look(channel) {
      const known = seen.get(channel);
      if (known && clock.monotonic() - known.at <= limits.lookAge) return known.found;
      const look = { at: clock.monotonic(), found: channelSwitches.read(channel) };
      seen.set(channel, look);
      try {
        return await look.found;
      } catch (error) {
        if (seen.get(channel) === look) seen.delete(channel);
        throw error;
      }
    },
  };
}
