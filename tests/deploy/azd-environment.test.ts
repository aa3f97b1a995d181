import { expect, it } from 'vitest';
import { azdEnvironment } from '../../deploy/azd-environment.ts';
import { fakeWorld } from './world.ts';

it('is what azd keeps for the selected environment, and below it what is set in the shell', async () => {
  const { shell, commands } = fakeWorld({ 'azd env get-values': { AZURE_ENV_NAME: 'dev', NOTIFY_STAGE: 'dev' } });
  expect(await azdEnvironment(shell, { NOTIFY_STAGE: 'test', NOTIFY_CANARIES: 'ann@example.com' })).toEqual({
    AZURE_ENV_NAME: 'dev',
    NOTIFY_STAGE: 'dev',
    NOTIFY_CANARIES: 'ann@example.com',
  });
  expect(commands).toEqual(['reads: azd env get-values']);
});

it('is asked anew in a hook, for the environment of the hook: the step before may have changed a variable', async () => {
  const { shell } = fakeWorld({ 'azd env get-values --environment prod': { NOTIFY_KEY_VAULT_CREATE_MODE: 'recover' } });
  const own = { AZURE_ENV_NAME: 'prod', NOTIFY_KEY_VAULT_CREATE_MODE: 'default' };
  expect(await azdEnvironment(shell, own)).toEqual({ ...own, NOTIFY_KEY_VAULT_CREATE_MODE: 'recover' });
});
