import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import type { HostedFunction } from '../function-check.ts';
import { hasKey } from '../http/keys.ts';
import type { Invoker } from '../invoker.ts';
import type { LogLevel, TypedData } from '../library.ts';
import type { Log } from '../log.ts';
import { clientBinding } from './client-binding.ts';
import type { ClientAddresses } from './client-binding.ts';
import { openDatabase } from './database.ts';
import { createExecution } from './execution.ts';
import { createHttpApi } from './http-api.ts';
import { createInbox } from './inbox.ts';
import { createInstances } from './instances.ts';
import { knownFunctions } from './known-functions.ts';
import { createLeases } from './leases.ts';
import { createOwner, isDead } from './owner.ts';
import { startRpcServer } from './rpc-server.ts';
import { startRunner } from './runner.ts';
import type { DurableSettings } from './settings.ts';
import { createWork } from './work.ts';

export interface DurableOptions {
  /** Enabled ones of the app. */
  functions: HostedFunction[];
  settings: DurableSettings;
  /** A path, or `:memory:`. */
  file: string;
  /** `127.0.0.1:PORT` of the host. */
  authority: string;
  key: string;
  invoker: Invoker;
  log: Log;
  clock: Clock;
}

export interface Durable {
  /** The data of a `durableClient` input. */
  clientInput: TypedData;
  /** Serves what is below `durablePath`. */
  webhook: (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;
  /** Takes no more turns and activities; resolves when the running ones have ended. */
  stop(): Promise<void>;
  close(): void;
}

export const durablePath = '/runtime/webhooks/durabletask/';
const leaseMs = 10_000;
const pollMs = 200;

/** The Durable Task backend: keeps orchestrations in a file, runs what is due, and serves the clients. */
export async function startDurable(options: DurableOptions): Promise<Durable> {
  const { settings, file, authority, key, invoker, log, clock } = options;
  const functions = knownFunctions(options.functions);
  const say = (level: LogLevel, message: string): void => {
    log({ level, category: 'Host.Triggers.DurableTask', message });
  };
  const database = openDatabase(file, settings.hubName);
  const inbox = createInbox(database);
  const owner = createOwner();
  const work = createWork(database, inbox, owner, leaseMs);

  const rpcServer = await startRpcServer(
    (...call) => api(...call),
    (text) => say('error', text),
  );
  const addresses: ClientAddresses = {
    hubName: settings.hubName,
    webhook: `http://${authority}${durablePath.slice(0, -1)}`,
    rpc: rpcServer.address,
    key,
  };
  const runner = startRunner({
    ...createExecution({
      functions,
      settings,
      work,
      invoker,
      clock,
      say: (instanceId, text) => say('information', `${instanceId}: ${text}`),
    }),
    work,
    leases: createLeases(database, owner, leaseMs),
    clock,
    isDead,
    maxConcurrentTurns: settings.maxConcurrentTurns,
    maxConcurrentActivities: settings.maxConcurrentActivities,
    pollMs: file === ':memory:' ? undefined : pollMs,
  });
  const api = createHttpApi({
    addresses,
    instances: createInstances(database, inbox),
    defaultVersion: settings.defaultVersion,
    missing: functions.missing,
    now: () => clock.now(),
    wake: () => runner.wake(),
  });

  return {
    clientInput: { string: JSON.stringify(clientBinding(addresses)) },
    webhook: async (request, response, url) => {
      if (hasKey(request, url, key)) await api(request, response, url, url.pathname.slice(durablePath.length));
      else response.writeHead(401).end();
    },
    stop: () => runner.stop(),
    close: () => {
      rpcServer.close();
      database.close();
    },
  };
}
