import { afterAll, beforeAll, expect, it } from 'vitest';
import { startInProcess } from './in-process.ts';
import type { InProcess } from './in-process.ts';

const day = 86_400_000;
const reminders: unknown[] = [];
let backend: InProcess;

beforeAll(async () => {
  backend = await startInProcess(
    {
      *remind(context) {
        const at = context.df.currentUtcDateTime.getTime() + context.df.getInput<number>() * day;
        yield context.df.createTimer(new Date(at));
        yield context.df.callActivity('remind-by-mail', context.df.currentUtcDateTime.toISOString());
      },
      *forgetful(context) {
        const timeout = context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + day));
        yield context.df.Task.any([timeout, context.df.waitForExternalEvent('answer')]);
        return 'done';
      },
    },
    { 'remind-by-mail': (text: unknown) => reminders.push(text) },
  );
});
afterAll(() => backend.stop());

it('fires a timer at its time, days later', async () => {
  const id = await backend.startNew('remind', 4);
  await backend.advance(4 * day - 1);
  expect(await backend.status(id)).toMatchObject({ runtimeStatus: 'Running' });
  await backend.advance(1);
  expect(await backend.status(id)).toMatchObject({ runtimeStatus: 'Completed' });
  expect(reminders.splice(0)).toEqual(['2026-03-05T00:00:00.000Z']);
});

it('waits in steps for a timer that is further away than the longest one', async () => {
  const id = await backend.startNew('remind', 40);
  await backend.advance(41 * day);
  const { runtimeStatus, historyEvents } = await backend.status(id);
  expect(runtimeStatus).toBe('Completed');
  expect(reminders).toEqual(['2026-04-14T00:00:00.000Z']);
  expect(historyEvents.filter(({ EventType }) => EventType === 'TimerFired')).toHaveLength(13);
});

it('does not end before a timer that its code forgot to cancel', async () => {
  const id = await backend.startNew('forgetful');
  await backend.raiseEvent(id, 'answer', 1);
  await backend.advance(day - 1);
  expect(await backend.status(id)).toMatchObject({ runtimeStatus: 'Running', output: null });
  await backend.advance(1);
  expect(await backend.status(id)).toMatchObject({ runtimeStatus: 'Completed', output: 'done' });
});

it('does nothing while it is suspended, and goes on where it was', async () => {
  reminders.length = 0;
  const id = await backend.startNew('remind', 1);
  await backend.suspend(id);
  await backend.advance(2 * day);
  expect(await backend.status(id)).toMatchObject({ runtimeStatus: 'Suspended' });
  expect(reminders).toEqual([]);
  await backend.resume(id);
  expect(await backend.status(id)).toMatchObject({ runtimeStatus: 'Completed' });
  expect(reminders).toHaveLength(1);
});
