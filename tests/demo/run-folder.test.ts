import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lendLocalSettings } from '../../demo/local-settings.ts';
import { takeRunLock } from '../../demo/run-lock.ts';

let base: string;
let folder: string;
let settingsFile: string;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'run-folder-'));
  folder = join(base, '.local');
  settingsFile = join(base, 'local.settings.json');
});
afterEach(() => rmSync(base, { recursive: true }));

const leave = (run: unknown): void => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'run.json'), JSON.stringify(run));
};
const settings = { ServiceBus: 'Endpoint=sb://127.0.0.1:1', Tables: 'TableEndpoint=http://127.0.0.1:2', Empty: '' };
const GONE = 2 ** 22 + 1;
const started = new Date().toISOString();

describe('run lock', () => {
  it('says that a run is in progress, and by which process', async () => {
    await takeRunLock(folder);
    await expect(takeRunLock(folder)).rejects.toThrow(`A demonstration is already running (process ${process.pid})`);
  });

  it('lets the next one in after release', async () => {
    (await takeRunLock(folder)).release();
    await expect(takeRunLock(folder)).resolves.toBeDefined();
  });

  it.each([
    ['a process that is gone', { pid: GONE, children: [GONE], started }],
    [
      'a process from before this machine was started',
      { pid: process.pid, children: [], started: '2020-01-01T00:00:00Z' },
    ],
    ['nobody', 'half a fi'],
  ])('clears away what a run of %s left behind', async (_, run) => {
    leave(run);
    writeFileSync(join(folder, 'stale'), '');
    await takeRunLock(folder);
    expect(existsSync(join(folder, 'stale'))).toBe(false);
  });

  it('waits for the last child of a run that was killed', async () => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 800)'], { detached: true, stdio: 'ignore' });
    const ended = once(child, 'exit');
    leave({ pid: GONE, children: [child.pid], started });
    await takeRunLock(folder);
    expect(child.exitCode).toBe(0);
    await ended;
  });
});

describe('local settings', () => {
  it('are lent while a run is up and taken back', () => {
    const { reaches, takeBack } = lendLocalSettings(settingsFile, settings);
    expect(reaches).toBe(true);
    const { Values } = JSON.parse(readFileSync(settingsFile, 'utf8')) as { Values: object };
    expect(Values).toEqual({ ServiceBus: settings.ServiceBus, Tables: settings.Tables });
    takeBack();
    expect(existsSync(settingsFile)).toBe(false);
  });

  it('of a run that was killed are written over', () => {
    lendLocalSettings(settingsFile, { ...settings, Tables: 'old' });
    lendLocalSettings(settingsFile, settings);
    expect(readFileSync(settingsFile, 'utf8')).toContain(settings.Tables);
  });

  it('of somebody else stay, and it is known whether they lead to this run', () => {
    const theirs = JSON.stringify({ Values: { ...settings, Tables: 'somewhere else' } });
    writeFileSync(settingsFile, theirs);
    const { reaches, takeBack } = lendLocalSettings(settingsFile, settings);
    takeBack();
    expect(reaches).toBe(false);
    expect(readFileSync(settingsFile, 'utf8')).toBe(theirs);
    writeFileSync(settingsFile, JSON.stringify({ Values: settings }));
    expect(lendLocalSettings(settingsFile, settings).reaches).toBe(true);
  });
});
