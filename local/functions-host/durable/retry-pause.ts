import type { RetryPolicy } from './orchestrator-outcome.ts';

/** Pause after the failed attempt number `attempt` (1 first). Source: Azure/durabletask `RetryInterceptor.cs`; after the last attempt 0. */
export function retryPauseMs(policy: RetryPolicy, attempt: number): number {
  if (attempt >= policy.maxNumberOfAttempts) return 0;
  const pause = policy.firstRetryIntervalInMilliseconds * (policy.backoffCoefficient ?? 1) ** (attempt - 1);
  return Math.min(pause, policy.maxRetryIntervalInMilliseconds ?? Infinity);
}
