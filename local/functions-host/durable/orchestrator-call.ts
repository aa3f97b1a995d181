import type { HostedFunction } from '../function-check.ts';
import type { Invoker } from '../invoker.ts';
import type { HistoryEvent } from './history.ts';
import { eventType } from './history.ts';
import type { Limits } from './interpreter.ts';
import { outcomeOfError, outcomeOfResult } from './orchestrator-outcome.ts';
import type { OrchestratorOutcome } from './orchestrator-outcome.ts';

/** `d.hh:mm:ss`, the .NET form. */
function timeSpan(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const fraction = ms % 1000 === 0 ? '' : `.${String(ms % 1000).padStart(3, '0')}`;
  return `${Math.floor(seconds / 86_400)}.${two((seconds / 3600) % 24)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}${fraction}`;
}

export interface OrchestratorCall {
  instanceId: string;
  parentId: string | undefined;
  /** What happened in earlier turns. */
  past: readonly HistoryEvent[];
  /** What this turn begins with. */
  happened: readonly HistoryEvent[];
  limits: Limits;
}

/** Runs the orchestrator once over its whole history. Format: DE `Bindings/OrchestrationTriggerAttributeBindingProvider.cs`. */
export async function callOrchestrator(
  definition: HostedFunction,
  { instanceId, parentId, past, happened, limits }: OrchestratorCall,
  invoker: Invoker,
): Promise<OrchestratorOutcome> {
  const history = [
    ...past.map((event) => ({ ...event, IsPlayed: true })),
    ...happened.map((event) => ({ ...event, IsPlayed: false })),
  ];
  const input = history.find(({ EventType }) => EventType === eventType.executionStarted)?.Input;
  const data = {
    history,
    input: JSON.parse(input ?? 'null') as unknown,
    instanceId,
    isReplaying: past.length > 0,
    parentInstanceId: parentId,
    upperSchemaVersion: 1,
    upperSchemaVersionNew: 2,
    longRunningTimerIntervalDuration: timeSpan(limits.timerStepMs),
    maximumShortTimerDuration: timeSpan(limits.longestTimerMs),
    defaultHttpAsyncRequestSleepTimeMillseconds: 30_000,
  };
  try {
    const { response } = await invoker.invoke(definition, {
      reason: '(null)',
      details: `InstanceId: ${instanceId}`,
      input: { string: JSON.stringify(data) },
      triggerMetadata: { instanceId: { string: instanceId } },
    });
    return outcomeOfResult(response.returnValue?.json);
  } catch (error) {
    return outcomeOfError(error);
  }
}
