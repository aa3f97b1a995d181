import { describe, expect, it } from 'vitest';
import { FAULTS } from './faults.ts';
import { PLANTED_BUGS } from './planted-bugs.ts';
import { replayCommand, search } from './search.ts';

const SEEDS = 200;
const ORDERS = 52;

describe('the whole pipeline under a virtual clock', () => {
  it('loses nothing, doubles nothing and explains every end, whatever goes wrong', { timeout: 240_000 }, async () => {
    const { failing, faults, deliveries } = await search({ from: 1, seeds: SEEDS, orders: ORDERS });
    expect(failing?.violations, failing && replayCommand({ seed: failing.seed, orders: ORDERS })).toBeUndefined();
    expect(deliveries).toBeGreaterThan(60 * SEEDS);
    for (const fault of FAULTS) expect(faults[fault], fault).toBeGreaterThanOrEqual(5);
  });
});

describe('the simulation', () => {
  it.each(Object.entries(PLANTED_BUGS))('notices %s', { timeout: 240_000 }, async (_, plant) => {
    const { failing } = await search({ from: 1, seeds: 200, orders: ORDERS, plant });
    expect(failing?.violations.length).toBeGreaterThan(0);
  });
});
