import type { Channel } from '../../shared/delivery.ts';
import type { Faults } from './faults.ts';
import type { Quota, Windows } from './quota.ts';
import type { VirtualTime } from './virtual-time.ts';

/**
 * Somebody else who sends through the quotas that we take for ours, in some of the seeds.
 * @returns the channels where that happens
 */
export function letStrangerIn(
  windows: Record<Channel, Windows>,
  quotas: Record<Channel, Quota>,
  { time, faults, calmFrom }: { time: VirtualTime; faults: Faults; calmFrom: number },
): ReadonlySet<Channel> {
  const met = new Set<Channel>();
  if (!faults.chance(0.25)) return met;
  for (const channel of ['sms', 'email'] as const) {
    if (!faults.chance(0.6)) continue;
    met.add(channel);
    faults.met('stranger');
    const [{ limit, seconds }] = windows[channel];
    const pause = (seconds * 1_000) / (limit * faults.between(0.1, 0.8));
    const call = (): void => {
      quotas[channel].take(time.now());
      if (time.now() < calmFrom) time.after(faults.between(0.5, 1.5) * pause, call);
    };
    time.after(faults.between(0, 60_000), call);
  }
  return met;
}
