import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../clock.ts';
import type { HostedFunction } from '../function-check.ts';
import { hasKey } from '../http/keys.ts';
import { errorText } from '../invoker.ts';
import type { Invoker } from '../invoker.ts';
import type { TypedData } from '../library.ts';
import type { Log } from '../log.ts';
import { callActivity } from './activity-call.ts';
import { callEntity } from './entity-call.ts';
import { isEntityId, partsOf } from './entity-request.ts';
import type { EntityRequest } from './entity-request.ts';
import { clientBinding } from './client-binding.ts';
import { openDatabase } from './database.ts';
import { eventAt, eventType } from './history.ts';
import { createHttpApi } from './http-api.ts';
import { createInbox } from './inbox.ts';
import { createInstances } from './instances.ts';
import { callOrchestrator } from './orchestrator-call.ts';
import { brokenOff } from './orchestrator-outcome.ts';
import { createOwner, isDead } from './owner.ts';
import { startRunner } from './runner.ts';
import type { DurableSettings } from './settings.ts';
import { decideTurn } from './turn.ts';
import type { Missing } from './turn.ts';
import type { ClaimedActivity, ClaimedTurn } from './work.ts';
import { createWork } from './work.ts';

export interface DurableOptions {
  /** Enabled ones. */
  orchestrators: HostedFunction[];
  activities: HostedFunction[];
  entities: HostedFunction[];
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
const rpcPath = '/durabletask/';
const leaseMs = 10_000;
const pollMs = 200;

function byName(functions: HostedFunction[]): Map<string, HostedFunction> {
  return new Map(functions.map((definition) => [definition.name.toLowerCase(), definition]));
}

const missingText = (kind: string, name: string, known: HostedFunction[]): string =>
  `The function '${name}' doesn't exist, is disabled, or is not an ${kind} function. Additional info: ` +
  (known.length === 0
    ? `No ${kind} functions are currently registered!`
    : `The following are the known ${kind} functions: '${known.map((each) => each.name).join("', '")}'.`);

/** The Durable Task backend: keeps orchestrations in a file, runs what is due, and serves the clients. */
export async function startDurable(options: DurableOptions): Promise<Durable> {
  const { settings, file, authority, key, invoker, log, clock } = options;
  const { hubName, defaultVersion, limits } = settings;
  const orchestrators = byName(options.orchestrators);
  const activities = byName(options.activities);
  const entities = byName(options.entities);
  const missing: Missing = (kind, name) => {
    const known = { activity: options.activities, subOrchestration: options.orchestrators, entity: options.entities }[
      kind
    ];
    if (known.some((each) => each.name.toLowerCase() === name.toLowerCase())) return undefined;
    return missingText(kind === 'subOrchestration' ? 'orchestrator' : kind, name, known);
  };
  const database = openDatabase(file, hubName);
  const inbox = createInbox(database);
  const work = createWork(database, inbox, createOwner(), leaseMs);
  const say = (instanceId: string, text: string): void => {
    log({ level: 'information', category: 'Host.Triggers.DurableTask', message: `${instanceId}: ${text}` });
  };

  const runTurn = async (turn: ClaimedTurn): Promise<void> => {
    const { instanceId, executionId, name, parentId, history: past } = turn;
    const startedAt = clock.now();
    const happened = [
      eventAt(startedAt, { EventType: eventType.orchestratorStarted }),
      ...turn.messages.map(({ event }) => eventAt(startedAt, event)),
    ];
    const definition = orchestrators.get(name.toLowerCase());
    const outcome = definition
      ? await callOrchestrator(definition, { instanceId, parentId, past, happened, limits }, invoker)
      : brokenOff(missing('subOrchestration', name) ?? '');
    const now = clock.now();
    const history = [...past, ...happened];
    const result = decideTurn(outcome, {
      name,
      instanceId,
      executionId,
      history,
      missing,
      defaultVersion,
      limits,
      now,
    });
    if (!work.commitTurn(turn, happened, result, now)) {
      say(
        instanceId,
        `Function '${name} (Orchestrator)' ran for nothing: the instance was ended or taken over meanwhile.`,
      );
    } else if (result.end) say(instanceId, `Function '${name} (Orchestrator)' ${result.end.status.toLowerCase()}.`);
  };

  const runEntity = async (turn: ClaimedTurn): Promise<void> => {
    const { instanceId, input: state, messages } = turn;
    const requests = messages.map(({ event }) => JSON.parse(event.Input ?? '') as EntityRequest);
    const definition = entities.get(partsOf(instanceId).name);
    const outcome = definition
      ? await callEntity(definition, instanceId, state, requests, invoker)
      : {
          state,
          answers: requests.map(() => ({ isError: true, result: JSON.stringify(missing('entity', turn.name)) })),
          signals: [],
        };
    work.commitEntity(turn, requests, outcome, clock.now());
  };

  const runActivity = async (activity: ClaimedActivity): Promise<void> => {
    const definition = activities.get(activity.name.toLowerCase());
    const event = definition
      ? await callActivity(definition, activity, invoker)
      : {
          EventType: eventType.taskFailed,
          TaskScheduledId: activity.taskId,
          Reason: missing('activity', activity.name) ?? '',
          Details: '',
        };
    if (!work.completeActivity(activity, event, clock.now())) {
      say(activity.instanceId, `the result of activity '${activity.name}' came too late and is dropped.`);
    }
  };

  const rpcServer = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    api(request, response, url, url.pathname.slice(rpcPath.length)).catch((error: unknown) => {
      log({
        level: 'error',
        category: 'Host.Triggers.DurableTask',
        message: `A call was not served: ${errorText(error)}`,
      });
      response.writeHead(500).end();
    });
  });
  rpcServer.listen(0, '127.0.0.1');
  await once(rpcServer, 'listening');
  const addresses = {
    hubName,
    webhook: `http://${authority}${durablePath.slice(0, -1)}`,
    rpc: `http://127.0.0.1:${(rpcServer.address() as AddressInfo).port}${rpcPath}`,
    key,
  };
  const runner = startRunner({
    work,
    runTurn: (turn) => (isEntityId(turn.instanceId) ? runEntity(turn) : runTurn(turn)),
    runActivity,
    clock,
    isDead,
    maxConcurrentTurns: settings.maxConcurrentTurns,
    maxConcurrentActivities: settings.maxConcurrentActivities,
    pollMs: file === ':memory:' ? undefined : pollMs,
  });
  const api = createHttpApi({
    addresses,
    defaultVersion,
    instances: createInstances(database, inbox),
    missing,
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
      rpcServer.closeAllConnections();
      database.close();
    },
  };
}
