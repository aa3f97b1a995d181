import { describe, expect, it } from 'vitest';
import { FAULTS } from './faults.ts';
import { PLANTED_BUGS } from './planted-bugs.ts';
import { replayCommand, search, shrink } from './search.ts';
import { simulate } from './simulation.ts';

const SEEDS = 200;
const DELIVERIES = 60;

describe('the whole pipeline under a virtual clock', () => {
  it('keeps every rule, whatever goes wrong', { timeout: 240_000 }, async () => {
    const { failing, faults, deliveries } = await search({ from: 1, seeds: SEEDS, deliveries: DELIVERIES });
    expect(failing?.violations, failing && replayCommand({ ...failing, deliveries: DELIVERIES })).toBeUndefined();
    expect(deliveries).toBeGreaterThanOrEqual(DELIVERIES * SEEDS);
    for (const fault of FAULTS) expect(faults[fault], fault).toBeGreaterThanOrEqual(5);
  });

  it('is the same once more with the same seed', async () => {
    const [first, second] = [await simulate({ seed: 7, deliveries: 30 }), await simulate({ seed: 7, deliveries: 30 })];
    expect(second).toEqual(first);
  });
});

describe('the simulation', () => {
  it.each(Object.entries(PLANTED_BUGS))(
    'notices %s',
    { timeout: 120_000 },
    async (_, { breaks, deliveries = DELIVERIES, visits, ...plant }) => {
      const { failing } = await search({ from: 1, seeds: SEEDS, deliveries, visits, plant, rule: breaks });
      expect(failing?.violations.join('\n')).toContain(breaks);
    },
  );

  it('finds the fewest deliveries with which a seed still breaks a rule', async () => {
    const plant = PLANTED_BUGS['events that are parked nowhere']!;
    const { failing } = await search({ from: 1, seeds: SEEDS, deliveries: DELIVERIES, plant });
    const shrunk = await shrink({ seed: failing!.seed, deliveries: DELIVERIES, plant });
    expect(shrunk?.deliveries).toBeLessThan(DELIVERIES);
    expect(shrunk?.result.violations).not.toEqual([]);
  });
});
