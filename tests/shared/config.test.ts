import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CONNECTIONS, readSettings, SETTINGS, SettingsError } from '../../shared/config.ts';

const sample = (JSON.parse(readFileSync('local.settings.sample.json', 'utf8')) as { Values: Record<string, string> })
  .Values;
const hostOnly = ['FUNCTIONS_WORKER_RUNTIME', 'AzureWebJobsStorage'];
const names = [...Object.keys(SETTINGS), ...Object.keys(CONNECTIONS)];

const faultsOf = (environment: Record<string, string | undefined>): readonly string[] => {
  try {
    readSettings(environment);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
};

describe('settings', () => {
  it('are complete in the sample', () => {
    expect(faultsOf(sample)).toEqual([]);
    expect(Object.keys(sample).sort()).toEqual([...names, ...hostOnly].sort());
  });

  it('have a line each in the README', () => {
    const readme = readFileSync('README.md', 'utf8');
    for (const name of names) expect(readme, name).toContain(`| \`${name}\``);
  });

  it('report every fault at once, by name and never by value', () => {
    const wrong = {
      ...sample,
      ENVIRONMENT: undefined,
      LIMITS: 'none',
      ServiceBus: 'Endpnt=sb://secret',
      Tables: undefined,
      ADDRESS_HASH_KEYS: 'k1=c2hvcnQ=',
    };
    const faults = faultsOf({ ...wrong, SENDERS: '{"secret' });
    expect(faults.map((fault) => fault.split(':')[0])).toEqual([
      'ENVIRONMENT',
      'SENDERS',
      'ADDRESS_HASH_KEYS',
      'LIMITS',
      'ServiceBus',
      'Tables',
    ]);
    expect(faults.join()).not.toContain('secret');
    expect(faults.join()).not.toContain('c2hvcnQ');
  });

  it('take an identity where only an endpoint is named, and the connection string where both are', () => {
    const { ServiceBus: _, ...others } = sample;
    const settings = readSettings({
      ...others,
      ServiceBus__fullyQualifiedNamespace: 'x.servicebus.windows.net',
      AZURE_CLIENT_ID: 'id',
    });
    expect(settings.serviceBus).toEqual({ endpoint: 'x.servicebus.windows.net', clientId: 'id' });
    const both = readSettings({ ...sample, ServiceBus__fullyQualifiedNamespace: 'x.servicebus.windows.net' });
    expect(both.serviceBus).toEqual({ connectionString: sample['ServiceBus'] });
  });

  it('keep the keys of address hashes in order: the first writes', () => {
    const key = Buffer.alloc(32, 1).toString('base64');
    const other = Buffer.alloc(32, 2).toString('base64');
    const settings = readSettings({ ...sample, ADDRESS_HASH_KEYS: `k2=${other},k1=${key}` });
    expect(settings.hashKeys.map(({ name }) => name)).toEqual(['k2', 'k1']);
  });
});
