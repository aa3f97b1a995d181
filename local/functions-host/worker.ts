import type { Socket } from 'node:net';
import { readAppSettings } from './app-settings.ts';
import { ConfigurationError } from './configuration-error.ts';
import { startHost } from './host.ts';
import type { Host, HostOptions } from './host.ts';
import { errorText } from './invoker.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

const tell = (message: FromWorker): void => {
  process.send?.(message);
};

/** The environment that the real host gives to an app: its settings, and what says that it runs locally. */
function prepareEnvironment({ appFolder, authority }: HostOptions): void {
  process.chdir(appFolder);
  Object.assign(process.env, {
    AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
    ...readAppSettings(appFolder, process.env),
    FUNCTIONS_WORKER_RUNTIME: 'node',
    WEBSITE_HOSTNAME: authority,
  });
}

let host: Host | undefined;

async function start(options: HostOptions): Promise<void> {
  try {
    prepareEnvironment(options);
    host = await startHost(options);
  } catch (error) {
    if (error instanceof ConfigurationError) tell({ configurationError: error.message });
    else
      tell({ configurationError: `The app does not start: ${error instanceof Error ? error.stack : String(error)}` });
    process.disconnect();
    process.exitCode = 1;
    return;
  }
  tell({
    started: {
      functions: host.functions.map(({ name, kind, disabled }) => `${name}: ${kind}${disabled ? ' (disabled)' : ''}`),
    },
  });
}

async function drain(): Promise<void> {
  await host?.stop();
  process.exit(0);
}

process.on('message', (message: ToWorker, socket?: Socket) => {
  if ('start' in message) void start(message.start);
  else if ('drain' in message) {
    drain().catch((error: unknown) => {
      console.error(`The app did not stop cleanly: ${errorText(error)}`);
      process.exit(1);
    });
  } else if (socket && host) {
    host.server.serve(socket);
  }
});
// Without its supervisor a worker has no port and nobody to answer to.
process.on('disconnect', () => process.exit(process.exitCode ?? 1));
// Ctrl-C reaches the whole group; the supervisor says when to stop.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.on('uncaughtException', (error) => {
  console.error(`The app threw outside of an invocation, the worker ends: ${error.stack ?? error.message}`);
  process.exit(1);
});
