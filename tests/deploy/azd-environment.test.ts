import { expect, it } from 'vitest';
import { azdEnvironment } from '../../deploy/azd-environment.ts';
import { fakeWorld } from './world.ts';

const VALUES = { 'azd env get-values': { AZURE_ENV_NAME: 'dev', NOTIFY_STAGE: 'dev' } };

it('is that of the hook, when azd has started the step', async () => {
  const { shell, commands } = fakeWorld(VALUES);
  expect(await azdEnvironment(shell, { AZURE_ENV_NAME: 'prod' })).toEqual({ AZURE_ENV_NAME: 'prod' });
  expect(commands).toEqual([]);
});

it('is asked of azd when somebody starts the step alone; what is set in the shell wins', async () => {
  const { shell } = fakeWorld(VALUES);
  expect(await azdEnvironment(shell, { NOTIFY_STAGE: 'test' })).toEqual({
    AZURE_ENV_NAME: 'dev',
    NOTIFY_STAGE: 'test',
  });
});
