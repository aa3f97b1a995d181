import { parseArgs } from 'node:util';
import { startTelemetryReceiver } from './telemetry.ts';

const help = `Takes metrics and traces by OTLP over HTTP (JSON) and shows them.

  npm run telemetry -- [options]

  --port N    port on 127.0.0.1 (default 4318, 0: any free one)
  --help      this text

Set OTEL_EXPORTER_OTLP_ENDPOINT of a program to http://127.0.0.1:4318. Open that address for a page, /metrics and /traces there for JSON.
`;

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

function readOptions() {
  try {
    return parseArgs({
      options: { port: { type: 'string', default: '4318' }, help: { type: 'boolean', default: false } },
    }).values;
  } catch (error) {
    return fail(`${(error as Error).message}\n\n${help}`);
  }
}

const options = readOptions();
if (options.help) {
  console.log(help);
  process.exit(0);
}
const port = Number(options.port);
if (!/^\d+$/.test(options.port) || port > 65_535) fail('--port must be a number from 0 to 65535.');

try {
  const receiver = await startTelemetryReceiver({ port });
  console.log(`Telemetry receiver at ${receiver.endpoint}`);
  process.send?.({ ready: { endpoint: receiver.endpoint } });
  const stop = () => void receiver.close().then(() => process.exit(0));
  process.once('SIGINT', stop).once('SIGTERM', stop).once('disconnect', stop);
} catch (error) {
  if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE')
    fail(`Port ${port} is in use: choose another with --port.`);
  throw error;
}
