import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import hostJson from '../../host.json' with { type: 'json' };
import { bicep } from '../bicep/files.ts';

const azure = parse(readFileSync('azure.yaml', 'utf8')) as {
  infra: { path: string; module: string };
  services: Record<string, { dist: string; hooks: Record<string, { run: string }> }>;
  hooks: Record<string, { run: string }>;
};
const main = readFileSync('deploy/main.ts', 'utf8');
const packageJson = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

const text = { type: 'string', minLength: 1 };
const hook = {
  type: 'object',
  required: ['shell', 'run'],
  additionalProperties: false,
  properties: { shell: { enum: ['sh', 'pwsh'] }, run: text, continueOnError: { type: 'boolean' } },
};
const hooks = (names: readonly string[]) => ({
  type: 'object',
  additionalProperties: false,
  properties: Object.fromEntries(names.map((name) => [name, hook])),
});
const around = (...steps: string[]) => steps.flatMap((step) => [`pre${step}`, `post${step}`]);

const isAzureYaml = new Ajv().compile({
  type: 'object',
  required: ['name', 'infra', 'services'],
  additionalProperties: false,
  properties: {
    name: { type: 'string', pattern: '^[a-z0-9-]{2,}$' },
    metadata: { type: 'object', properties: { template: { type: 'string', pattern: '^[\\w-]+@\\d+\\.\\d+\\.\\d+$' } } },
    requiredVersions: { type: 'object', additionalProperties: false, properties: { azd: text } },
    infra: {
      type: 'object',
      additionalProperties: false,
      properties: { provider: { const: 'bicep' }, path: text, module: text },
    },
    services: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        required: ['project', 'language', 'host'],
        additionalProperties: false,
        properties: {
          project: text,
          language: { enum: ['ts', 'js'] },
          host: { const: 'function' },
          dist: text,
          remoteBuild: { type: 'boolean' },
          hooks: hooks(around('restore', 'build', 'package', 'publish', 'deploy')),
        },
      },
    },
    hooks: hooks(around('up', 'provision', 'infracreate', 'package', 'deploy', 'down')),
  },
});

const isHostJson = new Ajv().compile({
  type: 'object',
  required: ['version', 'extensionBundle'],
  properties: {
    version: { const: '2.0' },
    extensionBundle: {
      type: 'object',
      required: ['id', 'version'],
      properties: { id: { const: 'Microsoft.Azure.Functions.ExtensionBundle' }, version: { const: '[4.*, 5.0.0)' } },
    },
    functionTimeout: { type: 'string', pattern: '^\\d\\d:\\d\\d:\\d\\d$' },
    logging: {
      type: 'object',
      properties: {
        logLevel: {
          type: 'object',
          additionalProperties: { enum: ['Trace', 'Debug', 'Information', 'Warning', 'Error'] },
        },
        applicationInsights: {
          type: 'object',
          additionalProperties: false,
          properties: {
            samplingSettings: {
              type: 'object',
              additionalProperties: false,
              properties: { isEnabled: { type: 'boolean' }, excludedTypes: text },
            },
          },
        },
      },
    },
    extensions: {
      type: 'object',
      properties: {
        serviceBus: {
          type: 'object',
          additionalProperties: false,
          properties: {
            maxConcurrentCalls: { type: 'integer', minimum: 1 },
            prefetchCount: { type: 'integer', minimum: 0 },
            autoCompleteMessages: { type: 'boolean' },
            maxAutoLockRenewalDuration: { type: 'string', pattern: '^\\d\\d:\\d\\d:\\d\\d$' },
            maxMessageBatchSize: { type: 'integer', minimum: 1 },
            minMessageBatchSize: { type: 'integer', minimum: 1 },
          },
        },
      },
    },
  },
});

describe('azure.yaml', () => {
  const runs = [azure, ...Object.values(azure.services)].flatMap(({ hooks: own }) =>
    Object.values(own).map(({ run }) => run),
  );

  it('has the shape that azd reads', () => {
    isAzureYaml(azure);
    expect(isAzureYaml.errors ?? []).toEqual([]);
  });

  it('names the template, and the service as the tag of the app does', () => {
    expect(bicep(`${azure.infra.path}/${azure.infra.module}.bicep`)).toContain("targetScope = 'subscription'");
    const tag = /'azd-service-name': '(\w+)'/.exec(bicep('bicep/modules/function-app.bicep'))?.[1];
    expect(Object.keys(azure.services)).toEqual([tag]);
  });

  it('runs steps and scripts that there are', () => {
    const steps = runs.flatMap((run) => [...run.matchAll(/deploy -- ([\w-]+)/g)].map(([, step]) => step!));
    expect(steps.length).toBeGreaterThan(3);
    for (const step of steps) expect(main).toContain(`.command('${step}')`);
    const scripts = runs.flatMap((run) =>
      [...run.matchAll(/npm run (?:--silent )?(\w+)/g)].map(([, script]) => script!),
    );
    for (const script of scripts) expect(Object.keys(packageJson.scripts)).toContain(script);
  });

  it('makes the key and closes the channels before there is code, and takes reports after it', () => {
    expect(azure.hooks['postprovision']?.run).toContain('deploy -- provisioned');
    expect(azure.hooks['predeploy']?.run).toContain('deploy -- ready');
    expect(azure.hooks['postdeploy']?.run).toContain('deploy -- deployed');
  });

  it('deploys what the package step has put together', () => {
    const [service] = Object.values(azure.services);
    expect(main).toContain(`packageApp('.', '${service?.dist}')`);
  });
});

it('host.json has the shape that the host reads', () => {
  isHostJson(hostJson);
  expect(isHostJson.errors ?? []).toEqual([]);
});
