/** What one quota of the provider counts for: a number, all names of the resource, all mail of the subscription. */
import type { Channel, Plan } from './delivery.ts';
import { QUOTAS, type QuotaWindow, type Sender, type SenderKind, rateOf } from './senders.ts';

export type Scope = {
  channel: Channel;
  kind: SenderKind;
  /** The number, or what stands for all senders of the kind. */
  name: string;
  windows: readonly QuotaWindow[];
};

/** Most messages of a channel in any 24 hours; unlimited when absent. */
export type DailyCaps = Partial<Record<Channel, number>>;

const DAY = 86_400;

/** What all senders of these kinds share (ACS service limits): alphanumeric names a resource, mail addresses the subscription. */
const SHARED: Partial<Record<SenderKind, string>> = {
  alphanumeric: 'resource',
  'custom-domain': 'subscription',
  'azure-managed-domain': 'subscription',
};

export const nameOf = ({ kind, sender }: Pick<Sender, 'kind' | 'sender'>): string => SHARED[kind] ?? sender;

/** Every scope of the settings, each once. A channel's daily cap is divided among its scopes by their quota. */
export function scopesOf(senders: readonly Sender[], caps: DailyCaps): readonly Scope[] {
  const scopes = new Map<string, Scope>();
  for (const sender of senders) {
    const { channel, kind, quota } = sender;
    const name = nameOf(sender);
    scopes.set(`${kind} ${name}`, { channel, kind, name, windows: quota });
  }
  const all = [...scopes.values()];
  return all.map((scope) => {
    const cap = caps[scope.channel];
    if (cap === undefined) return scope;
    const rates = all.filter(({ channel }) => channel === scope.channel).map(({ windows }) => rateOf(windows));
    const share = rateOf(scope.windows) / rates.reduce((sum, rate) => sum + rate, 0);
    // One for each first, so that none has nothing, and all of them together no more than the cap.
    const rest = Math.max(0, cap - rates.length);
    const day: QuotaWindow = { limit: 1 + Math.floor(rest * share), seconds: DAY };
    const others = scope.windows.filter(({ seconds }) => seconds !== DAY);
    const same = scope.windows.filter(({ seconds }) => seconds === DAY);
    const strictest = [day, ...same].reduce((least, one) => (one.limit < least.limit ? one : least));
    return { ...scope, windows: [...others, strictest] };
  });
}

/**
 * The scope of a sender. One that has left the settings, with a call of its own still unanswered, keeps to the lowest
 * quota of its channel.
 */
export function scopeOf(scopes: readonly Scope[], senders: readonly Sender[], channel: Channel, sender: string): Scope {
  const known = senders.find((one) => one.channel === channel && one.sender === sender);
  const scope = known && scopes.find(({ kind, name }) => kind === known.kind && name === nameOf(known));
  if (scope) return scope;
  const kind: SenderKind = channel === 'sms' ? 'long-code' : 'azure-managed-domain';
  return { channel, kind, name: nameOf({ kind, sender }), windows: QUOTAS[kind] };
}

/** What a delivery uses up of its sender's quota: one SMS to one recipient, or one mail. */
export const unitsOf = ({ content }: Pick<Plan, 'content'>, countSegments: boolean): number =>
  countSegments ? Math.max(1, segmentsOf({ content })) : 1;

export const segmentsOf = ({ content }: { content?: Plan['content'] | undefined }): number =>
  content?.channel === 'sms' ? content.segments : 0;
