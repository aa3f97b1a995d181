/**
 * Waits for each reminder of one version of an appointment. It decides nothing: at each instant an activity reads what
 * is newest about the appointment. Instances outlive deployments, so a change of its steps needs a new version of it:
 * `decisions/0020-reminders.md`.
 */
import type { Verdict } from './remind.ts';
import type { DueReminder, Waiting } from './reminders.ts';

export const REMINDERS = 'reminders';
export const REMIND = 'remind';

/** The part of an orchestration's context that is used; tasks are opaque. */
export type OrchestrationContext<Task, Retry> = {
  df: {
    getInput(): unknown;
    createTimer(at: Date): Task;
    callActivityWithRetry(name: string, retry: Retry, input: unknown): Task;
  };
};

/** @param retry of the activity, while our storage is away */
export function* waitForReminders<Task, Retry>(
  { df }: OrchestrationContext<Task, Retry>,
  retry: Retry,
): Generator<Task, Verdict | 'done', Verdict> {
  const { due, late, ...version } = df.getInput() as Waiting;
  const remind = (reminder: Pick<DueReminder, 'offset' | 'late'>): Task =>
    df.callActivityWithRetry(REMIND, retry, { ...version, ...reminder } satisfies DueReminder);
  for (const offset of late) if ((yield remind({ offset, late: true })) === 'superseded') return 'superseded';
  for (const { offset, at } of due) {
    yield df.createTimer(new Date(at));
    if ((yield remind({ offset, late: false })) === 'superseded') return 'superseded';
  }
  return 'done';
}
