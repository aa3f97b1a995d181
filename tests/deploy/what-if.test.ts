import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { whatIf } from '../../deploy/what-if.ts';
import { fakeWorld } from './world.ts';

const ENVIRONMENT = { AZURE_LOCATION: 'westeurope' };
const PARAMETERS = { environmentName: { value: 'dev' }, alertEmails: { value: ['ops@example.com'] } };
const change = (changeType: string) => ({ resourceId: `/…/${changeType}`, changeType, before: {}, after: {} });
const delta = [
  { path: 'properties.lockDuration', propertyChangeType: 'Modify' },
  { path: 'properties.updatedAt', propertyChangeType: 'NoEffect' },
];

it('names what would change, without what Azure adds by itself or cannot foretell, and only reads', async () => {
  const world = fakeWorld(
    {
      'az deployment sub what-if': {
        changes: [
          ...['Create', 'NoChange', 'Ignore', 'Unsupported'].map(change),
          { ...change('Modify'), delta },
          { ...change('Modify'), delta: delta.slice(1) },
        ],
      },
    },
    ENVIRONMENT,
  );
  const { shell } = world;
  let parameters: unknown;
  world.shell = async (effect, command, args) => {
    parameters = JSON.parse(readFileSync(args[args.indexOf('--parameters') + 1]!.slice(1), 'utf8'));
    return shell(effect, command, args);
  };
  expect(await whatIf(world, PARAMETERS)).toEqual([
    { resourceId: '/…/Create', changeType: 'Create', paths: [] },
    { resourceId: '/…/Modify', changeType: 'Modify', paths: ['properties.lockDuration'] },
  ]);
  expect(parameters).toMatchObject({ parameters: PARAMETERS });
  expect(world.commands).toEqual([expect.stringMatching(/^reads: az deployment sub what-if --location westeurope /)]);
});
