import type { Channel } from '../../shared/delivery.ts';
import type { AttemptId } from '../../shared/delivery-id.ts';
import type { EmailProvider, ProviderAnswer, SendRequest } from '../../shared/ports.ts';
import type { Faults } from './faults.ts';
import type { Processes } from './processes.ts';
import type { VirtualTime } from './virtual-time.ts';

const MINUTE = 60_000;
const MEMORY = 5 * MINUTE;
const WINDOW = 10_000;
const LIMIT = 8;

const answered = (status: number, body: unknown = {}, headers: Record<string, string> = {}): ProviderAnswer => ({
  kind: 'answered',
  status,
  headers,
  body,
});
const SILENCE: ProviderAnswer = { kind: 'unanswered', code: 'timeout' };
const TAKEN: Record<Channel, (id: string) => ProviderAnswer> = {
  sms: (id) => answered(202, { value: [{ httpStatusCode: 202, successful: true, messageId: `m-${id}` }] }),
  email: (id) => answered(202, { id, status: 'Running' }),
};

export type Effect = { channel: Channel; attempt: AttemptId };

/**
 * Takes messages as ACS does: it remembers an id for five minutes after it was first sent and answers it from memory;
 * after that it has forgotten it and would take the message a second time.
 */
export function createProvider(
  { time, faults, processes, calmFrom }: { time: VirtualTime; faults: Faults; processes: Processes; calmFrom: number },
  taken: (effect: Effect) => void,
) {
  const memory = new Map<string, { firstSent: number; answer: ProviderAnswer | 'running' }>();
  const arrivals: Record<Channel, number[]> = { sms: [], email: [] };
  const refusesKey = { from: time.now() + faults.between(MINUTE, 6 * MINUTE), length: faults.between(5_000, 30_000) };

  function answer(channel: Channel, { attempt }: SendRequest): { now: ProviderAnswer; later: ProviderAnswer } {
    const arrived = arrivals[channel];
    while (arrived.length > 0 && arrived[0]! <= time.now() - WINDOW) arrived.shift();
    const known = memory.get(attempt);
    if (known && time.now() - known.firstSent < MEMORY) {
      if (known.answer === 'running') return once(answered(409));
      if (known.answer.kind !== 'answered' || known.answer.status < 500) return once(known.answer);
    }
    const calm = time.now() >= calmFrom;
    if (time.now() >= refusesKey.from && time.now() < refusesKey.from + refusesKey.length) {
      faults.met('key-refused');
      return once(answered(401));
    }
    arrived.push(time.now());
    if (arrived.length > LIMIT) {
      faults.met('throttled');
      return once(answered(429, {}, { 'retry-after': '10' }));
    }
    if (!calm && faults.happens('recipient-busy', 0.02))
      return once(
        channel === 'sms' ? answered(202, { value: [{ httpStatusCode: 503, successful: false }] }) : answered(429),
      );
    if (!calm && faults.happens('silent-and-not-taken', 0.02)) return { now: SILENCE, later: answered(500) };
    if (!calm && faults.happens('broken-and-not-taken', 0.02)) return once(answered(500));
    taken({ channel, attempt });
    const good = TAKEN[channel](attempt);
    if (!calm && faults.happens('silent-but-taken', 0.04)) return { now: SILENCE, later: good };
    if (!calm && faults.happens('broken-but-taken', 0.02)) return { now: answered(500), later: good };
    return once(good);
  }
  const once = (one: ProviderAnswer) => ({ now: one, later: one });

  async function send(channel: Channel, request: SendRequest): Promise<ProviderAnswer> {
    await processes.onCall({ port: 'provider', moment: 'before' });
    if (time.now() < calmFrom && faults.happens('not-reached', 0.01))
      return { kind: 'not-reached', code: 'ECONNREFUSED' };
    const { now, later } = answer(channel, request);
    const firstSent = request.firstSent.getTime();
    const busy = faults.between(20, 300);
    memory.set(request.attempt, { firstSent, answer: 'running' });
    time.after(busy, () => memory.set(request.attempt, { firstSent, answer: later }));
    await time.wait(now === SILENCE ? 15_000 : busy);
    await processes.onCall({ port: 'provider', moment: 'after' });
    return now;
  }

  const of = (channel: Channel): EmailProvider => ({
    send: (request) => send(channel, request),
    async status(attempt) {
      await processes.onCall({ port: 'provider', moment: 'before' });
      const known = memory.get(attempt);
      const accepted =
        known && known.answer !== 'running' && known.answer.kind === 'answered' && known.answer.status === 202;
      await processes.onCall({ port: 'provider', moment: 'after' });
      return accepted ? answered(200, { id: attempt, status: 'Succeeded' }) : answered(404);
    },
  });
  return { sms: of('sms'), email: of('email') };
}
