import type { ActivityHandler, OrchestrationHandler } from 'durable-functions';
import { startDurable } from '../../../../local/functions-host/durable/durable.ts';
import type { Limits } from '../../../../local/functions-host/durable/interpreter.ts';
import { createFakeClock } from '../fake-clock.ts';
import type { Status } from './durable-app.ts';
import { registerWithSdk } from './sdk.ts';

export interface InProcess {
  startNew(name: string, input?: unknown): Promise<string>;
  raiseEvent(id: string, name: string, data: unknown): Promise<void>;
  suspend(id: string): Promise<void>;
  resume(id: string): Promise<void>;
  status(id: string): Promise<Status & { historyEvents: { EventType: string }[] }>;
  /** Lets time pass, and everything happen that follows from it. */
  advance(ms: number): Promise<void>;
  now(): number;
  stop(): Promise<void>;
}

const day = 86_400_000;

/** The backend with the real SDK in this process, in memory, with a clock that stands still. */
export async function startInProcess(
  orchestrators: Record<string, OrchestrationHandler>,
  activities: Record<string, ActivityHandler> = {},
  limits: Limits = { longestTimerMs: 6 * day, timerStepMs: 3 * day },
): Promise<InProcess> {
  const { functions, invoker } = registerWithSdk(orchestrators, activities);
  const clock = createFakeClock(Date.parse('2026-03-01T00:00:00Z'));
  const durable = await startDurable({
    functions,
    settings: { hubName: 'test', defaultVersion: '', maxConcurrentTurns: 10, maxConcurrentActivities: 10, limits },
    file: ':memory:',
    authority: '127.0.0.1:1',
    key: 'k',
    invoker,
    log: () => undefined,
    clock,
  });
  const { rpcBaseUrl } = JSON.parse(durable.clientInput.string ?? '') as { rpcBaseUrl: string };
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' };
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const text = await (await fetch(rpcBaseUrl + path, init)).text();
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  };
  /** A turn or an activity that waits for nothing needs a few rounds of the event loop. */
  const settled = async (): Promise<void> => {
    for (let round = 0; round < 20; round += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    startNew: async (name, input) => {
      const { id } = (await call('POST', `orchestrators/${name}`, input)) as { id: string };
      await settled();
      return id;
    },
    raiseEvent: async (id, name, data) => {
      await call('POST', `instances/${id}/raiseEvent/${name}`, data);
      await settled();
    },
    suspend: async (id) => {
      await call('POST', `instances/${id}/suspend?reason=x`);
    },
    resume: async (id) => {
      await call('POST', `instances/${id}/resume?reason=x`);
      await settled();
    },
    status: async (id) =>
      (await call('GET', `instances/${id}?showHistory=true`)) as Awaited<ReturnType<InProcess['status']>>,
    advance: async (ms) => {
      const end = clock.now() + ms;
      do {
        await clock.advance(Math.min(end - clock.now(), 3_600_000));
        await settled();
      } while (clock.now() < end);
    },
    now: () => clock.now(),
    stop: async () => {
      await durable.stop();
      durable.close();
    },
  };
}
