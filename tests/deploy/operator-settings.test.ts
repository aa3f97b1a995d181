import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { exportsOf, operatorSettings } from '../../deploy/operator-settings.ts';
import { readSettings } from '../../shared/config.ts';
import { bicep } from '../bicep/files.ts';
import { fakeWorld, refused } from './world.ts';

/** The settings that the template gives to the app. */
const names = [.../^ {4}appSettings: \{\n(.*?)^ {4}\}/ms.exec(bicep('bicep/main.bicep'))![1]!.matchAll(/^ +(\w+): /gm)];
const ofApp = Object.fromEntries(
  names.map(([, name]) => [name!, (sample.Values as Record<string, string>)[name!] ?? '']),
);

const ENVIRONMENT = {
  APP_SETTINGS: JSON.stringify({ ...ofApp, ENVIRONMENT: 'dev' }),
  AZURE_RESOURCE_GROUP: 'rg-notifications-dev',
  DATA_STORAGE_NAME: 'stdata',
  FUNCTION_APP_NAME: 'func-dev',
  KEY_VAULT_NAME: 'kv-abc',
  HASH_KEY_SECRET_NAME: 'address-hash-key',
  REPORT_TOPIC_NAME: 'evgt-dev',
  UNDELIVERED_REPORTS_CONTAINER: 'undelivered-reports',
  SERVICE_BUS_HOST: 'sb-dev.servicebus.windows.net',
  TABLE_ENDPOINT: 'https://stdata.table.core.windows.net/',
  COMMUNICATION_ENDPOINT: 'https://acs-dev.europe.communication.azure.com',
};
const SECRET = { 'az keyvault secret show': sample.Values.ADDRESS_HASH_KEYS };

/** What a shell has after it has evaluated the lines, above what it had. */
function evaluated(lines: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { stdout } = spawnSync('sh', ['-c', 'eval "$LINES"; env -0'], {
    env: { PATH: process.env['PATH'], ...before, LINES: lines },
    encoding: 'utf8',
  });
  return Object.fromEntries(
    stdout.split('\0').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

describe('the settings of an operator', () => {
  it('are all that commands read, the key included, and lead to Azure even beside a laptop cloud', async () => {
    const lines = exportsOf(await operatorSettings(fakeWorld(SECRET, ENVIRONMENT)));
    const settings = readSettings(evaluated(lines, { Tables: sample.Values.Tables }));
    expect(settings).toMatchObject({
      environment: 'dev',
      serviceBus: { endpoint: 'sb-dev.servicebus.windows.net' },
      tables: { endpoint: 'https://stdata.table.core.windows.net/' },
      hashKeys: [{ name: 'k1' }],
    });
    expect(settings.senders.length).toBeGreaterThan(0);
  });

  it('come through a shell as they are', () => {
    const odd = `it's "$HOME" \`date\` \\ {"a": [1]}`;
    expect(evaluated(exportsOf(new Map([['ODD', odd]])))['ODD']).toBe(odd);
  });

  it('name every place that a command of the runbook names', async () => {
    const settings = await operatorSettings(fakeWorld(SECRET, ENVIRONMENT));
    const named = [...readFileSync('docs/runbook.md', 'utf8').matchAll(/\$([A-Z][A-Z_]+)/g)].map(([, name]) => name!);
    expect(named.length).toBeGreaterThan(5);
    expect([...new Set(named)].filter((name) => !settings.has(name))).toEqual([]);
  });

  it('are without the key, and say so at once, for somebody who may not read it', async () => {
    const world = fakeWorld({ 'az keyvault secret show': refused() }, ENVIRONMENT);
    const settings = await operatorSettings(world);
    expect(settings.has('ADDRESS_HASH_KEYS')).toBe(false);
    expect(settings.has('SENDERS')).toBe(true);
    expect(world.said.join()).toContain('will not work');
    expect(world.clock.monotonic()).toBe(0);
  });

  it('are handed out by the template, and are those of the app', () => {
    expect(bicep('bicep/modules/function-app.bicep')).toContain('output appSettings object = appSettings\n');
    expect(bicep('bicep/main.bicep')).toContain(
      'output APP_SETTINGS string = string(functionApp.outputs.appSettings)\n',
    );
  });
});
