import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fixture, startFunctionsHost } from '../running-host.ts';
import type { RunningHost } from '../running-host.ts';

export interface Status {
  name: string;
  instanceId: string;
  runtimeStatus: string;
  input: unknown;
  output: unknown;
  customStatus: unknown;
}

/** Calls a method of the app's durable client; an error of the client is thrown. */
export type Client = (method: string, ...args: unknown[]) => Promise<unknown>;

/** One durable file, and hosts that run the fixture app on it. */
export interface DurableApp {
  folder: string;
  /** Creates an empty file in the folder. */
  touch(name: string): void;
  /** Starts one more host on the durable file. */
  start(environment?: Record<string, string>): Promise<RunningHost>;
  /** What activities wrote down so far. */
  effects(): unknown[];
  /** Ends all hosts and removes the file. */
  end(): Promise<void>;
}

export function createDurableApp(app = 'durable'): DurableApp {
  const folder = mkdtempSync(join(tmpdir(), 'durable-'));
  const effects = join(folder, 'effects');
  writeFileSync(effects, '');
  const hosts: RunningHost[] = [];
  return {
    folder,
    touch: (name) => writeFileSync(join(folder, name), ''),
    start: async (environment = {}) => {
      const host = await startFunctionsHost(fixture(app), {
        args: ['--durable', join(folder, 'hub.db')],
        environment: { EFFECTS: effects, ...environment },
      });
      hosts.push(host);
      return host;
    },
    effects: () =>
      readFileSync(effects, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as unknown),
    end: async () => {
      await Promise.all(hosts.map((host) => host.kill()));
      rmSync(folder, { recursive: true });
    },
  };
}

export const clientOf =
  ({ address }: Pick<RunningHost, 'address'>): Client =>
  async (method, ...args) => {
    const response = await fetch(`${address}/api/client/${method}`, { method: 'POST', body: JSON.stringify(args) });
    const { result, error } = (await response.json()) as { result?: unknown; error?: string };
    if (error !== undefined) throw new Error(error);
    return result;
  };

/** Polls the status until it is as wanted. */
export async function statusOf(
  client: Client,
  instanceId: unknown,
  wanted: (status: Status) => boolean = ({ runtimeStatus }) =>
    ['Completed', 'Failed', 'Terminated'].includes(runtimeStatus),
): Promise<Status> {
  const end = Date.now() + 15_000;
  for (;;) {
    const status = (await client('getStatus', instanceId)) as Status;
    if (wanted(status)) return status;
    if (Date.now() > end) throw new Error(`Waited in vain: ${JSON.stringify(status)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Starts an orchestration and waits for its end. */
export async function run(client: Client, name: string, input?: unknown): Promise<Status> {
  return statusOf(client, await client('startNew', name, { input }));
}
