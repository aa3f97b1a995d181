import { describe, expect, it } from 'vitest';
import { eventType } from '../../../../local/functions-host/durable/history.ts';
import type { HistoryEvent } from '../../../../local/functions-host/durable/history.ts';
import { interpret } from '../../../../local/functions-host/durable/interpreter.ts';
import { actionType } from '../../../../local/functions-host/durable/orchestrator-outcome.ts';
import type { Action, RetryPolicy } from '../../../../local/functions-host/durable/orchestrator-outcome.ts';

const hour = 3_600_000;
const start = Date.parse('2026-03-01T00:00:00Z');
const limits = { longestTimerMs: 10 * hour, timerStepMs: 4 * hour };

const at = (hours: number): string => new Date(start + hours * hour).toISOString();
const activity = (functionName: string): Action => ({ actionType: actionType.callActivity, functionName, input: 1 });
const retrying = (retryOptions: RetryPolicy): Action => ({
  actionType: actionType.callActivityWithRetry,
  functionName: 'a',
  retryOptions,
});
const timer = (hours: number, isCanceled = false): Action => ({
  actionType: actionType.createTimer,
  fireAt: at(hours),
  isCanceled,
});
const wait = (externalEventName: string): Action => ({
  actionType: actionType.waitForExternalEvent,
  externalEventName,
});
const any = (...compoundActions: Action[]): Action => ({ actionType: actionType.whenAny, compoundActions });
const all = (...compoundActions: Action[]): Action => ({ actionType: actionType.whenAll, compoundActions });

const event = (EventType: number, fields: Partial<HistoryEvent> = {}, hours = 0): HistoryEvent => ({
  EventType,
  EventId: -1,
  Timestamp: at(hours),
  ...fields,
});
const turn = (hours = 0) => event(eventType.orchestratorStarted, {}, hours);
const begun = [turn(), event(eventType.executionStarted)];
const done = (TaskScheduledId: number) => event(eventType.taskCompleted, { TaskScheduledId });
const failed = (TaskScheduledId: number) => event(eventType.taskFailed, { TaskScheduledId });
const fired = (TimerId: number) => event(eventType.timerFired, { TimerId });
const raised = (Name: string, Input = 'null') => event(eventType.eventRaised, { Name, Input });
const scheduled = (EventId: number, Name: string) => event(eventType.taskScheduled, { EventId, Name });

/** `0 a, 1 timer 3h` */
const told = (actions: Action[], ...history: HistoryEvent[]): string =>
  interpret(actions, [...begun, ...history], limits)
    .tasks.map((task) => {
      if (task.kind === 'entity') return `${task.id} ${task.entityId} ${task.operation}`;
      if (task.kind !== 'timer') return `${task.id} ${task.name}`;
      return `${task.id} timer ${(task.fireAt - start) / hour}h${task.cancelled ? ' cancelled' : ''}`;
    })
    .join(', ');
const openOf = (actions: Action[], ...history: HistoryEvent[]): number =>
  interpret(actions, [...begun, ...history], limits).open;

describe('tasks', () => {
  it('are numbered left to right; events take no number', () => {
    expect(told([all(activity('a'), any(wait('e'), activity('b')), timer(1)), activity('c')])).toBe(
      '0 a, 1 b, 2 timer 1h',
    );
  });

  it('begin when the one before has ended', () => {
    const actions = [activity('a'), activity('b'), activity('c')];
    expect(told(actions)).toBe('0 a');
    expect(told(actions, done(0))).toBe('0 a, 1 b');
    expect(told(actions, done(0), failed(1))).toBe('0 a, 1 b, 2 c');
  });

  it('are not begun before the execution has started', () => {
    expect(interpret([activity('a')], [turn(), raised('e')], limits).tasks).toEqual([]);
  });

  it('of a race: it goes on with the first that ends, the others stay open', () => {
    const actions = [any(activity('a'), timer(1)), activity('b')];
    expect(told(actions, fired(1))).toBe('0 a, 1 timer 1h, 2 b');
    expect(openOf(actions, fired(1), done(2))).toBe(1);
  });

  it('of a fan-in: it goes on with the last that ends, or the first that fails', () => {
    const actions = [all(activity('a'), activity('b')), activity('c')];
    expect(told(actions, done(1))).toBe('0 a, 1 b');
    expect(told(actions, done(1), done(0))).toBe('0 a, 1 b, 2 c');
    expect(told(actions, failed(1))).toBe('0 a, 1 b, 2 c');
    expect(openOf(actions, failed(1))).toBe(2);
  });

  it('that have been scheduled already are not scheduled again', () => {
    const { unscheduled } = interpret([all(activity('a'), activity('b'))], [...begun, scheduled(0, 'a')], limits);
    expect(unscheduled.map(({ id }) => id)).toEqual([1]);
  });
});

