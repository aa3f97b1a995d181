import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'deploy-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const deploy = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
  spawnSync(process.execPath, ['deploy/main.ts', ...args], {
    env: { PATH: `${folder}:/usr/bin:/bin`, ...environment },
    encoding: 'utf8',
    timeout: 20_000,
  });

describe('npm run deploy', () => {
  it('ends with an error that says so where nothing is installed', () => {
    const { status, stderr } = deploy(['preflight'], { AZURE_ENV_NAME: 'dev' });
    expect(stderr).toContain(
      '  reads     azd env get-values --environment dev --output json\nazd failed: it is not installed',
    );
    expect(status).toBe(1);
  });

  it('makes no key while a canary cannot be read: the channels could not be closed after it', () => {
    const values = { AZURE_ENV_NAME: 'dev', KEY_VAULT_NAME: 'kv-abc', NOTIFY_CANARIES: '4711' };
    writeFileSync(join(folder, 'azd'), `#!/bin/sh\necho '${JSON.stringify(values)}'\n`);
    chmodSync(join(folder, 'azd'), 0o755);
    const { status, stderr } = deploy(['provisioned'], { AZURE_ENV_NAME: 'dev' });
    expect(stderr).toContain('NOTIFY_CANARIES: no. 1 is neither');
    expect(stderr).not.toContain(' az ');
    expect(status).toBe(1);
  });

  it('selects a stage by setting the variables of the azd environment, and shows each', () => {
    const log = join(folder, 'azd.log');
    writeFileSync(join(folder, 'azd'), `#!/bin/sh\necho "$*" >> ${log}\n`);
    chmodSync(join(folder, 'azd'), 0o755);
    const { status, stderr } = deploy(['select', 'prod']);
    expect({ status, stderr }).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('  changes   azd env set '),
    });
    expect(readFileSync(log, 'utf8')).toContain('env set NOTIFY_STAGE prod\n');
    // What was set by hand stays when a stage is selected once more.
    for (const own of [
      'NOTIFY_SMS_SENDERS',
      'NOTIFY_CUSTOM_DOMAIN',
      'NOTIFY_EMAIL_SENDER_NAMES',
      'NOTIFY_BUDGET_START',
    ])
      expect(readFileSync(log, 'utf8')).not.toContain(own);
  });
});
