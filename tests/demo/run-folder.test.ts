import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

const leave = (run: unknown): void => writeFileSync(join(folder, 'run.json'), JSON.stringify(run));
const settings = { ServiceBus: 'Endpoint=sb://127.0.0.1:1', Tables: 'TableEndpoint=http://127.0.0.1:2', Empty: '' };

describe('run lock', () => {
  it('says that a run is in progress, and by which process', () => {
    takeRunLock(folder);
    expect(() => takeRunLock(folder)).toThrow(`A demonstration is already running (process ${process.pid})`);
  });

  it('lets the next one in after release', () => {
    takeRunLock(folder).release();
    expect(() => takeRunLock(folder)).not.toThrow();
  });

  it.each([
    ['a process that is gone', { pid: 2 ** 22 + 1, started: new Date().toISOString() }],
    ['a process from before this machine was started', { pid: process.pid, started: '2020-01-01T00:00:00Z' }],
    ['nobody', 'half a fi'],
  ])('clears away what a run of %s left behind', (_, run) => {
    takeRunLock(folder);
    leave(run);
    writeFileSync(join(folder, 'stale'), '');
    takeRunLock(folder);
    expect(existsSync(join(folder, 'stale'))).toBe(false);
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
