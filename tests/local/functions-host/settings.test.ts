import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { entryFiles } from '../../../local/functions-host/app-folder.ts';
import {
  isDisabled,
  readAppSettings,
  resolveSettings,
  serviceBusConnection,
} from '../../../local/functions-host/app-settings.ts';
import { readHostJson } from '../../../local/functions-host/host-json.ts';
import { createLog, minimumLevel } from '../../../local/functions-host/log.ts';
import { afterDeath } from '../../../local/functions-host/restart-delay.ts';
import { serviceBusSettings } from '../../../local/functions-host/service-bus/trigger-settings.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'functions-host-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(name: string, content: unknown): Promise<void> {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
}

const settings = (environment: NodeJS.ProcessEnv = {}) => serviceBusSettings(readHostJson(folder, environment), 2);

describe('host.json', () => {
  it('has the defaults of the real host', async () => {
    await write('host.json', { version: '2.0' });
    expect(settings()).toMatchObject({
      maxConcurrentCalls: 32,
      autoCompleteMessages: true,
      maxAutoLockRenewalMs: 300_000,
      maxMessageBatchSize: 1000,
      minMessageBatchSize: 1,
      maxBatchWaitMs: 30_000,
      retry: { maxRetries: 3, retryDelayInMs: 800, maxRetryDelayInMs: 60_000, timeoutInMs: 60_000 },
    });
  });

  it('is read in any letter case, and the environment beats it', async () => {
    await write('host.json', {
      version: '2.0',
      Extensions: { ServiceBus: { MaxConcurrentCalls: 8, maxAutoLockRenewalDuration: '00:02:00' } },
    });
    const environment = {
      AzureFunctionsJobHost__extensions__serviceBus__maxConcurrentCalls: '5',
      AzureFunctionsJobHost__extensions__serviceBus__autoCompleteMessages: 'False',
    };
    expect(settings()).toMatchObject({ maxConcurrentCalls: 8, maxAutoLockRenewalMs: 120_000 });
    expect(settings(environment)).toMatchObject({
      maxConcurrentCalls: 5,
      autoCompleteMessages: false,
      maxAutoLockRenewalMs: 120_000,
    });
  });

  it.each([
    ['no version', {}, '"version": "2.0"'],
    ['text for a number', { maxConcurrentCalls: 'many' }, 'maxConcurrentCalls must be a whole number of at least 1'],
    ['zero', { maxMessageBatchSize: 0 }, 'maxMessageBatchSize'],
    ['no time span', { maxBatchWaitTime: 30 }, 'maxBatchWaitTime must be a time span'],
    ['a batch larger than the largest', { minMessageBatchSize: 9, maxMessageBatchSize: 5 }, 'minMessageBatchSize'],
  ])('is refused with %s', async (what, serviceBus, message) => {
    await write('host.json', { ...(what !== 'no version' && { version: '2.0' }), extensions: { serviceBus } });
    expect(() => settings()).toThrow(message);
  });

  it('is refused when it is missing or no JSON', async () => {
    expect(() => settings()).toThrow('has no host.json');
    await write('host.json', '{ // comment');
    expect(() => settings()).toThrow('is not plain JSON');
  });
});

