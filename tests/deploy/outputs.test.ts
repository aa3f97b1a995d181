import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const code = globSync('deploy/*.ts')
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');
const template = readFileSync('bicep/main.bicep', 'utf8');
const parameters = readFileSync('bicep/main.parameters.json', 'utf8');

/** azd keeps these by itself. */
const OF_AZD = ['AZURE_ENV_NAME', 'AZURE_SUBSCRIPTION_ID', 'AZURE_LOCATION'];
/** Set by hand: whom a deployment may write to. */
const BY_HAND = ['NOTIFY_CANARIES'];

const outputs = [...template.matchAll(/^output (\w+) /gm)].map(([, name]) => name!);
const variables = [...parameters.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name!);
const read = [...code.matchAll(/(?:outputOf\(world, |environment\[|list\()'([A-Z_]+)'/g)].map(([, name]) => name!);

it('reads only variables that azd, the template or a person sets', () => {
  expect(new Set(read).size).toBeGreaterThan(15);
  const known = [...OF_AZD, ...BY_HAND, ...outputs, ...variables];
  expect([...new Set(read)].filter((name) => !known.includes(name))).toEqual([]);
});

it('has no output that nobody reads', () => {
  const forPeople = ['CUSTOM_DOMAIN_RECORDS', 'MANUAL_STEPS', 'NOTIFY_ENVIRONMENT'];
  expect(outputs.filter((name) => !read.includes(name) && !forPeople.includes(name))).toEqual([]);
});
