import { existsSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ensureHashKey } from '../../deploy/hash-key.ts';
import { hashKeysOf } from '../../deploy/hash-keys.ts';
import { SETTINGS } from '../../shared/config.ts';
import { fakeWorld, InTurn, refused } from './world.ts';

const ENVIRONMENT = {
  KEY_VAULT_NAME: 'kv-abc',
  HASH_KEY_SECRET_NAME: 'address-hash-key',
  AZURE_RESOURCE_GROUP: 'rg-notifications-dev',
  FUNCTION_APP_NAME: 'func-dev',
};
const RESTART = 'changes: az functionapp restart --resource-group rg-notifications-dev --name func-dev';

describe('the key for hashes of addresses', () => {
  it('is made when there is none, and stands in no command line', async () => {
    const world = fakeWorld({ 'az keyvault secret list': [], 'az keyvault secret list-deleted': [] }, ENVIRONMENT);
    const { shell } = world;
    let written = '';
    let file = '';
    let forOthers: number | undefined;
    world.shell = async (effect, command, args) => {
      if (args.includes('set')) {
        file = args[args.indexOf('--file') + 1]!;
        written = readFileSync(file, 'utf8');
        forOthers = statSync(file).mode & 0o077;
      }
      return shell(effect, command, args);
    };
    expect(await ensureHashKey(world)).toBe('made');
    expect(world.commands.at(-1)).toBe(RESTART);
    const [key] = SETTINGS.ADDRESS_HASH_KEYS.parse(written);
    expect(key.name).toBe('k1');
    expect(key.key).toHaveLength(32);
    expect(existsSync(file)).toBe(false);
    expect(forOthers).toBe(0);
    expect(world.commands.join('\n') + world.said.join('\n')).not.toContain(written);
  });

  it('is never replaced', async () => {
    const world = fakeWorld({ 'az keyvault secret list': ['address-hash-key'] }, ENVIRONMENT);
    expect(await ensureHashKey(world)).toBe('kept');
    expect(world.commands).toEqual(['reads: az keyvault secret list --vault-name kv-abc --query [].name']);
  });

  it('comes back when it was deleted', async () => {
    const world = fakeWorld(
      { 'az keyvault secret list': [], 'az keyvault secret list-deleted': ['address-hash-key'] },
      ENVIRONMENT,
    );
    expect(await ensureHashKey(world)).toBe('recovered');
    expect(world.commands.at(-2)).toMatch(/^changes: az keyvault secret recover /);
    expect(world.commands.at(-1)).toBe(RESTART);
  });

  it('waits for a right that was given a moment ago, for twelve minutes at most', async () => {
    const soon = new InTurn(refused(), refused(), ['address-hash-key']);
    expect(await ensureHashKey(fakeWorld({ 'az keyvault secret list': soon }, ENVIRONMENT))).toBe('kept');
    const never = fakeWorld({ 'az keyvault secret list': refused() }, ENVIRONMENT);
    await expect(ensureHashKey(never)).rejects.toThrow('Forbidden');
    expect(never.clock.monotonic()).toBe(12 * 60_000);
  });

  it('is read as the app reads it', async () => {
    const value = `k2=${Buffer.alloc(32, 2).toString('base64')},k1=${Buffer.alloc(32, 1).toString('base64')}`;
    const keys = await hashKeysOf(fakeWorld({ 'az keyvault secret show': value }, ENVIRONMENT));
    expect(keys.map(({ name }) => name)).toEqual(['k2', 'k1']);
  });
});
