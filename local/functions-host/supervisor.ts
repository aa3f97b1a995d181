import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { ConfigurationError } from './configuration-error.ts';
import type { HostOptions } from './host.ts';
import { afterDeath } from './restart-delay.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

export interface SupervisorOptions extends Omit<HostOptions, 'authority'> {
  /** 0 takes a free one. */
  port: number;
  say: (line: string) => void;
  /** Called each time a worker is ready. */
  onReady: (ready: { address: string; workerPid: number; functions: string[] }) => void;
}

export interface Supervisor {
  address: string;
  /** Drains the worker and frees the port; a second call ends the worker at once. */
  stop(): Promise<void>;
  /** Resolves when the host has stopped; rejects when the app cannot be started. */
  ended: Promise<void>;
}

const workerFile = fileURLToPath(new URL('worker.ts', import.meta.url));

/**
 * Keeps the port, and a worker process that runs the app: one that dies is followed by another. Connections are accepted here and handed to
 * the worker, so none is refused between two workers.
 */
export async function startSupervisor(options: SupervisorOptions): Promise<Supervisor> {
  const { port, say, onReady, ...hostOptions } = options;
  let worker: ChildProcess | undefined;
  let workerReady = false;
  let stopping = false;
  let waiting: Socket[] = [];
  const underway = new Set<Socket>();
  let deaths = { quick: 0, delayMs: 0 };
  let restart: NodeJS.Timeout | undefined;
  const { promise: ended, resolve: end, reject: fail } = Promise.withResolvers<void>();

  const tell = (message: ToWorker, socket?: Socket): Promise<boolean> =>
    new Promise((resolve) => {
      // Without keepOpen Node closes its copy of the socket on an answer that a dead worker does not give, and the caller hangs.
      if (!worker?.connected) resolve(false);
      else worker.send(message, socket, { keepOpen: true }, (error) => resolve(!error));
    });
  const handOver = async (socket: Socket): Promise<void> => {
    if (!workerReady) {
      waiting.push(socket);
      return;
    }
    underway.add(socket);
    const sent = await tell({ connection: true }, socket);
    if (!underway.delete(socket)) return;
    if (sent) socket.destroy();
    else waiting.push(socket);
  };

  const server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    void handOver(socket);
  });
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    const inUse = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    throw new ConfigurationError(
      inUse
        ? `Port ${port} is in use: give another one with --port.`
        : `Cannot listen on port ${port}: ${String(error)}`,
      { cause: error },
    );
  }
  const authority = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const address = `http://${authority}`;

  const shutDown = (): void => {
    clearTimeout(restart);
    server.close();
    for (const socket of waiting) socket.destroy();
  };

  const startWorker = (): void => {
    let readyAt: number | undefined;
    let configurationError: string | undefined;
    const child = fork(workerFile, { cwd: hostOptions.appFolder, execArgv: process.execArgv });
    worker = child;
    child.on('message', (message: FromWorker) => {
      if ('configurationError' in message) {
        ({ configurationError } = message);
        return;
      }
      workerReady = true;
      readyAt = performance.now();
      const sockets = waiting;
      waiting = [];
      for (const socket of sockets) void handOver(socket);
      onReady({ address, workerPid: child.pid ?? 0, functions: message.started.functions });
    });
    child.on('error', (error) => {
      if (child.pid === undefined) fail(new ConfigurationError(`No worker can be started: ${error.message}`));
      else say(`The worker process: ${error.message}`);
    });
    child.on('exit', (code, signal) => {
      workerReady = false;
      worker = undefined;
      // Node forgets what it had not sent yet.
      waiting.push(...underway);
      underway.clear();
      if (stopping) {
        if (code === 0) end();
        else
          fail(new ConfigurationError(`The worker ended with ${signal ?? `exit code ${code}`} while it was stopping.`));
        return;
      }
      if (configurationError !== undefined) {
        shutDown();
        fail(new ConfigurationError(configurationError));
        return;
      }
      deaths = afterDeath(deaths, readyAt === undefined ? 0 : performance.now() - readyAt);
      const how = signal ?? `exit code ${code}`;
      const again =
        deaths.delayMs === 0
          ? 'starting it again'
          : `its death number ${deaths.quick} in a row, starting it again in ${deaths.delayMs} ms`;
      say(`The worker ended unexpectedly (${how}): ${again}.`);
      restart = setTimeout(startWorker, deaths.delayMs);
    });
    void tell({ start: { ...hostOptions, authority } });
  };
  startWorker();

  return {
    address,
    ended,
    stop: async () => {
      if (stopping) worker?.kill('SIGKILL');
      else {
        stopping = true;
        shutDown();
        if (worker) void tell({ drain: true });
        else end();
      }
      await ended;
    },
  };
}
