import { type Clock, wait } from './clock.ts';
import type { EventGrid } from './event-grid.ts';
import type { Faults } from './faults.ts';
import type { Ledger, RequestRecord } from './ledger.ts';
import type { Recipients } from './recipients.ts';
import type { Reporting } from './reporting.ts';
import type { Fault, Quota, Scenario } from './scenario.ts';
import type { createSlidingWindows } from './sliding-window.ts';
import { type Answer, type Ending, refusal } from './answer.ts';

/** What both channels stand on. */
export interface Provider {
  readonly clock: Clock;
  readonly scenario: () => Scenario;
  readonly ledger: Ledger;
  readonly faults: Faults;
  readonly windows: ReturnType<typeof createSlidingWindows>;
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

export const faultAnswer = ({ status, retryAfter, code, message }: ErrorFault): Answer =>
  refusal(
    status,
    code ?? usualCodes[status] ?? 'Error',
    message ?? `The stand-in was told to answer ${status}.`,
    retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) },
  );

export const describeFault = (fault: Fault): string =>
  [fault.kind, 'status' in fault ? fault.status : '', 'when' in fault ? fault.when : ''].filter(Boolean).join(' ');

/** Takes quota, or makes the 429 with the seconds to wait. `PerSubscription…` is the text seen from the email service. */
export function takeQuota(
  provider: Provider,
  scope: string,
  units: number,
  quota: Quota,
  text: string,
): Answer | undefined {
  if (!quota) return undefined;
  const { clock, windows, scenario } = provider;
  const taking = windows.take(scope, units, quota, scenario().quotas.refusalsCount, clock.now());
  if (taking.taken) return undefined;
  const seconds = Math.max(1, Math.ceil(taking.waitMs / 1000));
  return refusal(429, 'TooManyRequests', `${text} - Please try again after ${seconds} seconds.`, {
    'Retry-After': String(seconds),
  });
}

/** Ends a request that was accepted (or refused for good), by way of a fault that comes after that. */
export async function endWith(answer: Answer, fault: Fault | undefined, clock: Clock): Promise<Ending> {
  if (fault?.kind === 'recipient' || fault?.when !== 'after') return { kind: 'answer', answer };
  if (fault.kind === 'hang') return { kind: 'hang' };
  if (fault.kind === 'cut') return { kind: 'cut' };
  if (fault.kind === 'error') return { kind: 'answer', answer: faultAnswer(fault) };
  await wait(clock, fault.delay * 1000);
  return { kind: 'answer', answer };
}
