import type { Channel } from '../../shared/delivery.ts';
import { type AttemptId, type DeliveryId, parseAttemptId } from '../../shared/delivery-id.ts';
import type { EmailProvider, ProviderAnswer, SendRequest } from '../../shared/ports.ts';
import { type Deed, answered, drawDeed } from './answers.ts';
import type { Faults } from './faults.ts';
import type { Processes } from './processes.ts';
import type { Quota } from './quota.ts';
import { drawRetryAfter } from './retry-after.ts';
import type { VirtualTime } from './virtual-time.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const MEMORY = 5 * MINUTE;
/** For so long the status of a mail may still be unknown to its own provider. */
const BEHIND = 55 * SECOND;

export type Effect = { channel: Channel; attempt: AttemptId };

/** One call, at true times: when the code made it, when it reached the provider, when the answer was there. */
export type Call = {
  channel: Channel;
  delivery: DeliveryId | undefined;
  attempt: string;
  /** When its attempt began. */
  firstSent: Date;
  sent: number;
  arrived?: number;
  ended?: number;
  /** There was no room for it in the quota. */
  refused?: true;
  refusedForGood?: true;
};

type Known = { firstSent: number; since: number; answer: ProviderAnswer | 'running' };

type World = {
  time: VirtualTime;
  faults: Faults;
  processes: Processes;
  calmFrom: number;
  quotas: Record<Channel, Quota>;
};

/**
 * Takes messages as ACS does, within the quota of their sender: it remembers an id with its first-sent for five minutes
 * and answers from memory; after that it has forgotten it and would take the message a second time.
 */
export function createProvider(
  { time, faults, processes, calmFrom, quotas }: World,
  taken: (effect: Effect) => void,
): Record<Channel, EmailProvider> & { calls: readonly Call[] } {
  const memory = new Map<string, Known>();
  const calls: Call[] = [];
  const isCalm = (): boolean => time.now() >= calmFrom;
  const within = ({ from, length }: { from: number; length: number }): boolean =>
    time.now() >= from && time.now() < from + length;
  const keyRefused = { from: time.now() + faults.between(MINUTE, 6 * MINUTE), length: faults.between(5, 40) * SECOND };
  const down = {
    from: time.now() + faults.between(0, 6 * MINUTE),
    length: faults.chance(0.3) ? faults.between(5 * SECOND, 4 * MINUTE) : 0,
  };
  const status = faults.pick([401, 403]);

  const quick = (answer: ProviderAnswer): Deed => ({
    takes: false,
    now: answer,
    later: answer,
    after: faults.between(20, 300),
  });

  /** What is remembered of this very request; its answer stands, unless it was none. */
  function recalled(channel: Channel, { attempt, firstSent }: SendRequest): Known | undefined {
    const known = memory.get(attempt);
    const isSame = known && (channel === 'email' || known.firstSent === firstSent.getTime());
    if (!isSame || time.now() - known.since >= MEMORY) return undefined;
    const { answer } = known;
    const isNone =
      answer !== 'running' && (answer.kind !== 'answered' || answer.status >= 500 || answer.status === 408);
    return isNone ? undefined : known;
  }

  function deedFor(channel: Channel, request: SendRequest, call: Call): Deed {
    const wait = quotas[channel].take(time.now());
    if (wait > 0) {
      call.refused = true;
      return quick(answered(429, {}, isCalm() ? {} : drawRetryAfter(faults, time.now(), wait)));
    }
    if (within(keyRefused)) {
      faults.met('key-refused');
      return quick(answered(status));
    }
    if (within(down)) {
      faults.met('provider-down');
      return quick(answered(503));
    }
    const known = recalled(channel, request);
    if (known) return quick(known.answer === 'running' ? answered(409) : known.answer);
    if (!isCalm() && faults.happens('throttled-though-free', 0.003))
      return quick(answered(429, {}, drawRetryAfter(faults, time.now(), 10 * SECOND)));
    return drawDeed(faults, channel, request.attempt, isCalm());
  }

  async function send(channel: Channel, request: SendRequest): Promise<ProviderAnswer> {
    const { attempt } = request;
    const call: Call = {
      channel,
      attempt,
      delivery: parseAttemptId(attempt)?.delivery,
      sent: time.now(),
      firstSent: request.firstSent,
    };
    calls.push(call);
    const over = (answer: ProviderAnswer): ProviderAnswer => {
      call.ended = time.now();
      return answer;
    };
    if (!isCalm() && faults.happens('connection-refused', 0.006))
      return over({ kind: 'not-reached', code: 'ECONNREFUSED' });
    if (!isCalm() && faults.happens('name-not-found', 0.006)) return over({ kind: 'not-reached', code: 'ENOTFOUND' });

    await processes.onCall({ port: 'provider', operation: channel, moment: 'before' });
    call.arrived = time.now();
    const deed = deedFor(channel, request, call);
    if (deed.refusesForGood) call.refusedForGood = true;
    if (deed.takes) taken({ channel, attempt });
    remember(channel, request, deed);
    await time.wait(deed.after);
    await processes.onCall({ port: 'provider', operation: channel, moment: 'after' });
    return over(deed.now);
  }

  function remember(channel: Channel, request: SendRequest, { later, after }: Deed): void {
    if (recalled(channel, request)) return;
    const known: Known = { firstSent: request.firstSent.getTime(), since: time.now(), answer: 'running' };
    memory.set(request.attempt, known);
    time.after(after, () => (known.answer = later));
  }

  const of = (channel: Channel): EmailProvider => ({
    send: (request) => send(channel, request),
    async status(attempt) {
      await processes.onCall({ port: 'provider', operation: 'status', moment: 'before' });
      const known = memory.get(attempt);
      const isTaken =
        known && known.answer !== 'running' && known.answer.kind === 'answered' && known.answer.status === 202;
      const isBehind =
        isTaken && !isCalm() && time.now() - known.since < BEHIND && faults.happens('status-behind', 0.9);
      await processes.onCall({ port: 'provider', operation: 'status', moment: 'after' });
      return isTaken && !isBehind ? answered(200, { id: attempt, status: 'Succeeded' }) : answered(404);
    },
  });
  return { sms: of('sms'), email: of('email'), calls };
}
