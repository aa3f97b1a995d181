import type { Channel } from '../../shared/delivery.ts';
import { LIMITS } from '../../shared/limits.ts';
import type { EmailProvider, ProviderAnswer, SendRequest } from '../../shared/ports.ts';
import { callsOf, type OnCall } from '../fakes/calls.ts';
import { answered, TAKEN } from '../shared/send-world.ts';

type Dependencies = {
  onCall: OnCall;
  /** In ms. */
  now: () => number;
  /** Its first answer is a 429. */
  refusesFirst: boolean;
  taken: (channel: Channel, attempt: string) => void;
};

/**
 * Honours an id for five minutes after it was first sent, as ACS says: the same answer again, a refusal too. Later it
 * has forgotten the id, and whoever uses it again sends a second message.
 */
export function rememberingProvider({ onCall, now, refusesFirst, taken }: Dependencies) {
  const { call } = callsOf('provider', onCall);
  const memory = new Map<string, { firstSent: Date; answer: ProviderAnswer }>();
  const effective: string[] = [];
  let calls = 0;

  function answerTo(channel: Channel, { attempt, firstSent }: SendRequest): ProviderAnswer {
    calls += 1;
    const known = memory.get(attempt);
    if (known && now() - known.firstSent.getTime() < LIMITS.real.providerMemory) return known.answer;
    const isRefused = refusesFirst && calls === 1;
    const answer = isRefused ? answered(429, {}, { 'retry-after': '20' }) : TAKEN[channel](attempt);
    memory.set(attempt, { firstSent, answer });
    if (!isRefused) {
      effective.push(attempt);
      taken(channel, attempt);
    }
    return answer;
  }

  return {
    effective,
    of: (channel: Channel): EmailProvider => ({
      send: (request) => call('send', () => answerTo(channel, request)),
      status: (attempt) =>
        call('status', () =>
          effective.includes(attempt) ? answered(200, { id: attempt, status: 'Succeeded' }) : answered(404),
        ),
    }),
  };
}
