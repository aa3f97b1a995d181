import { globSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BICEP, RESOURCES } from './files.ts';

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
