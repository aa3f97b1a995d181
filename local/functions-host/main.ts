import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigurationError } from './configuration-error.ts';
import { startSupervisor } from './supervisor.ts';

const help = `Runs a built Azure Functions app (Node.js, v4 model) on this machine.

  npm run functions-host -- --app DIR [--port N]

  --app DIR          folder with host.json and package.json of the built app
  --port N           port on 127.0.0.1 (default 7071; 0 takes a free one)
  --system-key KEY   key for ?code= of the Event Grid webhook and of /admin, and for HTTP functions with keys (default local)
  --enforce-keys     ask HTTP functions of level "function" and "admin" for the key, as Azure does
  --durable FILE     where orchestrations are kept (default DIR/.durable/<task hub>.db; "memory" forgets them); hosts may share a file
  --log-format F     text (default) or json: one object per line
  --help             this text

Settings come from local.settings.json in DIR; environment variables beat it. AzureFunctionsJobHost__a__b=… beats a.b of host.json.`;

function readOptions() {
  const { values } = parseArgs({
    options: {
      app: { type: 'string' },
      port: { type: 'string', default: '7071' },
      'system-key': { type: 'string', default: 'local' },
      'enforce-keys': { type: 'boolean', default: false },
      durable: { type: 'string' },
      'log-format': { type: 'string', default: 'text' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const port = Number(values.port);
  const logFormat = values['log-format'];
  if (values.app === undefined)
    throw new ConfigurationError('Name the folder of the built app with --app DIR (see --help).');
  if (!existsSync(join(values.app, 'host.json'))) {
    throw new ConfigurationError(
      `${resolve(values.app)} holds no host.json: name the folder of a built app with --app DIR.`,
    );
  }
  if (!/^\d+$/.test(values.port) || port > 65_535)
    throw new ConfigurationError('--port must be a number from 0 to 65535.');
  if (values['system-key'] === '') throw new ConfigurationError('--system-key must not be empty.');
  if (logFormat !== 'text' && logFormat !== 'json') throw new ConfigurationError('--log-format is text or json.');
  return {
    appFolder: resolve(values.app),
    port,
    systemKey: values['system-key'],
    enforceKeys: values['enforce-keys'],
    logFormat,
    durable: values.durable === undefined || values.durable === 'memory' ? values.durable : resolve(values.durable),
  } as const;
}

async function main(): Promise<void> {
  const options = readOptions();
  if (!options) {
    console.log(help);
    return;
  }
  const supervisor = await startSupervisor({
    ...options,
    say: (line) => {
      console.error(line);
    },
    onReady: ({ address, workerPid, functions }) => {
      console.log(`Functions host ready on ${address} (${functions.join(', ')})`);
      process.send?.({ ready: { address }, workerPid });
    },
  });
  let stoppingSince: number | undefined;
  const stop = (): void => {
    // npm passes on the Ctrl-C that the terminal has already sent.
    if (stoppingSince !== undefined && performance.now() - stoppingSince < 1000) return;
    if (stoppingSince === undefined) console.error('Stopping once the running invocations have ended; again: at once.');
    stoppingSince ??= performance.now();
    // How it ended is told by `ended` below.
    supervisor.stop().catch(() => undefined);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('disconnect', stop);
  await supervisor.ended;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
if (process.connected) process.disconnect();
