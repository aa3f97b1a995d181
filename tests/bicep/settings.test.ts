import { describe, expect, it } from 'vitest';
import hostJson from '../../host.json' with { type: 'json' };
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { CONNECTIONS, SETTINGS } from '../../shared/config.ts';
import { LIMITS } from '../../shared/limits.ts';
import { bicep } from './files.ts';

const main = bicep('bicep/main.bicep');
const app = bicep('bicep/modules/function-app.bicep');

const namesIn = (object: string | undefined): string[] =>
  [...(object ?? '').matchAll(/^ +(\w+): /gm)].map(([, name]) => name!);
const valuesIn = (object: string | undefined): Map<string, string> =>
  new Map([...(object ?? '').matchAll(/^ +(\w+): (.+)$/gm)].map(([, name, value]) => [name!, value!]));

const plain = /^ {4}appSettings: \{\n(.*?)^ {4}\}/ms.exec(main)?.[1];
const connections = /^var connections = \{\n(.*?)^\}/ms.exec(app)?.[1];
const names = [...namesIn(plain), ...namesIn(connections)];
const values = valuesIn(plain);

/** What Flex Consumption refuses or ignores. */
const NOT_ON_FLEX = [
  'FUNCTIONS_WORKER_RUNTIME',
  'FUNCTIONS_EXTENSION_VERSION',
  'WEBSITE_RUN_FROM_PACKAGE',
  'WEBSITE_NODE_DEFAULT_VERSION',
  'WEBSITE_CONTENTSHARE',
  'WEBSITE_CONTENTAZUREFILECONNECTIONSTRING',
  'WEBSITE_TIME_ZONE',
  'TZ',
  'SCM_DO_BUILD_DURING_DEPLOYMENT',
  'ENABLE_ORYX_BUILD',
];

/** Where metrics go that do not go to Application Insights. */
const ELSEWHERE = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_METRIC_EXPORT_INTERVAL'];

const parameter = (name: string): string | undefined => new RegExp(`^param ${name} \\w+ = (.+)$`, 'm').exec(main)?.[1];

describe('the settings in Azure', () => {
  it('are all that the app reads, so that each can be set, but for telemetry that goes elsewhere', () => {
    expect(Object.keys(SETTINGS).filter((name) => !names.includes(name))).toEqual(ELSEWHERE);
    for (const [name, { suffix }] of Object.entries(CONNECTIONS)) {
      expect(names).toContain(`${name}__${suffix}`);
      expect(names).toContain(`${name}__clientId`);
      // A connection string would beat the identity.
      expect(names).not.toContain(name);
    }
  });

  it('are known to the app or to the host, and to the sample', () => {
    const known = [...Object.keys(SETTINGS), ...Object.keys(CONNECTIONS), 'AzureWebJobsStorage'];
    const ofPlatform = [
      'APPLICATIONINSIGHTS_CONNECTION_STRING',
      'APPLICATIONINSIGHTS_AUTHENTICATION_STRING',
      'APPLICATION_INSIGHTS_NO_STATSBEAT',
    ];
    for (const name of names) expect([...known, ...ofPlatform]).toContain(name.split('__')[0]);
    const absent = ['SMS_PER_DAY', 'EMAIL_PER_DAY'];
    expect([...Object.keys(sample.Values), ...absent]).toEqual(expect.arrayContaining(namesIn(plain)));
  });

  it('hold nothing that Flex Consumption refuses', () => {
    expect(names.filter((name) => NOT_ON_FLEX.includes(name))).toEqual([]);
  });

  it('have the defaults of the app', () => {
    const defaults = {
      retentionDays: 'RETENTION_DAYS',
      reportDeadlineSeconds: 'REPORT_DEADLINE_SECONDS',
      deliveriesPerSubjectAndDay: 'DELIVERIES_PER_SUBJECT_AND_DAY',
    } as const;
    for (const [name, setting] of Object.entries(defaults))
      expect(parameter(name), name).toBe(String(SETTINGS[setting].parse(undefined)));
    expect(parameter('smsQuotaCounts')).toBe(`'${SETTINGS.SMS_QUOTA_COUNTS.parse(undefined)}'`);
    expect(parameter('urgentPercent')).toBe(String(SETTINGS.URGENT_PERCENT.parse(undefined)));
    expect(parameter('traceShare')).toBe(`'${SETTINGS.TRACE_SHARE.parse(undefined)}'`);
    expect(parameter('quietHours')).toBe(`'${SETTINGS.QUIET_HOURS.parse(undefined)}'`);
    expect(values.get('LIMITS')).toBe(`'${SETTINGS.LIMITS.parse(undefined)}'`);
    expect(values.get('HOUSEKEEPING_SCHEDULE')).toBe(`'${sample.Values.HOUSEKEEPING_SCHEDULE}'`);
  });

  it('take the key for hashes from the vault', () => {
    expect(valuesIn(connections).get('ADDRESS_HASH_KEYS')).toMatch(/^'@Microsoft\.KeyVault\(SecretUri=/);
  });
});

describe('host.json', () => {
  it('has the numbers of the code', () => {
    const { serviceBus } = hostJson.extensions;
    expect(serviceBus.maxConcurrentCalls).toBe(LIMITS.real.concurrency);
    expect(serviceBus.maxMessageBatchSize).toBe(LIMITS.real.intakeBatch);
    expect(serviceBus.maxAutoLockRenewalDuration).toBe(`00:0${LIMITS.real.lockRenewal / 60_000}:00`);
    expect(serviceBus.prefetchCount).toBe(0);
  });

  it('keeps every log line and exception, because alerts count them', () => {
    const { samplingSettings } = hostJson.logging.applicationInsights;
    expect(samplingSettings.excludedTypes.split(';')).toEqual(expect.arrayContaining(['Trace', 'Exception']));
  });
});
