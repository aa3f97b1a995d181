import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { namespaceConfig } from './namespace.ts';

export interface BrokerProcess {
  readonly connectionString: string;
  readonly healthAddress: string;
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
}

export interface BrokerDirectory {
  readonly path: string;
  readonly dataDirectory: string;
  readonly configFile: string;
  /** Starts the command on a port of its own, or on `port`. */
  start(port?: number): Promise<BrokerProcess>;
  /** Runs the command until it ends by itself. */
  run(flags: readonly string[]): Promise<{ code: number | null; output: string }>;
  remove(): Promise<void>;
}

const main = join(import.meta.dirname, '../../../local/service-bus/main.ts');

/** A data directory and the brokers that run on it, each a process of its own. */
export async function createBrokerDirectory(entities: {
  Queues?: unknown[];
  Topics?: unknown[];
}): Promise<BrokerDirectory> {
  const path = await mkdtemp(join(tmpdir(), 'service-bus-'));
  const [dataDirectory, configFile] = [join(path, 'data'), join(path, 'Config.json')];
  await writeFile(configFile, `// entities of a test\n${JSON.stringify(namespaceConfig(entities))}`);
  const children = new Set<ChildProcess>();

  function launch(flags: readonly string[]): ChildProcess {
    const child = fork(main, flags, { silent: true, execArgv: [] });
    children.add(child);
    child.on('exit', () => children.delete(child));
    return child;
  }

  return {
    path,
    dataDirectory,
    configFile,
    async start(port = 0) {
      const child = launch([
        '--config',
        configFile,
        '--data',
        dataDirectory,
        '--port',
        String(port),
        '--health-port',
        '0',
      ]);
      const [message] = (await once(child, 'message')) as [{ ready: { amqp: string; health: string } }];
      const { amqp, health } = message.ready;
      return {
        connectionString: `Endpoint=${amqp};SharedAccessKeyName=test;SharedAccessKey=local;UseDevelopmentEmulator=true`,
        healthAddress: health,
        kill: () => stop(child, 'SIGKILL'),
      };
    },
    async run(flags) {
      const child = launch(flags);
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
      const [code] = (await once(child, 'close')) as [number | null];
      return { code, output };
    },
    async remove() {
      await Promise.all([...children].map((child) => stop(child, 'SIGKILL')));
      await rm(path, { recursive: true, force: true });
    },
  };
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}
