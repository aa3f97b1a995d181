import { createQuotaScopes } from '../../../local/communication-services/quota-scopes.ts';
import type { EmailProvider, ProviderAnswer, Random } from '../../../shared/ports.ts';
import type { VirtualTime } from '../../simulation/virtual-time.ts';

export type ProviderSettings = {
  limit: number;
  seconds: number;
  /** Windows that begin anew at every multiple of their length, instead of sliding. */
  fixed: boolean;
  refusalsCount: boolean;
  /** What somebody else sends through the same number, as a share of the limit. */
  stranger: number;
  /** Answers 503 in this stretch of time, in ms from the start. */
  away?: { from: number; until: number };
};

export type Arrival = { at: number; id: string; status: 202 | 429 | 503 };

const ROUND_TRIP = { least: 20, most: 50 };

/** One number at the provider, with the windows of the stand-in, and a stranger who tries as often as he may. */
export function createNumber(
  { limit, seconds, fixed, refusalsCount, stranger, away }: ProviderSettings,
  time: VirtualTime,
  random: Random,
) {
  const start = time.now();
  const scopes = createQuotaScopes();
  const arrivals: Arrival[] = [];
  const between = (least: number, most: number) => least + random() * (most - least);
  const take = () => scopes.take('number', 1, [{ limit, seconds, fixed }], refusalsCount, time.now());

  if (stranger > 0) {
    const pause = (seconds * 1_000) / (limit * stranger);
    const call = (): void => {
      take();
      time.after(between(0.5, 1.5) * pause, call);
    };
    time.after(pause, call);
  }

  /** @returns how long to wait, in whole seconds as the real service says it; undefined when it was taken */
  async function send(id: string): Promise<{ status: Arrival['status']; retryAfter?: number }> {
    const half = between(ROUND_TRIP.least, ROUND_TRIP.most) / 2;
    await time.wait(half);
    const at = time.now();
    const isAway = away !== undefined && at >= start + away.from && at < start + away.until;
    const taking = isAway ? undefined : take();
    const status = isAway ? 503 : taking?.taken ? 202 : 429;
    arrivals.push({ at, id, status });
    await time.wait(half);
    return taking && !taking.taken ? { status, retryAfter: Math.ceil(taking.waitMs / 1_000) } : { status };
  }

  return { send, arrivals };
}

export type ProviderNumber = ReturnType<typeof createNumber>;

/** The same as the product sees it; it remembers what it took. */
export function providerOf(number: ProviderNumber): EmailProvider {
  const taken = new Set<string>();
  return {
    async send({ attempt }): Promise<ProviderAnswer> {
      const { status, retryAfter } = await number.send(attempt);
      if (status === 202) taken.add(attempt);
      return {
        kind: 'answered',
        status,
        headers: retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
        body: status === 202 ? { value: [{ httpStatusCode: 202, successful: true, messageId: attempt }] } : {},
      };
    },
    status: async (attempt) => ({ kind: 'answered', status: taken.has(attempt) ? 200 : 404, headers: {}, body: {} }),
  };
}
