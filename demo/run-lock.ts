import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { StartError } from './child.ts';

/**
 * One run at a time in a folder. What an earlier run left there, ended or killed, is cleared away; logs of the last run
 * stay until the next one starts.
 * @throws StartError while a run is in progress
 */
export function takeRunLock(folder: string): { release: () => void } {
  const file = join(folder, 'run.json');
  const pid = existsSync(file) ? runningPid(readFileSync(file, 'utf8')) : undefined;
  if (pid !== undefined)
    throw new StartError(
      `A demonstration is already running (process ${pid}). Stop it with Ctrl-C where it was started; if there is none, delete ${file}.`,
    );
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, JSON.stringify({ pid: process.pid, started: new Date().toISOString() }));
  return { release: () => rmSync(file, { force: true }) };
}

/** The process of that run if it may still be there; a process id says nothing after a restart of the machine. */
function runningPid(text: string): number | undefined {
  const { pid, started } = readRun(text);
  if (pid === undefined || started < Date.now() - uptime() * 1_000) return undefined;
  try {
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? pid : undefined;
  }
}

function readRun(text: string): { pid?: number; started: number } {
  try {
    const { pid, started } = JSON.parse(text) as { pid?: unknown; started?: unknown };
    if (typeof pid === 'number' && typeof started === 'string') return { pid, started: Date.parse(started) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return { started: 0 };
}