describe('a retry', () => {
  const twice = { firstRetryIntervalInMilliseconds: hour, maxNumberOfAttempts: 2 };
  const patient = { ...twice, maxNumberOfAttempts: 5, backoffCoefficient: 3, maxRetryIntervalInMilliseconds: 4 * hour };

  it('numbers attempts and pauses as they come; after the last attempt it pauses for no time', () => {
    const actions = [retrying(twice), activity('b')];
    expect(told(actions, failed(0))).toBe('0 a, 1 timer 1h');
    expect(told(actions, failed(0), fired(1), failed(2))).toBe('0 a, 1 timer 1h, 2 a, 3 timer 0h');
    expect(told(actions, failed(0), fired(1), failed(2), fired(3))).toBe('0 a, 1 timer 1h, 2 a, 3 timer 0h, 4 b');
  });

  it('pauses longer each time, up to the limit', () => {
    const failures = [failed(0), fired(1), failed(2), fired(3), failed(4)];
    expect(told([retrying(patient)], ...failures)).toBe('0 a, 1 timer 1h, 2 a, 3 timer 3h, 4 a, 5 timer 4h');
  });

  it('takes its numbers before the code that follows', () => {
    const actions = [any(retrying(twice), wait('e')), activity('b')];
    expect(told(actions, failed(0), raised('e'))).toBe('0 a, 1 timer 1h, 2 b');
    expect(told(actions, raised('e'), failed(0))).toBe('0 a, 1 b, 2 timer 1h');
  });
});

describe('a timer', () => {
  it('that is cancelled is decided, but keeps nothing open', () => {
    expect(told([any(timer(3, true), wait('e'))])).toBe('0 timer 3h cancelled');
    expect(openOf([any(timer(3, true), wait('e'))])).toBe(0);
    expect(openOf([any(timer(3), wait('e'))])).toBe(1);
  });

  it('that is too long is waited for in steps', () => {
    const steps = [turn(4), fired(0), turn(8), fired(1)];
    expect(told([timer(17)])).toBe('0 timer 4h');
    expect(told([timer(17)], ...steps)).toBe('0 timer 4h, 1 timer 8h, 2 timer 17h');
    expect(openOf([timer(17)], ...steps, turn(17), fired(2))).toBe(0);
  });

  it('of the longest length is one', () => {
    expect(told([timer(10)])).toBe('0 timer 10h');
  });
});

describe('an event', () => {
  it('goes to the wait that came last', () => {
    const actions = [any(wait('e'), timer(1)), any(wait('e'), timer(2)), activity('a')];
    expect(told(actions, fired(0), raised('e'))).toContain('2 a');
  });

  it('that nobody else waits for is swallowed by a wait that lost its race', () => {
    const actions = [any(wait('e'), timer(1)), activity('a'), wait('e'), activity('b')];
    expect(told(actions, fired(0), raised('e'), done(1))).toBe('0 timer 1h, 1 a');
    expect(told(actions, fired(0), raised('e'), raised('e'), done(1))).toBe('0 timer 1h, 1 a, 2 b');
  });

  it('that came early is taken at once, the oldest first', () => {
    expect(told([activity('a'), wait('e'), activity('b')], raised('e'), done(0))).toBe('0 a, 1 b');
  });

  it('is compared exactly', () => {
    expect(told([wait('e'), activity('a')], raised('E'))).toBe('');
  });
});

describe('continueAsNew', () => {
  it('carries on what nobody took, in the order of arrival', () => {
    const actions = [wait('a'), { actionType: actionType.continueAsNew, input: { round: 2 } }];
    const { continueAsNew, unconsumed } = interpret(
      actions,
      [...begun, raised('b'), raised('a'), raised('c'), raised('a')],
      limits,
    );
    expect(continueAsNew).toEqual({ input: { round: 2 } });
    expect(unconsumed.map(({ Name }) => Name)).toEqual(['b', 'c', 'a']);
  });

  it('carries on the newer of two that came early', () => {
    const actions = [activity('x'), wait('a'), { actionType: actionType.continueAsNew }];
    const { unconsumed } = interpret(actions, [...begun, raised('a', '1'), raised('a', '2'), done(0)], limits);
    expect(unconsumed.map(({ Input }) => Input)).toEqual(['2']);
  });
});

describe('an orchestrator that', () => {
  it.each([
    ['calls another function', [activity('b')], [scheduled(0, 'a')]],
    ['does another thing', [timer(1)], [scheduled(0, 'a')]],
    ['does less', [activity('a')], [scheduled(0, 'a'), done(0), scheduled(1, 'b')]],
    ['does the same in another order', [activity('b'), activity('a')], [scheduled(0, 'a')]],
  ])('%s than before is caught', (_, actions, history) => {
    expect(() => told(actions, ...history)).toThrow('Non-Deterministic workflow detected');
  });

  it.each([
    [{ actionType: actionType.callHttp }, 'callHttp'],
    [{ actionType: actionType.lockEntities }, 'lock'],
    [{ actionType: 99 }, '99'],
    [
      retrying({ firstRetryIntervalInMilliseconds: 1, maxNumberOfAttempts: 2, retryTimeoutInMilliseconds: 1 }),
      'retryTimeoutInMilliseconds',
    ],
  ])('asks for what is not served is told so: %j', (action, text) => {
    expect(() => told([action])).toThrow(text);
  });
});
