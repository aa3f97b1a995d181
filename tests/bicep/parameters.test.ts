import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { bicep, json } from './files.ts';

type ParametersFile = { parameters: Record<string, { value: unknown }> };

const STAGES = ['dev', 'test', 'prod'] as const;
const main = bicep('bicep/main.bicep');

const declared = [...main.matchAll(/((?:^@.*\n|^  .*\n|^\]\)\n)*)^param (\w+) (.*)$/gm)].map(
  ([, above, name, rest]) => ({
    name: name!,
    above: above!,
    required: !/= /.test(rest!) && !/^\{$/.test(rest!),
  }),
);
const names = declared.map(({ name }) => name);

const isParametersFile = new Ajv({ allowUnionTypes: true }).compile({
  type: 'object',
  required: ['$schema', 'contentVersion', 'parameters'],
  additionalProperties: false,
  properties: {
    $schema: { const: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#' },
    contentVersion: { const: '1.0.0.0' },
    parameters: {
      type: 'object',
      propertyNames: { enum: names },
      additionalProperties: {
        type: 'object',
        required: ['value'],
        additionalProperties: false,
        properties: { value: { type: ['string', 'integer', 'boolean', 'array'] } },
      },
    },
  },
});

/** The values that `@allowed` lists, else undefined. */
const allowed = (above: string): string[] | undefined => {
  const list = /@allowed\(\[(.*?)\]\)/s.exec(above)?.[1];
  return list
    ?.split('\n')
    .map((line) => line.trim().replaceAll("'", ''))
    .filter((line) => line !== '');
};
const bound = (above: string, which: 'min' | 'max'): number =>
  Number(new RegExp(`@${which}Value\\((\\d+)\\)`).exec(above)?.[1] ?? Number.NaN);

describe('parameters', () => {
  it.each(declared)('$name says what it is', ({ above }) => {
    expect(above).toMatch(/^@description\('.{15,}'\)$/m);
  });

  it.each(['bicep/main.parameters.json', ...STAGES.map((stage) => `bicep/main.parameters.${stage}.json`)])(
    '%s has the shape of a parameters file',
    (file) => {
      isParametersFile(json(file));
      expect(isParametersFile.errors ?? []).toEqual([]);
    },
  );

  it('all come from the environment under azd, each from a variable of its own', () => {
    const { parameters } = json('bicep/main.parameters.json') as ParametersFile;
    expect(Object.keys(parameters)).toEqual(names);
    const variables = Object.values(parameters).map(({ value }) => value);
    for (const variable of variables) expect(variable).toMatch(/^\$\{(AZURE|NOTIFY)_[A-Z_]+\}$/);
    expect(new Set(variables).size).toBe(variables.length);
  });

  it.each(STAGES)('of %s are complete, allowed and within bounds', (stage) => {
    const { parameters } = json(`bicep/main.parameters.${stage}.json`) as ParametersFile;
    expect(parameters['stage']?.value).toBe(stage);
    const faults = declared.flatMap(({ name, above, required }) => {
      const value = parameters[name]?.value;
      if (value === undefined) return required ? [`${name} is missing`] : [];
      const list = allowed(above);
      if (list && !list.includes(JSON.stringify(value).replaceAll('"', '')))
        return [`${name} is none of ${list.join(', ')}`];
      const outside = typeof value === 'number' && (value < bound(above, 'min') || value > bound(above, 'max'));
      return outside ? [`${name} is out of bounds`] : [];
    });
    expect(faults).toEqual([]);
  });

  it('keep the send functions awake in prod, and a brake on every bill', () => {
    for (const stage of STAGES) {
      const { parameters } = json(`bicep/main.parameters.${stage}.json`) as ParametersFile;
      for (const brake of ['smsPerDay', 'emailPerDay', 'monthlyBudget', 'logDailyCapGb'])
        expect(parameters[brake]?.value, `${stage} ${brake}`).toBeGreaterThan(0);
    }
    const { parameters } = json('bicep/main.parameters.prod.json') as ParametersFile;
    expect(parameters['alwaysReadySendInstances']?.value).toBeGreaterThan(0);
    expect(parameters['alertsEnabled']?.value).toBe(true);
  });

  it('refuse the private network with its price', () => {
    expect(main).toMatch(/networkProfile == 'private'\s+\? fail\('networkProfile private is not built: .*USD/);
  });
});
