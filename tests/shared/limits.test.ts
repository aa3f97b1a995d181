import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../shared/limits.ts';

describe.each(Object.entries(LIMITS))('the %s numbers belong together', (_, limits) => {
  it('lets a call end within its lease, and a lease within the lock', () => {
    expect(limits.freshRead).toBeLessThan(limits.lease);
    expect(limits.callTimeout).toBeLessThan(limits.lease);
    expect(limits.lease).toBeLessThan(limits.lock);
    expect(limits.lock).toBeLessThan(limits.lockRenewal);
  });

  it('stops repeating an attempt with a call to spare before the provider forgets it', () => {
    expect(limits.repeatUntil + limits.callTimeout).toBeLessThan(limits.providerMemory);
  });

  it('waits inside a function for two seconds at most', () => {
    expect(limits.shortWait).toBeLessThanOrEqual(2_000);
  });
});

describe('host.json', () => {
  const { serviceBus } = (
    JSON.parse(readFileSync('host.json', 'utf8')) as { extensions: { serviceBus: Record<string, unknown> } }
  ).extensions;

  it('has the real numbers', () => {
    expect(serviceBus).toMatchObject({
      maxConcurrentCalls: LIMITS.real.concurrency,
      maxMessageBatchSize: LIMITS.real.intakeBatch,
      maxAutoLockRenewalDuration: `00:0${LIMITS.real.lockRenewal / 60_000}:00`,
      prefetchCount: 0,
    });
  });
});
