import type { Clock } from '../clock.ts';
import type { Invoker } from '../invoker.ts';
import { callActivity } from './activity-call.ts';
import { callEntity } from './entity-call.ts';
import { isEntityId, partsOf } from './entity-request.ts';
import type { EntityRequest } from './entity-request.ts';
import { eventAt, eventType } from './history.ts';
import type { KnownFunctions } from './known-functions.ts';
import { callOrchestrator } from './orchestrator-call.ts';
import { brokenOff } from './orchestrator-outcome.ts';
import type { RunnerOptions } from './runner.ts';
import type { DurableSettings } from './settings.ts';
import { decideTurn } from './turn.ts';
import type { ClaimedActivity, ClaimedTurn, Work } from './work.ts';

export interface ExecutionOptions {
  functions: KnownFunctions;
  settings: Pick<DurableSettings, 'defaultVersion' | 'limits'>;
  work: Work;
  invoker: Invoker;
  clock: Clock;
  say: (instanceId: string, text: string) => void;
}

/** Runs what was taken from the file, and writes down how it ended. */
export function createExecution(options: ExecutionOptions): Pick<RunnerOptions, 'runTurn' | 'runActivity'> {
  const { functions, work, invoker, clock, say } = options;
  const { defaultVersion, limits } = options.settings;

  const runTurn = async (turn: ClaimedTurn): Promise<void> => {
    const { instanceId, executionId, name, parentId, history: past } = turn;
    const startedAt = clock.now();
    const happened = [
      eventAt(startedAt, { EventType: eventType.orchestratorStarted }),
      ...turn.messages.map(({ event }) => eventAt(startedAt, event)),
    ];
    const definition = functions.orchestrator(name);
    const outcome = definition
      ? await callOrchestrator(definition, { instanceId, parentId, past, happened, limits }, invoker)
      : brokenOff(functions.missing('subOrchestration', name) ?? '');
    const now = clock.now();
    const history = [...past, ...happened];
    const result = decideTurn(outcome, {
      name,
      instanceId,
      executionId,
      history,
      missing: functions.missing,
      defaultVersion,
      limits,
      now,
    });
    if (!work.commitTurn(turn, happened, result, now)) {
      say(
        instanceId,
        `Function '${name} (Orchestrator)' ran for nothing: the instance was ended or taken over meanwhile.`,
      );
    } else if (result.end) say(instanceId, `Function '${name} (Orchestrator)' ${result.end.status.toLowerCase()}.`);
  };

  const runEntity = async (turn: ClaimedTurn): Promise<void> => {
    const { instanceId, input: state, messages } = turn;
    const requests = messages.map(({ event }) => JSON.parse(event.Input ?? '') as EntityRequest);
    const definition = functions.entity(partsOf(instanceId).name);
    const outcome = definition
      ? await callEntity(definition, instanceId, state, requests, invoker)
      : {
          state,
          answers: requests.map(() => ({
            isError: true,
            result: JSON.stringify(functions.missing('entity', turn.name)),
          })),
          signals: [],
        };
    work.commitEntity(turn, requests, outcome, clock.now());
  };

  const runActivity = async (activity: ClaimedActivity): Promise<void> => {
    const definition = functions.activity(activity.name);
    const event = definition
      ? await callActivity(definition, activity, invoker)
      : {
          EventType: eventType.taskFailed,
          TaskScheduledId: activity.taskId,
          Reason: functions.missing('activity', activity.name) ?? '',
          Details: '',
        };
    if (!work.completeActivity(activity, event, clock.now())) {
      say(activity.instanceId, `the result of activity '${activity.name}' came too late and is dropped.`);
    }
  };

  return { runTurn: (turn) => (isEntityId(turn.instanceId) ? runEntity(turn) : runTurn(turn)), runActivity };
}
