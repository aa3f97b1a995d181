import { fullJitter } from './back-off.ts';
import type { Channel } from './delivery.ts';
import type { Limits } from './limits.ts';
import type { Log } from './log.ts';
import type { Clock, Copy, Queues, Random } from './ports.ts';

type ParkDependencies = {
  channel: Channel;
  queues: Queues;
  clock: Clock;
  random: Random;
  limits: Limits;
  log: Log;
};

/**
 * Sends a copy again for later because our own services are away, under a MessageId never used before, or the broker
 * would drop it as a duplicate. Rejects, after a short wait, when that fails too.
 */
export async function park(copy: Copy, run: string, why: unknown, dependencies: ParkDependencies): Promise<void> {
  const { queues, channel, clock, random, limits, log } = dependencies;
  const parked = copy.parked ?? 0;
  const pause = fullJitter(parked, { first: limits.parkFirst, longest: limits.parkLongest }, random);
  log('error', 'copy-parked', {
    delivery: copy.delivery,
    channel,
    copy: copy.copy,
    parked: parked + 1,
    error: why instanceof Error ? why.name : 'unknown',
  });
  try {
    await queues.sendCopies(channel, [
      {
        copy: { ...copy, parked: parked + 1 },
        messageId: `${copy.delivery}/${copy.copy}/p${parked + 1}-${run}`,
        at: new Date(clock.now().getTime() + pause),
      },
    ]);
  } catch (error) {
    await clock.wait(limits.shortWait);
    throw error;
  }
}
