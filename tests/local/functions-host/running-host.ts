import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

interface LogLine {
  level: string;
  category: string;
  message: string;
  function?: string;
  invocationId?: string;
}

export interface RunningHost {
  address: string;
  /** Process ids of the workers so far, the newest last. */
  workerPids: number[];
  supervisorPid: number;
  /** JSON log lines so far. */
  lines: LogLine[];
  /** What was printed apart from them. */
  output: string[];
  /** What the fixture functions were handed, by function: the lines that they log as `{"seen": …}`. */
  seen(functionName: string): Seen[];
  /** SIGTERM; resolves to the exit code. */
  stop(): Promise<number | null>;
  kill(): Promise<void>;
}

export interface Seen {
  seen: string;
  body?: unknown;
  bodies?: unknown[];
  metadata?: Record<string, unknown>;
  [field: string]: unknown;
}

const mainFile = fileURLToPath(new URL('../../../local/functions-host/main.ts', import.meta.url));
export const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

/** Polls until the value is there. */
export async function until<T>(what: string, look: () => T | undefined | false, deadlineMs = 15_000): Promise<T> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`Waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export interface StartOptions {
  args?: string[];
  environment?: Record<string, string>;
}

function launch(appFolder: string, { args = [], environment = {} }: StartOptions) {
  const child = fork(mainFile, ['--app', appFolder, '--port', '0', '--log-format', 'json', ...args], {
    execPath: process.execPath,
    execArgv: [],
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const lines: LogLine[] = [];
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      const parts = (rest + chunk).split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) {
        if (part.startsWith('{"time"')) lines.push(JSON.parse(part) as LogLine);
        else output.push(part);
      }
    });
  }
  return { child, lines, output };
}

/** Starts the host as a process of its own on a free port and waits until it is ready. */
export async function startFunctionsHost(appFolder: string, options: StartOptions = {}): Promise<RunningHost> {
  const { child, lines, output } = launch(appFolder, options);
  const workerPids: number[] = [];
  let address: string | undefined;
  child.on('message', (message: { ready: { address: string }; workerPid: number }) => {
    ({ address } = message.ready);
    workerPids.push(message.workerPid);
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  await until('the host to be ready', () => {
    if (child.exitCode !== null) throw new Error(`The host ended: ${output.join('\n')}`);
    return address;
  });
  return {
    address: address ?? '',
    workerPids,
    supervisorPid: child.pid ?? 0,
    lines,
    output,
    seen: (functionName) =>
      lines.flatMap(({ message }) => {
        if (!message.startsWith('{"seen"')) return [];
        const seen = JSON.parse(message) as Seen;
        return seen.seen === functionName ? [seen] : [];
      }),
    stop: async () => {
      child.kill('SIGTERM');
      const [code] = await exited;
      return code;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Starts a host that must not become ready; resolves to its exit code and what it printed. */
export async function failingStart(
  appFolder: string,
  options: StartOptions = {},
): Promise<{ code: number | null; text: string }> {
  const { child, output } = launch(appFolder, options);
  child.on('message', () => child.kill('SIGKILL'));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, text: output.join('\n') };
}
