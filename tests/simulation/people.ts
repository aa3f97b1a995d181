import type { StoredCalendar } from '../../shared/bookings.ts';
import type { Channel } from '../../shared/delivery.ts';
import type { ChannelSwitch } from '../../shared/switches.ts';
import { lastSlotIn } from './calendar-faults.ts';
import type { Faults } from './faults.ts';
import type { Processes } from './processes.ts';
import { type Quota, type Windows, scaled } from './quota.ts';
import type { VirtualTime } from './virtual-time.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** From when until when a channel served nobody but its canaries. */
export type HeldBack = { channel: Channel; from: number; until: number; canaries: readonly string[] };

type World = { time: VirtualTime; faults: Faults; processes: Processes };

/** Whether people will switch a channel off in this seed, and the other way round. */
export function switchChannels(
  rows: Map<string, ChannelSwitch>,
  hashes: Record<Channel, string>,
  { time, faults }: Pick<World, 'time' | 'faults'>,
): readonly HeldBack[] {
  if (!faults.chance(0.25)) return [];
  const channel = faults.pick(['sms', 'email']);
  const from = time.now() + faults.between(SECOND, 5 * MINUTE);
  const until = from + faults.pick([faults.between(SECOND, 2 * MINUTE), faults.between(10 * MINUTE, 2 * HOUR)]);
  const isOff = faults.chance(0.5);
  const canaries = isOff ? [] : [hashes[channel]];
  const put = (off: boolean, served: readonly string[]): void =>
    void rows.set(channel, { channel, off, canaries: served, by: 'anna', at: new Date(time.now()), why: 'a test' });
  time.at(from, () => {
    faults.met(isOff ? 'channel-off' : 'canaries-only');
    put(isOff, canaries);
  });
  time.at(until, () => put(false, []));
  return [{ channel, from, until, canaries }];
}

export type Settings = {
  /** What a process that starts now is told of the quota. */
  windows: Record<Channel, Windows>;
  /** From when until when it changed, process by process. */
  changing: number;
  changed: number;
};

/**
 * Changes a limit by the book: a higher one first at the provider, then in our settings; a lower one first in our
 * settings, and at the provider once everything is over that was booked before.
 */
export function changeLimits(
  settings: Settings,
  quotas: Record<Channel, Quota>,
  rows: ReadonlyMap<string, StoredCalendar>,
  { time, faults, processes }: World,
): void {
  if (!faults.chance(0.2)) return;
  const raises = faults.chance(0.5);
  const RESTART = 10 * SECOND;
  time.after(faults.between(10 * SECOND, 4 * MINUTE), () => {
    faults.met(raises ? 'limit-raised' : 'limit-lowered');
    const next = {
      sms: scaled(settings.windows.sms, raises ? 2 : 0.5),
      email: scaled(settings.windows.email, raises ? 2 : 0.5),
    };
    const tellProvider = (): void => {
      for (const channel of ['sms', 'email'] as const) quotas[channel].limit(next[channel]);
    };
    settings.windows = next;
    settings.changing = time.now();
    settings.changed = time.now() + RESTART;
    processes.restartAll(RESTART);
    if (raises) tellProvider();
    else time.after(RESTART, tellOnceBookedIsOver);

    function tellOnceBookedIsOver(): void {
      const calendars = [...rows.values()];
      // What a newer version has booked nobody knows until it is gone.
      if (calendars.some((row) => 'unreadable' in row && row.unreadable === 'newer'))
        return time.after(SECOND, tellOnceBookedIsOver);
      const last = Math.max(time.now(), ...calendars.map(lastSlotIn));
      time.at(last + Math.max(quotas.sms.longest, quotas.email.longest) + SECOND, tellProvider);
    }
  });
}
