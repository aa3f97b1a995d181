/** The key for hashes of addresses: made once, by whoever deploys, never by a template. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRefused, patiently } from './patience.ts';
import { azJson } from './shell.ts';
import { outputOf, type World } from './world.ts';

/** Makes it if it is not there. Never replaces one: whoever it was written with would be forgotten. */
export async function ensureHashKey(world: World): Promise<'kept' | 'recovered' | 'made'> {
  const outcome = await keepOrMake(world);
  // The app has looked for it in vain, and would look again only after a day.
  if (outcome !== 'kept') {
    const app = [
      '--resource-group',
      outputOf(world, 'AZURE_RESOURCE_GROUP'),
      '--name',
      outputOf(world, 'FUNCTION_APP_NAME'),
    ];
    await world.shell('changes', 'az', ['functionapp', 'restart', ...app]);
  }
  return outcome;
}

async function keepOrMake(world: World): Promise<'kept' | 'recovered' | 'made'> {
  const { shell, say } = world;
  const vault = ['--vault-name', outputOf(world, 'KEY_VAULT_NAME')];
  const name = outputOf(world, 'HASH_KEY_SECRET_NAME');
  const namesIn = (list: 'list' | 'list-deleted') =>
    patiently(
      'Looking into the vault',
      async () =>
        (await azJson(shell, 'reads', ['keyvault', 'secret', list, ...vault, '--query', '[].name'])) as string[],
      isRefused,
      world,
    );

  if ((await namesIn('list')).includes(name)) {
    say(`${name} is there, and stays as it is.`);
    return 'kept';
  }
  if ((await namesIn('list-deleted')).includes(name)) {
    await shell('changes', 'az', ['keyvault', 'secret', 'recover', ...vault, '--name', name, '--output', 'none']);
    say(`${name} was deleted, and is back.`);
    return 'recovered';
  }
  const folder = await mkdtemp(join(tmpdir(), 'notify-'));
  try {
    // By a file: what stands in a command line can be read by every process of the machine.
    const file = join(folder, 'secret');
    await writeFile(file, newKey(), { mode: 0o600 });
    const set = ['keyvault', 'secret', 'set', ...vault, '--name', name, '--file', file, '--encoding', 'utf-8'];
    await shell('changes', 'az', [...set, '--output', 'none']);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  say(`${name} is made.`);
  return 'made';
}

/** As the setting ADDRESS_HASH_KEYS reads it. */
const newKey = (): string => `k1=${randomBytes(32).toString('base64')}`;
