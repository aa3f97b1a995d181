import type { EntityRequest } from './entity-request.ts';
import { eventType } from './history.ts';
import type { HistoryEvent } from './history.ts';
import { actionType } from './orchestrator-outcome.ts';
import type { Action, RetryPolicy } from './orchestrator-outcome.ts';
import { checkReplay, OrchestrationFault } from './replay-check.ts';
import { retryPauseMs } from './retry-pause.ts';
import { keepsOpen } from './task.ts';
import type { NewTask, Task } from './task.ts';

/** ms. A timer further away than `longestTimerMs` is waited for in steps. */
export interface Limits {
  longestTimerMs: number;
  timerStepMs: number;
}

export interface Interpretation {
  /** All since the start of this generation; the position is the id. */
  tasks: Task[];
  /** Those without a scheduled event in the history. */
  unscheduled: Task[];
  /** Activities, sub-orchestrations and timers (not cancelled ones; entities do not count) without a result: as long as there is one, the instance runs. */
  open: number;
  continueAsNew?: { input: unknown };
  /** Events that no wait has taken, in the order of their arrival. */
  unconsumed: HistoryEvent[];
}

type Settle = (succeeded: boolean) => void;

const entityTask = ({ actionType: type, instanceId = '', operation = '', input }: Action): NewTask => ({
  kind: 'entity',
  entityId: instanceId,
  operation,
  input,
  signal: type === actionType.signalEntity,
});

/**
 * Replays what an orchestrator asked for against its history and numbers its tasks exactly as the SDK does
 * (durable-functions `orchestrations/TaskOrchestrationExecutor.js`). Throws an OrchestrationFault when the two do not fit together, or when
 * something was asked for that this host does not serve.
 */
