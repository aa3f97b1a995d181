/** Where the rate calendar and the channels stand, read from their rows and the settings. */
import type { StoredCalendar } from '../shared/bookings.ts';
import { EMPTY_CALENDAR } from '../shared/calendar.ts';
import { standingOf, type WindowUse } from '../shared/calendar-standing.ts';
import type { Settings } from '../shared/config.ts';
import type { Channel } from '../shared/delivery.ts';
import { type Closed, type Gate, OPEN_GATE } from '../shared/gate.ts';
import { type Scope, scopesOf } from '../shared/scopes.ts';
import type { ChannelSwitch } from '../shared/switches.ts';
import type { Tables } from './connections.ts';

export const CHANNELS: readonly Channel[] = ['sms', 'email'];

export type ScopeStanding = Pick<Scope, 'channel' | 'kind' | 'name'> & {
  /** `empty`: nothing was booked yet. Of a row that cannot be read nothing else is known. */
  row: 'read' | 'empty' | 'damaged' | 'newer';
  bookedUntil?: Date;
  use: readonly WindowUse[];
  blockedUntil?: Date;
  closed?: Closed;
  /** Refusals for quota although the calendar was free. */
  strangers: number;
  lastStranger?: Date;
};

export type ChannelStanding = {
  channel: Channel;
  state: 'on' | 'canaries' | 'off';
  /** How many recipients are served while it is open to a few only. */
  canaries: number;
  /** Who switched it last; absent when nobody ever did. */
  switched?: Pick<ChannelSwitch, 'by' | 'at' | 'why'>;
};

/** Most messages in any 24 hours, and how many of them are used up. */
export type DailyCap = { channel: Channel; limit: number; used: number };

export type PacingStanding = { scopes: readonly ScopeStanding[]; dailyCaps: readonly DailyCap[] };

export async function pacingStanding(
  { senders, dailyCaps }: Pick<Settings, 'senders' | 'dailyCaps'>,
  { senderCalendars }: Pick<Tables, 'senderCalendars'>,
  now: Date,
): Promise<PacingStanding> {
  const scopes = await Promise.all(
    scopesOf(senders, dailyCaps).map(async (scope) => scopeStanding(scope, await senderCalendars.read(scope), now)),
  );
  return {
    scopes,
    dailyCaps: CHANNELS.flatMap((channel) => {
      const limit = dailyCaps[channel];
      return limit === undefined ? [] : [{ channel, limit, used: usedInADay(scopes, channel) }];
    }),
  };
}

function scopeStanding(
  { channel, kind, name, windows }: Scope,
  stored: StoredCalendar | undefined,
  now: Date,
): ScopeStanding {
  const named = { channel, kind, name };
  if (stored && 'unreadable' in stored) {
    const { bookedUntil } = { bookedUntil: undefined, ...stored };
    return {
      ...named,
      row: stored.unreadable,
      use: [],
      strangers: 0,
      ...(bookedUntil && bookedUntil > now && { bookedUntil }),
    };
  }
  const { calendar, gate } = stored?.state ?? { calendar: EMPTY_CALENDAR, gate: OPEN_GATE };
  const { bookedUntil, use } = standingOf(calendar, now, windows);
  return {
    ...named,
    row: stored ? 'read' : 'empty',
    ...(bookedUntil && { bookedUntil }),
    use,
    ...gateStanding(gate, now),
  };
}

const gateStanding = ({ blockedUntil, closed, strangers, lastStranger }: Gate, now: Date) => ({
  ...(blockedUntil && blockedUntil > now && { blockedUntil }),
  ...(closed && { closed }),
  strangers,
  ...(lastStranger && { lastStranger }),
});

const DAY = 86_400;

const usedInADay = (scopes: readonly ScopeStanding[], channel: Channel): number =>
  scopes
    .filter((scope) => scope.channel === channel)
    .flatMap(({ use }) => use.filter(({ seconds }) => seconds === DAY))
    .reduce((sum, { used }) => sum + used, 0);

export async function channelStanding(
  channel: Channel,
  { channelSwitches }: Pick<Tables, 'channelSwitches'>,
): Promise<ChannelStanding> {
  return standingOfSwitch(channel, await channelSwitches.read(channel));
}

export function standingOfSwitch(channel: Channel, set: ChannelSwitch | undefined): ChannelStanding {
  if (!set) return { channel, state: 'on', canaries: 0 };
  const { off, canaries, by, at, why } = set;
  return {
    channel,
    state: off ? 'off' : canaries.length > 0 ? 'canaries' : 'on',
    canaries: canaries.length,
    switched: { by, at, why },
  };
}
