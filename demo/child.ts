import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

export type ChildSpec = {
  /** As a person calls it, such as `functions host`. */
  title: string;
  script: string;
  arguments: readonly string[];
  environment?: Readonly<Record<string, string>>;
  folder: string;
  /** File that takes its output. */
  log: string;
  /** Asked again and again until it is true; a child without it says `{ready: …}` over IPC. */
  isReady?: () => Promise<boolean>;
  /** It ends by itself when this process is gone; any other child is made to. */
  watchesParent?: true;
  /** What asks it to end. */
  stopSignal?: NodeJS.Signals;
};

export type Child = {
  pid: number;
  /** Resolves with a line for people when it ends without having been asked to. */
  died: Promise<string>;
  /** Asks it to end, insists after ten seconds. */
  stop(): Promise<void>;
  /** Ends it at once and without warning, as a crash would. */
  crash(): Promise<void>;
};

/** One line that says what to do. */
export class StartError extends Error {
  override name = 'StartError';
}

const READY_WITHIN = 30_000;
const STOP_WITHIN = 10_000;
const LAST_LINES = 3;
const ENDS_WITH_PARENT = ['--import', new URL('./end-with-parent.ts', import.meta.url).href];

/** @throws StartError when it ends, or says nothing, before it is ready */
export async function startChild(spec: ChildSpec): Promise<Child> {
  const started = forkInto(spec);
  const { process: child, ended } = started;
  let expected = false;

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    expected = true;
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await Promise.race([ended, wait(STOP_WITHIN, undefined, { ref: false })]);
    killGroup(child);
    await ended;
  };

  const giveUp = new AbortController();
  try {
    const verdict = await Promise.race([
      spec.isReady ? until(spec.isReady, giveUp.signal) : readyMessage(child),
      ended.then((how): string => `The ${spec.title} ended (${how}) before it was ready`),
      wait(READY_WITHIN, `The ${spec.title} is not ready after ${READY_WITHIN / 1_000} seconds`, {
        signal: giveUp.signal,
      }),
    ]);
    if (verdict !== 'ready') {
      await end('SIGKILL');
      throw new StartError(`${verdict}${lastWords(started)}`);
    }
  } finally {
    giveUp.abort();
  }

  return {
    pid: child.pid!,
    died: ended.then((how) =>
      expected ? new Promise<never>(() => {}) : `The ${spec.title} ended (${how})${lastWords(started)}`,
    ),
    stop: () => end(spec.stopSignal ?? 'SIGTERM'),
    crash: () => end('SIGKILL'),
  };
}

function forkInto({ script, arguments: words, environment, folder, log, watchesParent }: ChildSpec) {
  mkdirSync(dirname(log), { recursive: true });
  const output = openSync(log, 'a');
  const child = fork(script, words, {
    cwd: folder,
    env: { ...process.env, ...environment },
    execArgv: watchesParent ? [] : ENDS_WITH_PARENT,
    // A group of its own: Ctrl-C in the terminal reaches the parent alone, which stops its children in order.
    detached: true,
    stdio: ['ignore', output, output, 'ipc'],
  });
  const from = fstatSync(output).size;
  closeSync(output);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  return { process: child, ended, log, from };
}

async function readyMessage(child: ChildProcess): Promise<'ready'> {
  return new Promise((resolve) => {
    child.on('message', (message) => {
      if (typeof message === 'object' && message !== null && 'ready' in message) resolve('ready');
    });
  });
}

async function until(condition: () => Promise<boolean>, signal: AbortSignal): Promise<'ready'> {
  while (!signal.aborted && !(await condition())) await wait(50);
  return 'ready';
}

/** What it may have started itself goes with it. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || process.platform === 'win32') return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** What it wrote last, of what it wrote since it was started. */
function lastWords({ log, from }: { log: string; from: number }): string {
  const lines = readFileSync(log).subarray(from).toString().trim().split('\n').slice(-LAST_LINES);
  const said = lines
    .map((line) => line.trim().slice(0, 300))
    .join(' | ')
    .replace(/\.$/, '');
  return `${said ? `: ${said}` : ', without a word'}. Its log: ${relative(process.cwd(), log)}`;
}
