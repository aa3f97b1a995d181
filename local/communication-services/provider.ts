import { type Clock, wait } from './clock.ts';
import type { EventGrid } from './event-grid.ts';
import type { Faults } from './faults.ts';
import type { Ledger, RequestRecord } from './ledger.ts';
import type { Recipients } from './recipients.ts';
import type { Reporting } from './reporting.ts';
import type { QuotaScopes } from './quota-scopes.ts';
import type { QuotaWindow, ScopedQuota } from './quota-settings.ts';
import { retryAfterHeaders } from './retry-after.ts';
import type { Fault, Scenario } from './scenario.ts';
import { type Answer, type Ending, refusal } from './answer.ts';

/** What both channels stand on. */
export interface Provider {
  readonly clock: Clock;
  readonly scenario: () => Scenario;
  readonly ledger: Ledger;
  readonly faults: Faults;
  readonly quotaScopes: QuotaScopes;
  readonly recipients: Recipients;
  readonly eventGrid: EventGrid;
  readonly reporting: Reporting;
}

/** One request on its way through a channel; `gone` resolves when its connection is closed. */
export interface Exchange {
  readonly record: RequestRecord;
  readonly body: unknown;
  readonly rawBody: Uint8Array;
  readonly gone: Promise<void>;
}

type ErrorFault = Extract<Fault, { kind: 'error' }>;

const usualCodes: Readonly<Record<number, string>> = {
  401: 'Denied',
  403: 'Forbidden',
  429: 'TooManyRequests',
  500: 'InternalServerError',
  503: 'ServiceUnavailable',
};

type Telling = Pick<Provider, 'clock' | 'scenario'>;

export function faultAnswer(fault: ErrorFault, { clock, scenario }: Telling): Answer {
  const { status, retryAfter, retryAfterForm, code, message } = fault;
  const tells = retryAfter !== undefined || retryAfterForm !== undefined;
  const form = retryAfterForm ?? scenario().retryAfter;
  return refusal(
    status,
    code ?? usualCodes[status] ?? 'Error',
    message ?? `The stand-in was told to answer ${status}.`,
    tells ? retryAfterHeaders(form, (retryAfter ?? 0) * 1000, clock.now()) : {},
  );
}

export const describeFault = (fault: Fault): string =>
  [fault.kind, 'status' in fault ? fault.status : '', 'when' in fault ? fault.when : ''].filter(Boolean).join(' ');

/** As seen from the email service, which has a minute and an hour. */
export const perSubscription = ({ seconds }: QuotaWindow): string =>
  seconds < 3600 ? 'PerSubscriptionPerMinuteLimitExceeded' : 'PerSubscriptionPerHourLimitExceeded';

/** Takes quota, or makes the 429 with the time to wait; `textOf` names the window that has it wait longest. */
export function takeQuota(
  provider: Provider,
  quota: ScopedQuota | null,
  units: number,
  textOf: (window: QuotaWindow) => string,
): Answer | undefined {
  if (!quota) return undefined;
  const { clock, quotaScopes, scenario } = provider;
  const { quotas, retryAfter } = scenario();
  const taking = quotaScopes.take(quota.scope, units, quota.windows, quotas.refusalsCount, clock.now());
  if (taking.taken) return undefined;
  const waitMs = Math.max(1, taking.waitMs);
  const seconds = Math.ceil(waitMs / 1000);
  return refusal(
    429,
    'TooManyRequests',
    `${textOf(taking.window)} - Please try again after ${seconds} seconds.`,
    retryAfterHeaders(retryAfter, waitMs, clock.now()),
  );
}

/** What a client gets when its request never comes as far as the provider: its connection ends, or a gateway says something. */
export function unreached(fault: Extract<Fault, { kind: 'cut' | 'garbled' }>): Ending {
  if (fault.kind === 'cut') return { kind: 'cut' };
  const { form, status = 502 } = fault;
  return {
    kind: 'garbled',
    answer: refusal(status, 'BadGateway', 'The stand-in was told to garble its answer.'),
    form,
  };
}

/** Ends a request that was accepted (or refused for good), by way of a fault that comes after that. */
export async function endWith(answer: Answer, fault: Fault | undefined, telling: Telling): Promise<Ending> {
  if (fault?.kind === 'recipient' || fault?.when !== 'after') return { kind: 'answer', answer };
  if (fault.kind === 'hang') return { kind: 'hang' };
  if (fault.kind === 'cut') return { kind: 'cut' };
  if (fault.kind === 'error') return { kind: 'answer', answer: faultAnswer(fault, telling) };
  if (fault.kind === 'garbled') {
    const { form, status = answer.status } = fault;
    return { kind: 'garbled', answer: { ...answer, status }, form };
  }
  await wait(telling.clock, fault.delay * 1000);
  return { kind: 'answer', answer };
}
