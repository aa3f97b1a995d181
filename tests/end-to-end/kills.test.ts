import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runKills } from '../long/kills.ts';

const folder = mkdtempSync(join(tmpdir(), 'kills-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a functions host that is killed twice in a burst', { timeout: 120_000 }, () => {
  it('loses nothing and sends nothing twice while the provider remembers', async () => {
    const result = await runKills({
      events: 120,
      kills: 2,
      limits: 'short',
      memory: 30,
      folder: join(folder, 'remembers'),
    });
    expect(result.account.mismatches).toEqual([]);
    expect(result).toMatchObject({ lost: 0, doubled: 0, uncertain: 0 });
    for (const calls of result.inFlight) expect(calls).toBeGreaterThanOrEqual(8);
  });

  it('sends some twice when the provider remembers nothing: the test can see it', async () => {
    const result = await runKills({
      events: 120,
      kills: 2,
      limits: 'short',
      memory: 0,
      folder: join(folder, 'forgets'),
    });
    expect(result.lost).toBe(0);
    expect(result.doubled).toBeGreaterThan(0);
  });
});