describe('app settings', () => {
  it('come from Values and ConnectionStrings, beaten by the environment', async () => {
    await write('local.settings.json', { Values: { A: 'file', B: 'file', N: 1 }, ConnectionStrings: { C: 'c' } });
    expect(readAppSettings(folder, { B: 'environment' })).toEqual({
      A: 'file',
      B: 'environment',
      N: '1',
      ConnectionStrings__C: 'c',
    });
  });

  it('may be absent, but not encrypted or nested', async () => {
    expect(readAppSettings(folder, {})).toEqual({});
    await write('local.settings.json', { IsEncrypted: true });
    expect(() => readAppSettings(folder, {})).toThrow('encrypted');
    await write('local.settings.json', { Values: { A: {} } });
    expect(() => readAppSettings(folder, {})).toThrow('"Values.A" must be a text');
  });

  it('stand in the place of their name between percent signs', () => {
    expect(resolveSettings('a/%X%/%Y%', { X: '1', Y: '%Z%' })).toBe('a/1/%Z%');
    expect(() => resolveSettings('%X%', {})).toThrow('the setting X');
  });

  it('hold a connection under the names of the real host, in its order', () => {
    expect(serviceBusConnection('X', { X: 'plain', AzureWebJobsX: 'prefixed' })).toBe('prefixed');
    expect(serviceBusConnection('X', { ConnectionStrings__X: 'listed' })).toBe('listed');
    expect(serviceBusConnection('', { AzureWebJobsServiceBus: 'default' })).toBe('default');
    expect(() => serviceBusConnection('X', {})).toThrow('AzureWebJobsX or X');
  });

  it('disable a function by either spelling', () => {
    expect(isDisabled('f', { 'AzureWebJobs.F.disabled': 'TRUE' })).toBe(true);
    expect(isDisabled('f', { AzureWebJobs_f_Disabled: '1' })).toBe(true);
    expect(isDisabled('f', { 'AzureWebJobs.f.Disabled': 'false' })).toBe(false);
  });
});

const entries = (): string[] => entryFiles(folder).map((file) => relative(folder, file));

describe('the entry files of an app', () => {
  it('are one file, or all that a glob matches', async () => {
    for (const file of ['dist/index.js', 'dist/functions/b.js', 'dist/functions/a.js', 'dist/functions/c.map']) {
      await write(file, '');
    }
    await write('package.json', { main: 'dist/index.js' });
    expect(entries()).toEqual(['dist/index.js']);
    await write('package.json', { main: 'dist/{index.js,functions/*.js}' });
    expect(entries().sort()).toEqual(['dist/functions/a.js', 'dist/functions/b.js', 'dist/index.js']);
  });

  it('are missed with a word about the build', async () => {
    expect(entries).toThrow('no package.json');
    await write('package.json', {});
    expect(entries).toThrow('no "main"');
    await write('package.json', { main: 'dist/*.js' });
    expect(entries).toThrow('Is the app built?');
  });
});

const epoch = () => new Date(0);

describe('the log', () => {
  it.each([
    ['Function.a.User', 'debug'],
    ['Function.a', 'error'],
    ['Function.ab', 'warning'],
    ['Host.Startup', 'information'],
  ])('shows %s from %s', (category, level) => {
    expect(minimumLevel(category, { function: 'Warning', 'function.a': 'Error', 'function.a.user': 'Debug' })).toBe(
      level,
    );
  });

  it('prints one line for each entry, as text or as JSON', () => {
    const lines: string[] = [];
    const entry = {
      level: 'warning',
      category: 'Function.f.User',
      message: 'm',
      function: 'f',
      invocationId: 'i',
    } as const;
    createLog('text', {}, (line) => lines.push(line), epoch)(entry);
    createLog('json', { default: 'Warning' }, (line) => lines.push(line), epoch)(entry);
    createLog('json', { default: 'Error' }, (line) => lines.push(line), epoch)(entry);
    expect(lines).toEqual([
      '[1970-01-01T00:00:00.000Z] [warning Function.f.User] m',
      JSON.stringify({ time: '1970-01-01T00:00:00.000Z', ...entry }),
    ]);
  });
});

describe('the pause before the next worker', () => {
  it('doubles from death to death, up to ten seconds, and starts anew after a healthy run', () => {
    let deaths = { quick: 0, delayMs: 0 };
    const delays = [0, 0, 999, 0, 0, 0, 0, 0, 1000, 0].map((ranMs) => {
      deaths = afterDeath(deaths, ranMs);
      return deaths.delayMs;
    });
    expect(delays).toEqual([0, 250, 500, 1000, 2000, 4000, 8000, 10_000, 0, 0]);
  });
});
