import { expect, it } from 'vitest';
import { teardown } from '../../deploy/teardown.ts';
import { fakeWorld } from './world.ts';

const ENVIRONMENT = {
  AZURE_ENV_NAME: 'dev',
  AZURE_RESOURCE_GROUP: 'rg-notifications-dev',
  AZURE_SUBSCRIPTION_ID: 'sub-1',
  COMMUNICATION_ID: '/…/acs-dev',
};

it('takes the role along, then everything else, and says of each command that it destroys', async () => {
  const world = fakeWorld({ 'az role definition list': ['role-1'] }, ENVIRONMENT);
  await teardown(world, 'dev');
  expect(world.commands.map((line) => line.split(' ').slice(0, 4).join(' '))).toEqual([
    'reads: az role definition',
    'destroys: az role assignment',
    'destroys: az role definition',
    'destroys: azd down --force',
  ]);
});

it('does nothing unless the name of the environment is typed', async () => {
  const world = fakeWorld({}, ENVIRONMENT);
  await expect(teardown(world, undefined)).rejects.toThrow('--destroy dev');
  await expect(teardown(world, 'prod')).rejects.toThrow('--destroy dev');
  expect(world.commands).toEqual([]);
});
