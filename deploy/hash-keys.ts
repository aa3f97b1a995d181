import { SETTINGS, type HashKey } from '../shared/config.ts';
import { isRefused, patiently } from './patience.ts';
import { azJson } from './shell.ts';
import { outputOf, type World } from './world.ts';

/** Those that the app reads, to name canaries as the app knows them. */
export async function hashKeysOf(world: World): Promise<readonly HashKey[]> {
  const vault = ['--vault-name', outputOf(world, 'KEY_VAULT_NAME'), '--name', outputOf(world, 'HASH_KEY_SECRET_NAME')];
  const show = ['keyvault', 'secret', 'show', ...vault, '--query', 'value'];
  const value = await patiently('Reading the key', () => azJson(world.shell, 'reads', show), isRefused, world);
  return SETTINGS.ADDRESS_HASH_KEYS.parse(value);
}
