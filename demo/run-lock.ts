import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { StartError } from './child.ts';

export type RunLock = {
  /** Whom the next run has to wait for, should this one be killed. */
  noteChildren(pids: readonly number[]): void;
  release(): void;
};

const runSchema = z.object({ pid: z.int(), children: z.array(z.int()), started: z.iso.datetime() });
type Run = z.output<typeof runSchema>;

/** The children of a run that was killed end by themselves; the functions host finishes what it has begun. */
const PATIENCE = 15_000;

/**
 * One run at a time in a folder. What an earlier run left there, ended or killed, is cleared away, once its last child is
 * gone: one that still writes would write into the new run.
 * @throws StartError while a run is in progress
 */
export async function takeRunLock(folder: string): Promise<RunLock> {
  const file = join(folder, 'run.json');
  const earlier = existsSync(file) ? readRun(readFileSync(file, 'utf8')) : undefined;
  if (earlier && isThere(earlier.pid))
    throw new StartError(
      `A demonstration is already running (process ${earlier.pid}). Stop it with Ctrl-C where it was started; if there is none, delete ${file}.`,
    );
  await Promise.all((earlier?.children ?? []).map(untilGone));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });

  const run: Run = { pid: process.pid, children: [], started: new Date().toISOString() };
  const write = (children: readonly number[]): void => writeFileSync(file, JSON.stringify({ ...run, children }));
  write([]);
  return { noteChildren: write, release: () => rmSync(file, { force: true }) };
}

/** Undefined for half a file, and for a run from before this machine was started: its process ids say nothing. */
function readRun(text: string): Run | undefined {
  try {
    const run = runSchema.safeParse(JSON.parse(text));
    return run.success && Date.parse(run.data.started) > Date.now() - uptime() * 1_000 ? run.data : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Each child leads a group with whatever it has started itself. */
async function untilGone(child: number): Promise<void> {
  const group = process.platform === 'win32' ? child : -child;
  for (const end = Date.now() + PATIENCE; isThere(group) && Date.now() < end;) await wait(100);
  if (isThere(group)) process.kill(group, 'SIGKILL');
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
