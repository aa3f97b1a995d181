import { describe, expect, it } from 'vitest';
import { failingStart, fixture } from './running-host.ts';

const bus = 'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=n;SharedAccessKey=k;UseDevelopmentEmulator=true';
const environment = {
  Bus: bus,
  Id__fullyQualifiedNamespace: 'x.servicebus.windows.net',
  Broken: 'Endpoint=oops;Key=hush',
};

/** What has to be in the message of each fault. */
const faults: [fault: string, ...texts: string[]][] = [
  ['no functions', 'registered no functions'],
  ['throws while loading', 'cannot be loaded', 'the app says why'],
  ['unknown trigger', '"q"', 'queueTrigger'],
  ['output binding', '"h"', 'output binding "serviceBus"'],
  ['retry on Service Bus', '"sb"', 'retry'],
  ['missing setting', '"sb": the setting QUEUE', '"t": the setting WHEN'],
  ['missing connection', 'AzureWebJobsNowhere or Nowhere'],
  ['identity', 'Id__fullyQualifiedNamespace', 'connection string'],
  ['bad connection string', '"sb"', 'no Service Bus connection string'],
  ['sessions', 'isSessionsEnabled'],
  ['sdk binding', 'sdkBinding'],
  ['bad schedule', '0 0 0 * * 7', 'weekday'],
  ['bad route', 'x/{id:odd}', 'odd'],
  ['two of one name', 'Same', 'already registered'],
  ['throwing appStart', 'the hook says why'],
];

describe('a start that cannot succeed', () => {
  it.each(faults)('ends with one message: %s', async (fault, ...texts) => {
    const { code, text } = await failingStart(fixture('faulty'), { environment: { ...environment, FAULT: fault } });
    expect(code).toBe(1);
    for (const part of texts) expect(text).toContain(part);
    expect(text).not.toContain('ready on');
    expect(text).not.toContain('hush');
  });

  it.each([
    ['no folder of an app', ['--app', '/not/there'], '/not/there holds no host.json'],
    ['an unknown flag', ['--nope'], '--nope'],
    ['a wrong port', ['--port', 'many'], '--port'],
    ['a wrong log format', ['--log-format', 'xml'], '--log-format'],
    ['a wrong override of host.json', [], 'maxConcurrentCalls'],
  ])('says what is wrong: %s', async (_, args, text) => {
    const started = await failingStart(fixture('faulty'), {
      args,
      environment: {
        ...environment,
        FAULT: 'two of one name',
        ...(text === 'maxConcurrentCalls' && {
          FAULT: 'sessions',
          AzureFunctionsJobHost__extensions__serviceBus__maxConcurrentCalls: 'lots',
        }),
      },
    });
    expect(started.code).toBe(1);
    expect(started.text).toContain(text);
  });
});
