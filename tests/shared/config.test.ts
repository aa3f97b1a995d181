import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CONNECTIONS, readSettings, SETTINGS, SettingsError } from '../../shared/config.ts';

const sample = (JSON.parse(readFileSync('local.settings.sample.json', 'utf8')) as { Values: Record<string, string> })
  .Values;
const hostOnly = ['FUNCTIONS_WORKER_RUNTIME', 'AzureWebJobsStorage'];
/** Brakes that are on only where somebody sets them. */
const caps = ['SMS_PER_DAY', 'EMAIL_PER_DAY'];
const names = [...Object.keys(SETTINGS), ...Object.keys(CONNECTIONS)].filter((name) => !caps.includes(name));

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
  it('are complete in the sample but for the daily caps', () => {
    expect(faultsOf(sample)).toEqual([]);
    expect(Object.keys(sample).sort()).toEqual([...names, ...hostOnly].sort());
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

  it('take an empty cap or count for an absent one', () => {
    const { SMS_QUOTA_COUNTS: _, ...absent } = sample;
    for (const settings of [absent, { ...sample, SMS_PER_DAY: '', EMAIL_PER_DAY: '', SMS_QUOTA_COUNTS: '' }])
      expect(readSettings(settings)).toMatchObject({ dailyCaps: {}, countSegments: false });
  });

  it('are looked at in full, so that no client finds a fault later on', () => {
    const faults = faultsOf({
      ...sample,
      ServiceBus: 'Endpoint=garbage;SharedAccessKeyName=secret',
      Tables: 'x=y',
      CommunicationServices: 'endpoint=zzz',
      LINK_HOSTS: '',
      RETENTION_DAYS: '3',
    });
    expect(faults).toEqual([
      'LINK_HOSTS: expected hosts such as track.example.com, comma between',
      'ServiceBus: not a connection string of this service; missing or wrong in it: Endpoint, SharedAccessKey',
      'Tables: not a connection string of this service; missing or wrong in it: AccountName, AccountKey',
      'CommunicationServices: not a connection string of this service; missing or wrong in it: endpoint, accesskey',
    ]);
    expect(faultsOf({ ...sample, RETENTION_DAYS: '3' })).toEqual([
      'RETENTION_DAYS: expected at least 4, with this REPORT_DEADLINE_SECONDS',
    ]);
  });

  it('take no connection string for an endpoint', () => {
    const { ServiceBus: _s, Tables: _t, CommunicationServices: _c, ...others } = sample;
    const faults = faultsOf({
      ...others,
      ServiceBus__fullyQualifiedNamespace: 'not a host!',
      Tables__serviceUri: 'DefaultEndpointsProtocol=https;AccountName=a;AccountKey=SECRET==',
      CommunicationServices__endpoint: 'http://plain.example',
    });
    expect(faults.map((fault) => fault.split(':')[0])).toEqual([
      'ServiceBus__fullyQualifiedNamespace',
      'Tables__serviceUri',
      'CommunicationServices__endpoint',
    ]);
    expect(faults.join()).not.toContain('SECRET');
  });

  it('cap a channel for a day, or not at all', () => {
    expect(readSettings(sample).dailyCaps).toEqual({});
    const capped = readSettings({ ...sample, SMS_PER_DAY: '5000', EMAIL_PER_DAY: '1' });
    expect(capped.dailyCaps).toEqual({ sms: 5_000, email: 1 });
    for (const wrong of ['0', '-1', '1.5', 'many', ' '])
      expect(faultsOf({ ...sample, SMS_PER_DAY: wrong }).map((fault) => fault.split(':')[0])).toEqual(['SMS_PER_DAY']);
    expect(faultsOf({ ...sample, SMS_PER_DAY: '1' })).toEqual([
      'SMS_PER_DAY: expected at least 2, one for each quota in SENDERS',
    ]);
  });

  it('keep two percent of a quota for urgent messages, or as much as is set up to half of it', () => {
    const shareOf = (percent: string) => readSettings({ ...sample, URGENT_PERCENT: percent }).urgentShare;
    expect([shareOf(''), shareOf('10'), shareOf('0.5'), shareOf('0')]).toEqual([0.02, 0.1, 0.005, 0]);
    expect(faultsOf({ ...sample, URGENT_PERCENT: '60' })).toEqual(['URGENT_PERCENT: expected at most 50']);
    expect(faultsOf({ ...sample, URGENT_PERCENT: 'some' })).toEqual(['URGENT_PERCENT: expected a number of percent']);
  });

  it('count messages unless segments are asked for', () => {
    expect(readSettings(sample).countSegments).toBe(false);
    expect(readSettings({ ...sample, SMS_QUOTA_COUNTS: 'segments' }).countSegments).toBe(true);
    expect(faultsOf({ ...sample, SMS_QUOTA_COUNTS: 'units' })).toEqual([
      'SMS_QUOTA_COUNTS: expected messages or segments',
    ]);
  });

  it('keep the usual night, for each country another one or none, and say where that is wrong', () => {
    const hoursOf = (text: string | undefined) => readSettings({ ...sample, QUIET_HOURS: text }).quietHours;
    const night = { start: 21 * 60, end: 8 * 60 };
    for (const text of [undefined, '', '21:00-08:00']) expect(hoursOf(text)).toEqual({ everywhere: night, except: {} });
    expect(hoursOf('none,FR=21:00-08:00')).toEqual({ everywhere: 'none', except: { FR: night } });
    const faults = faultsOf({ ...sample, QUIET_HOURS: '21-8,FR=secret' });
    expect(faults.map((fault) => fault.slice(0, 20))).toEqual(['QUIET_HOURS: entry 1', 'QUIET_HOURS: entry 2']);
    expect(faults.join()).not.toContain('secret');
  });
});
