import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../shared/remind.ts';
import { waitForReminders } from '../../shared/reminder-orchestration.ts';
import type { Waiting } from '../../shared/reminders.ts';
import first from './histories/reminders-1.json' with { type: 'json' };

/** What the steps of one version did in the laptop cloud, tables away for some of it: `TaskFailed` and a pause each time. */
const HISTORIES: Record<string, { status: string; input: Waiting; history: readonly HistoryEvent[] }> = first;

type HistoryEvent = {
  EventType: number;
  EventId: number;
  Name?: string;
  Input?: string | null;
  FireAt?: string;
  TaskScheduledId?: number;
  TimerId?: number;
  Result?: string;
};

const [ACTIVITY, DONE, FAILED, TIMER, FIRED] = [4, 5, 6, 10, 11];

type Task = { at: Date } | { activity: string; input: unknown };

/** What came of a task that an instance waits for; undefined while nothing has. */
const answerTo = (history: readonly HistoryEvent[], id: number): HistoryEvent | undefined =>
  history.find(
    ({ EventType, TaskScheduledId, TimerId }) =>
      ([DONE, FAILED].includes(EventType) && TaskScheduledId === id) || (EventType === FIRED && TimerId === id),
  );

/**
 * Goes through the steps as they are now and compares each with what was scheduled then.
 * @returns how it ended; undefined while it waits
 */
function replay(input: Waiting, history: readonly HistoryEvent[]): Verdict | 'done' | undefined {
  const scheduled = history.filter(({ EventType }) => EventType === ACTIVITY || EventType === TIMER);
  let next = 0;
  const steps = waitForReminders<Task, undefined>(
    {
      df: {
        getInput: () => structuredClone(input),
        createTimer: (at) => ({ at }),
        callActivityWithRetry: (activity, _retry, asked) => ({ activity, input: asked }),
      },
    },
    undefined,
  );
  let step = steps.next('planned');
  while (!step.done) {
    const then = scheduled[next];
    if (!then) return undefined;
    next += 1;
    expect(taskOf(then)).toEqual(step.value);
    const answer = answerTo(history, then.EventId);
    if (!answer) break;
    // A retry is a pause and the same task again.
    if (answer.EventType === FAILED) next += 1;
    else step = steps.next(answer.EventType === DONE ? (JSON.parse(answer.Result!) as Verdict) : 'planned');
  }
  expect(scheduled.slice(next)).toEqual([]);
  return step.done ? step.value : undefined;
}

const taskOf = ({ EventType, Name, Input, FireAt }: HistoryEvent): Task =>
  EventType === TIMER ? { at: new Date(FireAt!) } : { activity: Name!, input: JSON.parse(Input!) as unknown };

describe('instances of version 1 that wait while a newer app is deployed', () => {
  it.each(Object.entries(HISTORIES))('go on with the same steps: %s', (_, { status, input, history }) => {
    expect(replay(input, history)).toBe(status === 'Completed' ? 'done' : undefined);
  });

  it.each(Object.entries(HISTORIES))('do so from wherever they wait: %s', (_, { input, history }) => {
    // A turn is written as a whole: it ends with its `OrchestratorCompleted`.
    const turns = history.flatMap(({ EventType }, index) => (EventType === 13 ? [history.slice(0, index + 1)] : []));
    const earlier = turns.slice(0, -1).map((part) => replay(input, part));
    expect(earlier).toEqual(earlier.map(() => undefined));
  });
});
