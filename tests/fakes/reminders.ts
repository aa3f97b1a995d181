import type { Reminders } from '../../shared/ports.ts';
import type { Waiting } from '../../shared/reminders.ts';
import { type OnCall, callsOf } from './calls.ts';
import { copied } from './copied.ts';

/** `waiting` holds what was started and not ended, by its instance; nothing of it ever wakes. */
export function fakeReminders(onCall: OnCall): Reminders & { waiting: Map<string, Waiting>; ended: string[] } {
  const { call } = callsOf('reminders', onCall);
  const waiting = new Map<string, Waiting>();
  const ended: string[] = [];
  return {
    waiting,
    ended,
    start: (instance, input) =>
      call('start', () => {
        if (!waiting.has(instance)) waiting.set(instance, copied(input));
      }),
    end: (instance) =>
      call('end', () => {
        waiting.delete(instance);
        ended.push(instance);
      }),
    forget: (instance) => call('forget', () => void waiting.delete(instance)),
  };
}
