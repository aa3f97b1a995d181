import { SETTINGS, type HashKey } from '../shared/config.ts';
import { isRefused, patiently } from './patience.ts';
import { azJson } from './shell.ts';
import { outputOf, type World } from './world.ts';

/** The secret, as the setting ADDRESS_HASH_KEYS holds it. */
export async function hashKeySecretOf(world: World): Promise<string> {
  const vault = ['--vault-name', outputOf(world, 'KEY_VAULT_NAME'), '--name', outputOf(world, 'HASH_KEY_SECRET_NAME')];
  return (await azJson(world.shell, 'reads', ['keyvault', 'secret', 'show', ...vault, '--query', 'value'])) as string;
}

/** Those that the app reads, to name canaries as the app knows them. */
export async function hashKeysOf(world: World): Promise<readonly HashKey[]> {
  const secret = await patiently('Reading the key', () => hashKeySecretOf(world), isRefused, world);
  return SETTINGS.ADDRESS_HASH_KEYS.parse(secret);
}
