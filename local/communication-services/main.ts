import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startCommunicationServices } from './communication-services.ts';
import { ScenarioError } from './scenario.ts';

const help = `Stands in for Azure Communication Services (SMS, email) and Event Grid's push of its events.

  npm run communication-services -- [options]

  --port N            port on 127.0.0.1 (default 8090, 0: any free one)
  --scenario FILE     JSON file that says how the provider behaves
  --event-grid URL    where delivery reports go; may be given several times
  --help              this text
`;

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

function readOptions() {
  try {
    return parseArgs({
      options: {
        port: { type: 'string', default: '8090' },
        scenario: { type: 'string' },
        'event-grid': { type: 'string', multiple: true, default: [] },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    return fail(`${(error as Error).message}\n\n${help}`);
  }
}

function readScenario(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown;
  } catch (error) {
    return fail(`The scenario file ${file} cannot be used: ${(error as Error).message}`);
  }
}

const options = readOptions();
if (options.help) {
  console.log(help);
  process.exit(0);
}
const port = Number(options.port);
if (!Number.isInteger(port) || port < 0 || port > 65_535) fail(`--port must be a number from 0 to 65535.`);
for (const url of options['event-grid']) if (!URL.canParse(url)) fail(`--event-grid must be a URL.`);

try {
  const services = await startCommunicationServices({
    port,
    scenario: options.scenario === undefined ? {} : readScenario(options.scenario),
    eventGridEndpoints: options['event-grid'],
  });
  console.log(
    `Communication services at ${services.endpoint} (outbox page there; connection string: ${services.connectionString})`,
  );
  process.send?.({ ready: { endpoint: services.endpoint, connectionString: services.connectionString } });
  const stop = () => void services.close().then(() => process.exit(0));
  process.once('SIGINT', stop).once('SIGTERM', stop).once('disconnect', stop);
} catch (error) {
  if (error instanceof ScenarioError) fail(error.message);
  if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE')
    fail(`Port ${port} is in use: choose another with --port.`);
  throw error;
}
