import { isJsonObject } from '../app-folder.ts';
import { errorText } from '../invoker.ts';

/** Source: durable-functions `lib/src/actions/ActionType.js`. */
export const actionType = {
  callActivity: 0,
  callActivityWithRetry: 1,
  callSubOrchestrator: 2,
  callSubOrchestratorWithRetry: 3,
  continueAsNew: 4,
  createTimer: 5,
  waitForExternalEvent: 6,
  callEntity: 7,
  callHttp: 8,
  signalEntity: 9,
  whenAny: 11,
  whenAll: 12,
  lockEntities: 13,
  releaseEntities: 14,
} as const;

export interface RetryPolicy {
  firstRetryIntervalInMilliseconds: number;
  maxNumberOfAttempts: number;
  backoffCoefficient?: number;
  maxRetryIntervalInMilliseconds?: number;
  retryTimeoutInMilliseconds?: number;
}

/** One thing that an orchestrator asked for; which members are set depends on `actionType`. */
export interface Action {
  actionType: number;
  functionName?: string;
  input?: unknown;
  instanceId?: string;
  version?: string;
  operation?: string;
  retryOptions?: RetryPolicy;
  /** ISO text. */
  fireAt?: string;
  isCanceled?: boolean;
  externalEventName?: string;
  compoundActions?: Action[];
}

/** What one call of an orchestrator function ended with. */
export interface OrchestratorOutcome {
  /** Everything asked for since the start of this generation; `undefined` when the call itself went wrong. */
  actions: Action[] | undefined;
  isDone: boolean;
  output: unknown;
  customStatus: unknown;
  /** What the orchestrator threw. */
  error?: string;
}

/** Before this the SDK's message says nothing; after it comes the outcome as JSON. */
const marker = '\n\n$OutOfProcData$:';

/** For a call that tells nothing but why it failed: the instance ends with it. */
export const brokenOff = (error: string): OrchestratorOutcome => ({
  actions: undefined,
  isDone: false,
  output: undefined,
  customStatus: undefined,
  error,
});

export function outcomeOfResult(json: string | undefined): OrchestratorOutcome {
  const state: unknown = JSON.parse(json ?? 'null');
  if (!isJsonObject(state) || !Array.isArray(state['actions'])) {
    return brokenOff(
      'The function is no orchestrator of durable-functions: it returned something else than its actions.',
    );
  }
  const { actions, isDone, output, customStatus, error } = state;
  return {
    actions: (actions[0] ?? []) as Action[],
    isDone: isDone === true,
    output,
    customStatus,
    ...(typeof error === 'string' && { error }),
  };
}

/** An orchestrator that throws hands its outcome over in the message. Source: `lib/src/error/OrchestrationFailureError.js`. */
export function outcomeOfError(thrown: unknown): OrchestratorOutcome {
  const message = errorText(thrown);
  const at = message.indexOf(marker);
  if (at < 0) return brokenOff(message);
  const outcome = outcomeOfResult(message.slice(at + marker.length));
  return { ...outcome, error: outcome.error ?? '' };
}
