import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { ConfigError, parseConfig } from './config.ts';
import type { NamespaceConfig } from './config.ts';
import { startServiceBus } from './service-bus.ts';
import { StoreError } from './store.ts';

const help = `A Service Bus namespace on this machine, for the official SDKs.

  npm run service-bus -- --config Config.json --data DIR [--port 5672] [--health-port 5300] [--key local]

  --config FILE        entities, in the format of the official emulator's Config.json
  --data DIR           where messages are kept; without it they are gone when this process ends
  --port N             AMQP port (default 5672, 0 takes a free one)
  --health-port N      HTTP port of /health and /entities (default 5300, 0 takes a free one)
  --key TEXT           the SharedAccessKey that clients must use (default local; any key name is taken)
`;

function fail(line: string): never {
  console.error(`service-bus: ${line}`);
  process.exit(1);
}

function readFlags() {
  try {
    const { values } = parseArgs({
      options: {
        config: { type: 'string' },
        data: { type: 'string' },
        port: { type: 'string', default: '5672' },
        'health-port': { type: 'string', default: '5300' },
        key: { type: 'string', default: 'local' },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    return fail(`${(error as Error).message} See --help.`);
  }
}

function portOf(text: string, flag: string): number {
  const port = Number(text);
  return Number.isInteger(port) && port >= 0 && port < 65_536
    ? port
    : fail(`--${flag} ${text} is no port: 0 to 65535.`);
}

function loadConfig(file: string): NamespaceConfig {
  try {
    return parseConfig(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof ConfigError) return fail(`${file} is wrong:\n  ${error.message.replaceAll('\n', '\n  ')}`);
    return fail(`cannot read --config ${file}: ${(error as Error).message}`);
  }
}

function explain(error: NodeJS.ErrnoException & { port?: number }): string {
  if (error.code === 'EADDRINUSE')
    return `port ${error.port} is in use: stop what listens there, or choose another with --port or --health-port (0 takes a free one).`;
  if (error instanceof StoreError)
    return `${error.message}. If another service-bus runs on this directory, stop it or give another --data.`;
  return error.message;
}

const flags = readFlags();
if (flags.help) {
  console.log(help);
  process.exit(0);
}
if (flags.config === undefined) fail('--config FILE is missing. See --help.');
const config = loadConfig(flags.config);
for (const warning of config.warnings) console.error(`service-bus: warning: ${warning}`);

const serviceBus = await startServiceBus({
  config,
  dataDirectory: flags.data,
  port: portOf(flags.port, 'port'),
  healthPort: portOf(flags['health-port'], 'health-port'),
  key: flags.key,
  log: (line) => console.error(`service-bus: ${line}`),
}).catch((error: Error) => fail(explain(error)));

const kept = flags.data === undefined ? 'in memory' : `in ${flags.data}`;
console.log(
  `Service Bus listens on ${serviceBus.address}, health on ${serviceBus.healthAddress}/health, messages ${kept}.`,
);
process.send?.({ ready: { amqp: serviceBus.address, health: serviceBus.healthAddress } });

// A broker that cannot write any more must not go on answering.
process.on('uncaughtException', (error) => fail(error instanceof StoreError ? error.message : String(error.stack)));

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    void serviceBus.close().then(() => process.exit(0));
  });
