import { eventAt, eventType } from '../../../../local/functions-host/durable/history.ts';
import type { Happening, HistoryEvent } from '../../../../local/functions-host/durable/history.ts';
import type { Limits } from '../../../../local/functions-host/durable/interpreter.ts';
import { callOrchestrator } from '../../../../local/functions-host/durable/orchestrator-call.ts';
import type { Action } from '../../../../local/functions-host/durable/orchestrator-outcome.ts';
import { decideTurn } from '../../../../local/functions-host/durable/turn.ts';
import type { TurnResult } from '../../../../local/functions-host/durable/turn.ts';
import type { HostedFunction } from '../../../../local/functions-host/function-check.ts';
import type { Invoker } from '../../../../local/functions-host/invoker.ts';

export interface World {
  /** What an activity or an entity answers; of an activity, to throw is to fail. */
  activity(name: string, input: unknown): unknown;
  /** Events raised in this order, at any time. */
  events: { name: string; data: unknown }[];
  /** A number from 0 below `choices`. */
  pick(choices: number): number;
}

export interface Driven {
  history: HistoryEvent[];
  actions: Action[];
  end: NonNullable<TurnResult['end']>;
}

export const limits: Limits = { longestTimerMs: 36_000_000, timerStepMs: 14_400_000 };
export const driveContext = {
  name: 'it',
  instanceId: 'i',
  executionId: 'e',
  missing: () => undefined,
  defaultVersion: '',
  limits,
};

/** Runs one generation of an orchestrator of the real SDK turn by turn, without store and clock: `world` says what comes first. */
export async function drive(
  definition: HostedFunction,
  invoker: Invoker,
  input: unknown,
  world: World,
): Promise<Driven> {
  const history: HistoryEvent[] = [];
  let now = Date.parse('2026-03-01T00:00:00Z');
  let messages: Happening[] = [
    { EventType: eventType.executionStarted, Name: definition.name, Version: '', Input: JSON.stringify(input) },
  ];
  let running: Happening[] = [];
  let timers: { taskId: number; at: number; event: Happening }[] = [];
  const events = [...world.events];

  const answerOf = (taskId: number, name: string, given: string | undefined): Happening => {
    try {
      const result = world.activity(name, JSON.parse(given ?? 'null'));
      return { EventType: eventType.taskCompleted, TaskScheduledId: taskId, Result: JSON.stringify(result ?? null) };
    } catch (error) {
      const Reason = (error as Error).message;
      return { EventType: eventType.taskFailed, TaskScheduledId: taskId, Reason, Details: '' };
    }
  };
  const next = (): Happening => {
    timers.sort((a, b) => a.at - b.at);
    const choices = [...running, ...timers.slice(0, 1).map(({ event }) => event), ...events.slice(0, 1)];
    const chosen = choices[world.pick(choices.length)];
    if (chosen === undefined) throw new Error('The orchestration hangs.');
    if ('name' in chosen) {
      events.shift();
      return { EventType: eventType.eventRaised, Name: chosen.name, Input: JSON.stringify(chosen.data) };
    }
    if (running.includes(chosen)) running = running.filter((other) => other !== chosen);
    else now = Math.max(now, timers.shift()?.at ?? 0);
    return chosen;
  };

  for (let turn = 0; turn < 500; turn += 1) {
    const happened = [
      eventAt(now, { EventType: eventType.orchestratorStarted }),
      ...messages.map((message) => eventAt(now, message)),
    ];
    const call = { instanceId: 'i', parentId: undefined, past: history, happened, limits };
    const outcome = await callOrchestrator(definition, call, invoker);
    const result = decideTurn(outcome, { ...driveContext, history: [...history, ...happened], now });
    history.push(...happened, ...result.events);
    if (result.end) return { history, actions: outcome.actions ?? [], end: result.end };
    running.push(...result.activities.map(({ taskId, name, input: given }) => answerOf(taskId, name, given)));
    running.push(
      ...result.operations
        .filter(({ request }) => !request.signal)
        .map(({ request }) => ({
          EventType: eventType.eventRaised,
          Name: request.id,
          Input: JSON.stringify({
            result: JSON.stringify(world.activity(request.op, JSON.parse(request.input ?? 'null'))),
          }),
        })),
    );
    timers = [...timers, ...result.timers].filter(({ taskId }) => !result.cancelledTimers.includes(taskId));
    messages = [next()];
    while (world.pick(3) === 0 && running.length + timers.length + events.length > 0) messages.push(next());
  }
  throw new Error('The orchestration does not end.');
}
