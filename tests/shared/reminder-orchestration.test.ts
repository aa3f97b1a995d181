import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../shared/remind.ts';
import { waitForReminders } from '../../shared/reminder-orchestration.ts';
import type { Waiting } from '../../shared/reminders.ts';

const WAITING: Waiting = {
  source: '/practice',
  subject: 'appointment:7',
  start: '2026-11-24T09:30:00.000Z',
  event: 'e-1',
  trace: 'f00d',
  late: ['3d@09:00'],
  due: [
    { offset: '1d@17:00', at: '2026-11-23T16:00:00.000Z' },
    { offset: '1h', at: '2026-11-24T08:30:00.000Z' },
  ],
};

/** Answers each activity in turn; what was yielded, in words, and how it ended. */
function run(verdicts: readonly Verdict[]) {
  const answers = [...verdicts];
  const yielded: string[] = [];
  const context = {
    df: {
      getInput: () => WAITING,
      createTimer: (at: Date) => `until ${at.toISOString()}`,
      callActivityWithRetry: (name: string, retry: string, input: unknown) =>
        `${name} ${retry} ${JSON.stringify(input)}`,
    },
  };
  const steps = waitForReminders(context, 'often');
  let step = steps.next('planned');
  while (!step.done) {
    yielded.push(step.value);
    step = steps.next(step.value.startsWith('until') ? 'planned' : answers.shift()!);
  }
  return { yielded, end: step.value };
}

const reminder = (offset: string, late: boolean) =>
  `remind often ${JSON.stringify({ source: '/practice', subject: 'appointment:7', start: WAITING.start, event: 'e-1', trace: 'f00d', offset, late })}`;

describe('the orchestration of one version of an appointment', () => {
  it('asks at once about what was late, then waits for each reminder and asks about it', () => {
    expect(run(['dropped', 'planned', 'planned'])).toEqual({
      yielded: [
        reminder('3d@09:00', true),
        'until 2026-11-23T16:00:00.000Z',
        reminder('1d@17:00', false),
        'until 2026-11-24T08:30:00.000Z',
        reminder('1h', false),
      ],
      end: 'done',
    });
  });

  it('goes on after a reminder that nobody wants any more', () => {
    expect(run(['dropped', 'dropped', 'planned']).end).toBe('done');
  });

  it('ends as soon as the appointment is moved or over', () => {
    expect(run(['superseded']).yielded).toHaveLength(1);
    expect(run(['dropped', 'superseded'])).toMatchObject({ end: 'superseded', yielded: { length: 3 } });
  });
});
