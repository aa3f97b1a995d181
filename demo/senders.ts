import sample from '../local.settings.sample.json' with { type: 'json' };
import type { Channel } from '../shared/delivery.ts';
import type { QuotaWindow } from '../shared/senders.ts';

type Senders = Record<Channel, readonly Record<string, unknown>[]>;

/** The setting `SENDERS` of the sample, with other quotas for some of its channels. */
export function sendersWith(quotas: Partial<Record<Channel, readonly QuotaWindow[]>>): string {
  const senders = JSON.parse(sample.Values.SENDERS) as Senders;
  const of = (channel: Channel) =>
    senders[channel].map((sender) => ({ ...sender, ...(quotas[channel] && { quota: quotas[channel] }) }));
  return JSON.stringify({ sms: of('sms'), email: of('email') });
}

const NO_LIMIT: readonly QuotaWindow[] = [{ limit: 1_000_000, seconds: 60 }];

/** For a provider without quotas: slots lie so close together that nothing waits for its turn. */
export const UNPACED = sendersWith({ sms: NO_LIMIT, email: NO_LIMIT });
