import { availableParallelism } from 'node:os';
import { createAdmin } from './admin.ts';
import { loadApp } from './app-folder.ts';
import { systemClock } from './clock.ts';
import type { Clock } from './clock.ts';
import { injectCoreModule } from './core-injection.ts';
import { durablePath, startDurable } from './durable/durable.ts';
import type { Durable } from './durable/durable.ts';
import { durableFile, durableSettings } from './durable/settings.ts';
import { createEventGridWebhook, eventGridInvocation, eventGridPath } from './event-grid.ts';
import { checkFunctions, isDurableClient } from './function-check.ts';
import type { HostedFunction, TriggerKind } from './function-check.ts';
import { readHostJson } from './host-json.ts';
import { createHttpTrigger, httpRoute } from './http/http-trigger.ts';
import { createHttpServer } from './http/server.ts';
import type { HttpServer } from './http/server.ts';
import { createInvoker, errorText } from './invoker.ts';
import { createLog } from './log.ts';
import type { LogFormat } from './log.ts';
import { createProblems } from './problems.ts';
import { createRegistry } from './registry.ts';
import { startServiceBusListener } from './service-bus/listener.ts';
import { serviceBusSettings, serviceBusTrigger } from './service-bus/trigger-settings.ts';
import { startTimerListener, timerTrigger } from './timer/timer-listener.ts';

/** What apps are told; nothing of it is checked here. */
const hostVersion = '4.1040.0.0';

export interface HostOptions {
  appFolder: string;
  /** Where the host is reached: `127.0.0.1:PORT`. */
  authority: string;
  systemKey: string;
  enforceKeys: boolean;
  logFormat: LogFormat;
  /** Where orchestrations are kept: a file, or `memory`; by default a file in the app's folder. */
  durable?: string | undefined;
}

export interface Host {
  server: HttpServer;
  functions: HostedFunction[];
  /** Takes nothing new, lets running invocations end, runs the appTerminate hooks. */
  stop(): Promise<void>;
}

/**
 * Loads the app of `appFolder` into this process and starts all its triggers. `process.env` must hold the app's settings and the current
 * folder must be the app's. A process can do this once: the library keeps the first host it meets.
 */
