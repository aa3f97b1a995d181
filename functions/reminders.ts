import df from 'durable-functions';
import { remind } from '../shared/remind.ts';
import { REMIND, REMINDERS, waitForReminders } from '../shared/reminder-orchestration.ts';
import type { DueReminder } from '../shared/reminders.ts';
import { reminding } from '../shared/wiring.ts';

/** While our storage is away: every two minutes at last, for months. */
const RETRY = new df.RetryOptions(5_000, 100_000);
RETRY.backoffCoefficient = 2;
RETRY.maxRetryIntervalInMilliseconds = 120_000;

df.app.orchestration(REMINDERS, function* (context) {
  return yield* waitForReminders(context, RETRY);
});

df.app.activity(REMIND, {
  handler: (due: DueReminder, context) => remind(due, reminding(context)),
});
