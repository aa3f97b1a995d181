/** Whom our messages come from: which senders reach a country, and which of them writes to a recipient. */
import { createHash } from 'node:crypto';
import type { Channel, Plan } from './delivery.ts';

export type SenderKind =
  'toll-free' | 'short-code' | 'long-code' | 'alphanumeric' | 'custom-domain' | 'azure-managed-domain';

/** At most so many messages in any so many seconds. */
export type QuotaWindow = { limit: number; seconds: number };

export type Sender = {
  channel: Channel;
  /** Phone number, short code, name or mail address. */
  sender: string;
  kind: SenderKind;
  /** ISO 3166, two letters; `*` is every country that no other sender of the channel names. */
  countries: readonly string[];
  quota: readonly QuotaWindow[];
};

/** What the provider grants unless it has raised it: its page of service limits. That of a long code is the lowest one. */
export const QUOTAS: Readonly<Record<SenderKind, readonly QuotaWindow[]>> = {
  'toll-free': [{ limit: 200, seconds: 60 }],
  'short-code': [{ limit: 6_000, seconds: 60 }],
  'long-code': [{ limit: 2_000, seconds: 86_400 }],
  alphanumeric: [{ limit: 600, seconds: 60 }],
  'custom-domain': [
    { limit: 30, seconds: 60 },
    { limit: 100, seconds: 3_600 },
  ],
  'azure-managed-domain': [
    { limit: 5, seconds: 60 },
    { limit: 10, seconds: 3_600 },
  ],
};

export const ANYWHERE = '*';

/**
 * The sender that writes to this recipient: always the same, each gets a share by its quota, and with one more or fewer
 * only the recipients of that one change (weighted rendezvous hashing). Undefined when none reaches the country.
 */
export function senderFor(
  senders: readonly Sender[],
  { channel, country, address }: Pick<Plan, 'channel' | 'country' | 'address'>,
): string | undefined {
  const ofChannel = senders.filter((sender) => sender.channel === channel);
  const named = ofChannel.filter(({ countries }) => countries.includes(country));
  const fitting = named.length > 0 ? named : ofChannel.filter(({ countries }) => countries.includes(ANYWHERE));
  const [best] = fitting
    .map((sender) => ({ sender: sender.sender, score: scoreOf(sender, address) }))
    .toSorted((a, b) => b.score - a.score);
  return best?.sender;
}

function scoreOf({ sender, quota }: Sender, address: string): number {
  const hash = createHash('sha256').update(`${sender}\n${address.toLowerCase()}`).digest();
  const uniform = (hash.readUIntBE(0, 6) + 1) / (2 ** 48 + 1);
  return -rateOf(quota) / Math.log(uniform);
}

export const rateOf = (quota: readonly QuotaWindow[]): number =>
  Math.min(...quota.map(({ limit, seconds }) => limit / seconds));