export async function startHost(options: HostOptions, clock: Clock = systemClock): Promise<Host> {
  const { appFolder, authority, systemKey } = options;
  const settings = process.env;
  const hostJson = readHostJson(appFolder, settings);
  const log = createLog(
    options.logFormat,
    hostJson.texts('logging.logLevel'),
    (line) => process.stdout.write(`${line}\n`),
    () => new Date(),
  );
  const registry = createRegistry(hostVersion, (level, category, message) => {
    log({ level, category: category === 'user' ? 'Host.App.User' : 'Host.App', message });
  });
  injectCoreModule(registry.coreModule);
  await loadApp(appFolder);
  const functions = checkFunctions(registry.functions(), settings);
  const enabled = functions.filter(({ disabled }) => !disabled);

  const serviceBus = serviceBusSettings(hostJson, availableParallelism());
  const routePrefix = hostJson.text('extensions.http.routePrefix', 'api');
  const ofKind = (wanted: TriggerKind): HostedFunction[] => enabled.filter(({ kind }) => kind === wanted);
  const problems = createProblems();
  const routes = problems.collect(ofKind('http'), (definition) => httpRoute(definition, routePrefix, settings));
  const timers = problems.collect(ofKind('timer'), (definition) => timerTrigger(definition, settings));
  const queues = problems.collect(ofKind('serviceBus'), (definition) =>
    serviceBusTrigger(definition, serviceBus, settings),
  );
  problems.throwIfAny();
  const durableTask = enabled.some(usesDurable)
    ? durableSettings(hostJson, settings, availableParallelism())
    : undefined;

  const appHookData = {};
  const lifecycleHookData = {};
  const runLifecycleHooks = async (name: 'appStart' | 'appTerminate'): Promise<void> => {
    for (const hook of registry.hooks(name)) {
      await hook({ hookData: lifecycleHookData, appHookData, functionAppDirectory: appFolder });
    }
  };
  await runLifecycleHooks('appStart');
  const capabilities = await registry.programmingModel().getCapabilities({});
  registry.lock();

  const startedAt = performance.now();
  let durable: Durable | undefined;
  const invoker = createInvoker(
    registry,
    appHookData,
    log,
    () => performance.now(),
    (binding) => (isDurableClient(binding) ? durable?.clientInput : undefined),
  );
  if (durableTask) {
    durable = await startDurable({
      functions: enabled,
      settings: durableTask,
      file: durableFile(options.durable, appFolder, durableTask.hubName),
      authority,
      key: systemKey,
      invoker,
      log,
      clock,
    });
  }
  const timerListeners = new Map(
    timers.map((trigger) => [trigger.definition.name, startTimerListener(trigger, invoker, clock, Math.random)]),
  );
  const queueListeners = queues.map((trigger) => startServiceBusListener(trigger, serviceBus, { invoker, log, clock }));

  let stopping = false;
  const invokeByHand = async (definition: HostedFunction, input: string | undefined): Promise<void> => {
    if (definition.kind === 'timer') return timerListeners.get(definition.name)?.fire();
    await invoker.invoke(definition, {
      reason: 'This function was programmatically called via the host APIs.',
      ...inputByHand(definition, input ?? ''),
    });
    return undefined;
  };
  const server = createHttpServer({
    authority,
    eventGridPath,
    durable: durable?.webhook,
    durablePath,
    log,
    stopping: () => stopping,
    eventGrid: createEventGridWebhook(ofKind('eventGrid'), invoker, systemKey, () => new Date()),
    httpTrigger: createHttpTrigger({
      routes,
      invoker,
      key: systemKey,
      enforceKeys: options.enforceKeys,
      streamUri: capabilities['HttpUri'],
    }),
    admin: createAdmin({
      functions,
      key: systemKey,
      hostId: 'local',
      hostVersion,
      state: () => (stopping ? 'Stopping' : 'Running'),
      invokeUrl: (definition) =>
        functionUrl(definition, authority, routes.find((one) => one.definition === definition)?.template),
      fire: (definition, input) => {
        // The invoker has logged a failure; nobody waits for the outcome.
        invokeByHand(definition, input).catch((error: unknown) => {
          log({ level: 'debug', category: 'Host.Admin', message: errorText(error), function: definition.name });
        });
      },
      uptimeMs: () => performance.now() - startedAt,
    }),
  });

  return {
    server,
    functions,
    stop: async () => {
      stopping = true;
      for (const listener of timerListeners.values()) listener.stop();
      await Promise.all([...queueListeners, ...(durable ? [durable] : [])].map((listener) => listener.stop()));
      await invoker.idle();
      await server.idle();
      durable?.close();
      await runLifecycleHooks('appTerminate');
    },
  };
}

const usesDurable = ({ kind, metadata }: HostedFunction): boolean =>
  ['orchestration', 'activity', 'entity'].includes(kind) || Object.values(metadata.bindings).some(isDurableClient);

function functionUrl({ name, kind }: HostedFunction, authority: string, template: string | undefined): string {
  if (kind === 'http') return `http://${authority}/${template ?? name}`;
  if (kind === 'eventGrid') return `http://${authority}/runtime/webhooks/EventGrid?functionName=${name}`;
  if (kind === 'orchestration') return `http://${authority}${durablePath}orchestrators/${name}`;
  if (kind === 'entity') return `http://${authority}${durablePath}entities/${name}`;
  return `http://${authority}/admin/functions/${name}`;
}

/** What a hand-fired function gets: the text as message body or event. */
function inputByHand(definition: HostedFunction, input: string) {
  if (definition.kind === 'eventGrid') {
    try {
      return eventGridInvocation(JSON.parse(input));
    } catch {
      // Not JSON: the handler sees the text.
      return { input: { string: input } };
    }
  }
  const { trigger } = definition;
  const binary = trigger['dataType'] === 'binary';
  if (trigger['cardinality'] === 'many') {
    return {
      input: binary ? { collectionBytes: { bytes: [Buffer.from(input)] } } : { collectionString: { string: [input] } },
    };
  }
  return { input: binary ? { bytes: Buffer.from(input) } : { string: input } };
}
