import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { durableFile, durableSettings } from '../../../../local/functions-host/durable/settings.ts';
import { readHostJson } from '../../../../local/functions-host/host-json.ts';
import { fixture } from '../running-host.ts';

const cores = availableParallelism();
const read = (overrides: Record<string, string>, app = 'durable') =>
  durableSettings(
    readHostJson(
      fixture(app),
      Object.fromEntries(
        Object.entries(overrides).map(([name, value]) => [
          `AzureFunctionsJobHost__extensions__durableTask__${name}`,
          value,
        ]),
      ),
    ),
    { HUB: 'fromsetting' },
    cores,
  );

describe('the durableTask section of host.json', () => {
  it('has the defaults of the real host', () => {
    expect(read({}, 'faulty')).toMatchObject({
      hubName: 'TestHubName',
      defaultVersion: '',
      maxConcurrentTurns: 10 * cores,
      maxConcurrentActivities: 10 * cores,
    });
  });

  it('names the hub, the version and the limits', () => {
    const limits = { maxConcurrentOrchestratorFunctions: '3', maxConcurrentActivityFunctions: '4' };
    expect(read({ ...limits, hubName: '%HUB%' })).toMatchObject({
      hubName: 'fromsetting',
      defaultVersion: '1.0',
      maxConcurrentTurns: 3,
      maxConcurrentActivities: 4,
    });
  });

  it.each([
    [{ hubName: 'no-dashes' }, 'hubName'],
    [{ hubName: '%NOWHERE%' }, 'NOWHERE'],
    [{ extendedSessionsEnabled: 'true' }, 'extendedSessionsEnabled is not served'],
    [{ maxConcurrentActivityFunctions: '0' }, 'maxConcurrentActivityFunctions'],
  ])('is refused with %j', (overrides, text) => {
    expect(() => read(overrides)).toThrow(text);
  });
});

it('keeps the state in the app folder, in a named file, or in memory', () => {
  expect([
    durableFile(undefined, '/app', 'hub'),
    durableFile('/data/x.db', '/app', 'hub'),
    durableFile('memory', '/app', 'hub'),
  ]).toEqual(['/app/.durable/hub.db', '/data/x.db', ':memory:']);
});