export function interpret(
  actions: readonly Action[],
  history: readonly HistoryEvent[],
  limits: Limits,
): Interpretation {
  const tasks: Task[] = [];
  const waitingForResult = new Map<number, Settle>();
  const waitingForEntity = new Map<string, Settle>();
  const waitingForEvent = new Map<string, Settle[]>();
  const early = new Map<string, HistoryEvent[]>();
  const scheduled = new Set<number>();
  let now = 0;
  let started = false;
  let taken = 0;
  let blocked = false;
  let continueAsNew: { input: unknown } | undefined;

  const schedule = (task: NewTask, settle: Settle): number => {
    const id = tasks.length;
    tasks.push({ id, ...task });
    waitingForResult.set(id, settle);
    return id;
  };

  const callWithRetry = (task: NewTask, policy: RetryPolicy | undefined, settle: Settle): void => {
    if (!policy) throw new OrchestrationFault('A call with retry has no retry options.');
    if (policy.retryTimeoutInMilliseconds !== undefined) {
      throw new OrchestrationFault(
        'retryTimeoutInMilliseconds is not served by this host (in Azure an orchestration can hang on it).',
      );
    }
    const attempt = (number: number): void => {
      schedule(task, (succeeded) => {
        if (succeeded) settle(true);
        else
          schedule({ kind: 'timer', fireAt: now + retryPauseMs(policy, number), cancelled: false }, () =>
            number < policy.maxNumberOfAttempts ? attempt(number + 1) : settle(false),
          );
      });
    };
    attempt(1);
  };

  const setTimer = (fireAt: number, cancelled: boolean, settle: Settle): void => {
    const long = fireAt - now > limits.longestTimerMs;
    const step = (): void => {
      const next = fireAt - now > limits.longestTimerMs ? now + limits.timerStepMs : fireAt;
      schedule({ kind: 'timer', fireAt: next, cancelled }, () => (long && fireAt > now ? step() : settle(true)));
    };
    step();
  };

  const waitForEvent = (name: string, settle: Settle): void => {
    const arrived = early.get(name)?.shift();
    if (arrived) settle(true);
    else waitingForEvent.set(name, [...(waitingForEvent.get(name) ?? []), settle]);
  };

  const begin = (action: Action, settle: Settle): void => {
    const { functionName: name = '', input, compoundActions: children = [] } = action;
    const { instanceId, version } = action;
    const child = {
      name,
      input,
      ...(instanceId !== undefined && { instanceId }),
      ...(version !== undefined && { version }),
    };
    switch (action.actionType) {
      case actionType.callActivity:
        schedule({ kind: 'activity', name, input }, settle);
        return;
      case actionType.callActivityWithRetry:
        callWithRetry({ kind: 'activity', name, input }, action.retryOptions, settle);
        return;
      case actionType.callSubOrchestrator:
        schedule({ kind: 'subOrchestration', ...child }, settle);
        return;
      case actionType.callSubOrchestratorWithRetry:
        callWithRetry({ kind: 'subOrchestration', ...child }, action.retryOptions, settle);
        return;
      case actionType.createTimer:
        setTimer(Date.parse(action.fireAt ?? ''), action.isCanceled === true, settle);
        return;
      case actionType.waitForExternalEvent:
        waitForEvent(action.externalEventName ?? '', settle);
        return;
      case actionType.whenAny: {
        let done = false;
        for (const each of children)
          begin(each, () => {
            if (!done) settle(true);
            done = true;
          });
        return;
      }
      case actionType.whenAll: {
        let missing = children.length;
        let failed = false;
        for (const each of children)
          begin(each, (succeeded) => {
            missing -= 1;
            if (!succeeded && !failed) settle(false);
            else if (missing === 0 && !failed) settle(true);
            failed ||= !succeeded;
          });
        return;
      }
      case actionType.callHttp:
        throw new OrchestrationFault(
          'context.df.callHttp is not served by this host: call the address from an activity.',
        );
      case actionType.callEntity:
        schedule(entityTask(action), settle);
        return;
      case actionType.lockEntities:
      case actionType.releaseEntities:
        throw new OrchestrationFault('context.df.lock is not served by this host.');
      default:
        throw new OrchestrationFault(`An action of type ${action.actionType} is not served by this host.`);
    }
  };

  /** Goes on where the orchestrator's code would, until it waits again. */
  const goOn = (): void => {
    if (!started) return;
    while (!blocked && !continueAsNew && taken < actions.length) {
      const action = actions[taken] as Action;
      taken += 1;
      if (action.actionType === actionType.continueAsNew) continueAsNew = { input: action.input };
      else if (action.actionType === actionType.signalEntity) schedule(entityTask(action), () => undefined);
      else {
        blocked = true;
        begin(action, () => {
          blocked = false;
        });
      }
    }
  };

  const settleTask = (id: number | undefined, succeeded: boolean): void => {
    const settle = waitingForResult.get(id ?? -1);
    waitingForResult.delete(id ?? -1);
    settle?.(succeeded);
  };

  for (const event of history) {
    switch (event.EventType) {
      case eventType.orchestratorStarted:
        now = Math.max(now, Date.parse(event.Timestamp));
        break;
      case eventType.executionStarted:
        started = true;
        break;
      case eventType.taskScheduled:
      case eventType.subOrchestrationCreated:
      case eventType.timerCreated:
        checkReplay(tasks[event.EventId], event);
        scheduled.add(event.EventId);
        break;
      case eventType.eventSent: {
        checkReplay(tasks[event.EventId], event);
        scheduled.add(event.EventId);
        // From now on the answer is known by the id of the request.
        const { id } = JSON.parse(event.Input ?? '') as EntityRequest;
        waitingForEntity.set(id, () => settleTask(event.EventId, true));
        break;
      }
      case eventType.taskCompleted:
      case eventType.subOrchestrationCompleted:
        settleTask(event.TaskScheduledId, true);
        break;
      case eventType.taskFailed:
      case eventType.subOrchestrationFailed:
        settleTask(event.TaskScheduledId, false);
        break;
      case eventType.timerFired:
        settleTask(event.TimerId, true);
        break;
      case eventType.eventRaised: {
        const name = event.Name ?? '';
        const settle = waitingForEntity.get(name) ?? waitingForEvent.get(name)?.pop();
        if (settle) settle(true);
        else early.set(name, [...(early.get(name) ?? []), event]);
        break;
      }
      default:
        break;
    }
    goOn();
  }

  const left = new Set([...early.values()].flat());
  return {
    tasks,
    unscheduled: tasks.filter(({ id }) => !scheduled.has(id)),
    open: tasks.filter((task) => waitingForResult.has(task.id) && keepsOpen(task)).length,
    ...(continueAsNew && { continueAsNew }),
    unconsumed: history.filter((event) => left.has(event)),
  };
}
