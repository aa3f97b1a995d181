import { globSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BICEP, bicep, property, RESOURCES } from './files.ts';

const made = RESOURCES.filter(({ existing }) => !existing);

describe('resources', () => {
  it('of a type have one api-version everywhere, and no preview but where there is nothing else', () => {
    const versions = new Map<string, Set<string>>();
    for (const { type, version } of RESOURCES) versions.set(type, (versions.get(type) ?? new Set()).add(version));
    expect([...versions].filter(([, all]) => all.size > 1)).toEqual([]);
    const previews = RESOURCES.filter(({ version }) => version.endsWith('preview')).map(({ type }) => type);
    expect(new Set(previews)).toEqual(new Set(['Microsoft.Insights/diagnosticSettings']));
  });

  it('have the tags of the deployment, wherever they have a place', () => {
    const untagged = made.filter(({ body }) => /^ +location: /m.test(body) && !/^ +tags: /m.test(body));
    expect(untagged.map(({ file, symbol }) => `${file}: ${symbol}`)).toEqual([]);
    expect(made.length).toBeGreaterThan(40);
  });
});

it('deleted data of people is gone: reports that nobody took cannot be brought back', () => {
  const [, ofData = ''] = bicep('bicep/main.bicep').split('\nmodule dataStorage ');
  expect(property(ofData, 'expireAfterDays')).toBe('7');
  expect(property(ofData, 'deletedBlobDays')).toBe('0');
  expect(bicep('bicep/modules/storage-account.bicep')).toContain('deletedBlobDays == 0 ? { enabled: false }');
});

it('news of Azure is about services and the region that are used', () => {
  const body = RESOURCES.find(({ symbol }) => symbol === 'activityAlerts')?.body;
  expect(body).toContain("alert.category == 'ResourceHealth' ? [{ anyOf: unhealthy }] : ofUs");
  const text = bicep('bicep/modules/alerts.bicep');
  for (const field of ['ServiceName', 'ImpactedRegions[*].RegionName'])
    expect(text).toContain(`field: 'properties.impactedServices[*].${field}'`);
});

describe.each([...BICEP])('%s', (_, text) => {
  it('says what it is, and what each parameter is', () => {
    expect(text).toMatch(/^metadata description = '.{30,}'$/m);
    const parameters = text.match(/^param /gm)?.length ?? 0;
    expect(text.match(/^@description\('.+'\)$/gm)?.length ?? 0).toBe(parameters);
  });

  it('keeps to what is read without the compiler: no nested resource, no spread, no extension', () => {
    expect(text).not.toMatch(/^ +resource \w+ '/m);
    expect(text).not.toMatch(/\.\.\./);
    expect(text).not.toMatch(/^(extension|provider|using) /m);
  });
});

it('parameters are in JSON', () => {
  expect(globSync('**/*.bicepparam', { exclude: ['node_modules/**'] })).toEqual([]);
});
