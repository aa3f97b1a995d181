import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CASES } from '../crash/cases.ts';
import { runPoints } from '../crash/run-points.ts';
import { runKills } from '../long/kills.ts';

const folder = mkdtempSync(join(tmpdir(), 'kills-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/**
 * A host that comes back when it is too late to call again leaves SMS `uncertain`, as it has to: such a run, on a machine that is
 * busy with other things, says nothing more, and another one is made.
 */
async function killsInTime(options: Omit<KillsOptions, 'folder'>, name: string) {
  for (let run = 1; ; run += 1) {
    const result = await runKills({ ...options, folder: join(folder, `${name}-${run}`) });
    if (result.uncertain === 0 || run === MOST_RUNS) return result;
    const mustNotDouble = options.memory > 0;
    expect([result.lost, mustNotDouble && result.doubled > 0]).toEqual([0, false]);
  }
}

type KillsOptions = Parameters<typeof runKills>[0];
const MOST_RUNS = 3;

// Each on a laptop cloud of its own, which mostly waits for locks to run out.
describe('a functions host that is killed in a burst', { timeout: 300_000 }, () => {
  it('loses nothing and sends nothing twice while the provider remembers', async () => {
    const result = await killsInTime({ kills: 2, limits: 'short', memory: 30 }, 'remembers');
    expect(result.account.mismatches).toEqual([]);
    expect(result).toMatchObject({ kills: 2, lost: 0, doubled: 0, uncertain: 0 });
    for (const calls of result.inFlight) expect(calls).toBeGreaterThanOrEqual(8);
  });

  it('sends some twice when the provider remembers nothing: the test can see it', async () => {
    const result = await killsInTime({ kills: 1, limits: 'short', memory: 0 }, 'forgets');
    expect(result.lost).toBe(0);
    expect(result.doubled).toBeGreaterThan(0);
  });
});

describe('a functions host that is killed at a named point', { timeout: 120_000 }, () => {
  it('sends once all the same', async () => {
    const cases = CASES.filter(
      ({ point, memory, channels }) => [4, 9].includes(point.number) && memory === 'inside' && channels[0] === 'sms',
    );
    const results = await runPoints(cases, { folder: join(folder, 'points') });
    expect(results.map(({ point }) => point.number)).toEqual([4, 9]);
    for (const { ended, expected } of results) expect(ended).toEqual(expected);
  });
});
