import {
  type UsageWindow,
  createFixedWindow,
  createSlidingWindow,
} from '../../local/communication-services/usage-window.ts';
import type { Channel } from '../../shared/delivery.ts';
import type { Scope } from '../../shared/scopes.ts';
import type { QuotaWindow } from '../../shared/senders.ts';
import type { Faults } from './faults.ts';
import { createTokenBucket } from './token-bucket.ts';

type Windows = readonly [QuotaWindow, ...QuotaWindow[]];

const KINDS = { sliding: createSlidingWindow, fixed: createFixedWindow, bucket: createTokenBucket };

/** The windows that the sender of a channel has at the start of a seed: so small that the calendar has to pace. */
export function drawWindows(faults: Faults): Record<Channel, Windows> {
  const limit = faults.whole(15, 45);
  return {
    sms: [{ limit: faults.whole(12, 45), seconds: 60 }],
    email: [
      { limit, seconds: 60 },
      { limit: Math.ceil(limit * faults.between(1.5, 4)), seconds: 600 },
    ],
  };
}

export const scopeWith = (channel: Channel, windows: Windows): Scope =>
  channel === 'sms'
    ? { channel, kind: 'toll-free', name: '+18005550199', windows }
    : { channel, kind: 'custom-domain', name: 'subscription', windows };

export const scaled = ([first, ...others]: Windows, factor: number): Windows => {
  const scale = ({ limit, seconds }: QuotaWindow) => ({ limit: Math.max(3, Math.ceil(limit * factor)), seconds });
  return [scale(first), ...others.map(scale)];
};

/** What the provider counts for one scope: sliding, fixed or a bucket, and whether refusals use it up, too, drawn by seed. */
export function createQuota(windows: Windows, faults: Faults) {
  const create = KINDS[faults.pick(['sliding', 'fixed', 'bucket'])];
  const refusalsCount = faults.chance(0.5);
  let used = windows.map((window): { window: QuotaWindow; usage: UsageWindow } => ({
    window,
    usage: create(window.seconds * 1_000),
  }));
  return {
    longest: Math.max(...windows.map(({ seconds }) => seconds * 1_000)),
    /** 0 when the unit was taken, else how long until there is room if nobody else comes. */
    take: (now: number): number => {
      const fits = used.every(({ window, usage }) => usage.fits(1, window.limit, now));
      for (const { window, usage } of used)
        if (fits) usage.add(1, now);
        else if (refusalsCount) usage.addRefused(1, window.limit, now);
      return fits ? 0 : Math.max(1, ...used.map(({ window, usage }) => usage.waitMs(1, window.limit, now)));
    },
    /** From now on it has these limits, for windows of the same lengths; what was used counts on. */
    limit: (next: Windows): void => {
      used = used.map(({ usage }, index) => ({ window: next[index]!, usage }));
    },
  };
}

export type Quota = ReturnType<typeof createQuota>;
export type { Windows };
