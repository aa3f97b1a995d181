import type { DurableClient } from 'durable-functions';
import type { Reminders } from '../ports.ts';
import { REMINDERS } from '../reminder-orchestration.ts';

/** Orchestrations as what waits; the client is that of the invocation. */
export function remindersOn(client: DurableClient): Reminders {
  const exists = async (instance: string): Promise<boolean> => {
    try {
      await client.getStatus(instance);
      return true;
    } catch {
      // Whatever hinders the question hinders the start too, which is what is told.
      return false;
    }
  };
  return {
    async start(instance, waiting) {
      try {
        await client.startNew(REMINDERS, { instanceId: instance, input: waiting });
      } catch (error) {
        // One that waits already is refused, with a status that differs between versions of the extension.
        if (!(await exists(instance))) throw error;
      }
    },
    end: (instance) => client.terminate(instance, 'a newer version has come'),
    async forget(instance) {
      await client.purgeInstanceHistory(instance);
    },
  };
}
