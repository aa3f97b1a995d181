import type { Channel } from '../../shared/delivery.ts';
import type { ProviderAnswer } from '../../shared/ports.ts';
import type { Fault, Faults } from './faults.ts';

export const answered = (status: number, body: unknown = {}, headers: Record<string, string> = {}): ProviderAnswer => ({
  kind: 'answered',
  status,
  headers,
  body,
});

const TAKEN: Record<Channel, (id: string) => ProviderAnswer> = {
  sms: (id) => answered(202, { value: [{ httpStatusCode: 202, successful: true, messageId: `m-${id}` }] }),
  email: (id) => answered(202, { id, status: 'Running' }),
};

const recipient = (httpStatusCode: number): ProviderAnswer =>
  answered(202, { value: [{ httpStatusCode, successful: false }] });

const TIMEOUT: ProviderAnswer = { kind: 'unanswered', code: 'timeout' };
const RESET: ProviderAnswer = { kind: 'unanswered', code: 'ECONNRESET' };
const CALL_TIMEOUT = 15_000;

/** What becomes of one call. `later`: what the provider says when it is asked again and remembers. */
export type Deed = { takes: boolean; now: ProviderAnswer; later: ProviderAnswer; after: number; refusesForGood?: true };

type Mishap = { fault: Fault; share: number; takes: boolean; answer: ProviderAnswer; after?: number; only?: Channel };

const MISHAPS: readonly Mishap[] = [
  { fault: 'recipient-busy', share: 0.02, takes: false, answer: recipient(503), only: 'sms' },
  { fault: 'silent-but-taken', share: 0.02, takes: true, answer: TIMEOUT, after: CALL_TIMEOUT },
  { fault: 'silent-and-not-taken', share: 0.01, takes: false, answer: TIMEOUT, after: CALL_TIMEOUT },
  { fault: 'reset-but-taken', share: 0.015, takes: true, answer: RESET },
  { fault: 'reset-and-not-taken', share: 0.01, takes: false, answer: RESET },
  { fault: 'broken-but-taken', share: 0.015, takes: true, answer: answered(500) },
  { fault: 'broken-and-not-taken', share: 0.01, takes: false, answer: answered(502) },
  { fault: 'timeout-408-but-taken', share: 0.01, takes: true, answer: answered(408) },
  { fault: 'timeout-408-and-not-taken', share: 0.01, takes: false, answer: answered(408) },
  { fault: 'conflict-409', share: 0.01, takes: true, answer: answered(409) },
  { fault: 'precondition-412', share: 0.003, takes: false, answer: answered(412) },
  { fault: 'unreadable-but-taken', share: 0.01, takes: true, answer: answered(202, '<html>') },
];

/** What the provider does with a message that it may take: mostly it takes it, and says so. */
export function drawDeed(faults: Faults, channel: Channel, attempt: string, isCalm: boolean): Deed {
  const good = TAKEN[channel](attempt);
  const quick = faults.between(20, 300);
  if (isCalm) return { takes: true, now: good, later: good, after: quick };
  if (faults.happens('recipient-refused', 0.01)) {
    const no = channel === 'sms' ? recipient(400) : answered(400, { error: { code: 'InvalidRecipient' } });
    return { takes: false, now: no, later: no, after: quick, refusesForGood: true };
  }
  for (const { fault, share, takes, answer, after = quick, only } of MISHAPS)
    if ((!only || only === channel) && faults.happens(fault, share))
      return { takes, now: answer, later: takes ? good : answer, after };
  if (faults.happens('slow-answer', 0.02)) {
    const after = faults.between(1_000, 30_000);
    if (after < CALL_TIMEOUT) return { takes: true, now: good, later: good, after };
    return { takes: true, now: TIMEOUT, later: good, after: CALL_TIMEOUT };
  }
  return { takes: true, now: good, later: good, after: quick };
}
