import { partsOf } from './entity-request.ts';
import type { EntityRequest } from './entity-request.ts';
import { eventAt, eventType, isoTime } from './history.ts';
import type { Happening, HistoryEvent } from './history.ts';
import { interpret } from './interpreter.ts';
import type { Interpretation, Limits } from './interpreter.ts';
import type { OrchestratorOutcome } from './orchestrator-outcome.ts';
import { OrchestrationFault } from './replay-check.ts';
import type { Task } from './task.ts';

/** Says why a function cannot be called, if it cannot. */
export type Missing = (kind: 'activity' | 'subOrchestration' | 'entity', name: string) => string | undefined;

export interface TurnContext {
  name: string;
  instanceId: string;
  executionId: string;
  /** The whole history of this generation, with this turn's start and messages. */
  history: readonly HistoryEvent[];
  missing: Missing;
  /** For sub-orchestrations that do not name one. */
  defaultVersion: string;
  limits: Limits;
  now: number;
}

/** A sub-orchestration to start; `input` is JSON text. */
export interface Child {
  taskId: number;
  instanceId: string;
  name: string;
  version: string;
  input: string | undefined;
}

/** Everything that a turn changes. JSON texts unless said otherwise. */
export interface TurnResult {
  /** To be added to the history. */
  events: HistoryEvent[];
  activities: { taskId: number; name: string; input: string | undefined }[];
  /** `at` in ms. */
  timers: { taskId: number; at: number; event: Happening }[];
  cancelledTimers: number[];
  children: Child[];
  operations: { entityId: string; request: EntityRequest }[];
  /** `undefined` leaves it as it was. */
  customStatus: string | undefined;
  end?:
    | { status: 'Completed' | 'Failed'; output: string }
    | { status: 'ContinuedAsNew'; input: string | undefined; events: HistoryEvent[] };
}

const toJson = (value: unknown): string | undefined =>
  value === undefined || value === null ? undefined : JSON.stringify(value);

function requestOf(task: Extract<Task, { kind: 'entity' }>, { instanceId, executionId }: TurnContext): EntityRequest {
  const { operation: op, signal } = task;
  const parent = { parent: instanceId, parentExecution: executionId };
  return { id: `${executionId}:${task.id}`, op, signal, input: toJson(task.input), ...(!signal && parent) };
}

const childOf = (task: Extract<Task, { kind: 'subOrchestration' }>, context: TurnContext): Child => ({
  taskId: task.id,
  instanceId: task.instanceId ?? `${context.executionId}:${task.id}`,
  name: task.name,
  version: task.version ?? context.defaultVersion,
  input: toJson(task.input),
});

const firing = ({ id, fireAt }: Extract<Task, { kind: 'timer' }>): TurnResult['timers'][number] => ({
  taskId: id,
  at: fireAt,
  event: { EventType: eventType.timerFired, TimerId: id, FireAt: isoTime(fireAt) },
});

function scheduledEvent(task: Task, context: TurnContext): Happening {
  switch (task.kind) {
    case 'activity':
      return { EventType: eventType.taskScheduled, Name: task.name, Input: toJson(task.input) ?? null };
    case 'subOrchestration':
      return {
        EventType: eventType.subOrchestrationCreated,
        Name: task.name,
        Input: toJson(task.input) ?? null,
        InstanceId: childOf(task, context).instanceId,
      };
    case 'timer':
      return { EventType: eventType.timerCreated, FireAt: isoTime(task.fireAt) };
    case 'entity': {
      const Input = JSON.stringify(requestOf(task, context));
      return { EventType: eventType.eventSent, InstanceId: task.entityId, Name: 'op', Input };
    }
  }
}

function replay(outcome: OrchestratorOutcome, context: TurnContext): Interpretation {
  const failed = (text: string): OrchestrationFault =>
    new OrchestrationFault(`Orchestrator function '${context.name}' failed: ${text}`);
  if (!outcome.actions) throw failed(outcome.error ?? '');
  const interpretation = interpret(outcome.actions, context.history, context.limits);
  for (const task of interpretation.unscheduled) {
    if (task.kind === 'timer') continue;
    const fault = context.missing(task.kind, task.kind === 'entity' ? partsOf(task.entityId).name : task.name);
    if (fault !== undefined) throw failed(fault);
  }
  return interpretation;
}

function endOf(
  outcome: OrchestratorOutcome,
  { open, continueAsNew, unconsumed }: Interpretation,
  name: string,
): TurnResult['end'] {
  if (open > 0) return undefined;
  if (outcome.error !== undefined) {
    return { status: 'Failed', output: JSON.stringify(`Orchestrator function '${name}' failed: ${outcome.error}`) };
  }
  if (!outcome.isDone) return undefined;
  if (continueAsNew) return { status: 'ContinuedAsNew', input: toJson(continueAsNew.input), events: unconsumed };
  return { status: 'Completed', output: JSON.stringify(outcome.output ?? null) };
}

/** Decides what follows from one call of an orchestrator. An instance does not end before everything it started has ended. */
export function decideTurn(outcome: OrchestratorOutcome, context: TurnContext): TurnResult {
  const { now, name } = context;
  const customStatus = outcome.customStatus === undefined ? undefined : JSON.stringify(outcome.customStatus);
  let interpretation: Interpretation;
  try {
    interpretation = replay(outcome, context);
  } catch (error) {
    if (!(error instanceof OrchestrationFault)) throw error;
    return {
      activities: [],
      timers: [],
      cancelledTimers: [],
      children: [],
      operations: [],
      customStatus,
      events: [eventAt(now, { EventType: eventType.orchestratorCompleted })],
      end: { status: 'Failed', output: JSON.stringify(error.message) },
    };
  }
  const { tasks, unscheduled } = interpretation;
  const end = endOf(outcome, interpretation, name);
  return {
    events: [
      ...unscheduled.map((task) => eventAt(now, scheduledEvent(task, context), task.id)),
      eventAt(now, { EventType: eventType.orchestratorCompleted }),
    ],
    activities: unscheduled.flatMap((task) =>
      task.kind === 'activity' ? [{ taskId: task.id, name: task.name, input: toJson(task.input) }] : [],
    ),
    timers: unscheduled.flatMap((task) => (task.kind === 'timer' && !task.cancelled ? [firing(task)] : [])),
    cancelledTimers: tasks.flatMap((task) => (task.kind === 'timer' && task.cancelled ? [task.id] : [])),
    children: unscheduled.flatMap((task) => (task.kind === 'subOrchestration' ? [childOf(task, context)] : [])),
    operations: unscheduled.flatMap((task) =>
      task.kind === 'entity' ? [{ entityId: task.entityId, request: requestOf(task, context) }] : [],
    ),
    customStatus,
    ...(end && { end }),
  };
}
