import { describe, expect, it } from 'vitest';
import { createBatches } from '../../../local/functions-host/service-bus/batches.ts';
import { keepLocked, renewalDelayMs } from '../../../local/functions-host/service-bus/lock-renewal.ts';
import { createSettlementGate } from '../../../local/functions-host/service-bus/settlement-gate.ts';
import { until } from './running-host.ts';

describe('the settlement gate', () => {
  it('lets all waiting completes through in one turn, and each abandon alone', async () => {
    const turns: string[][] = [];
    const gate = createSettlementGate((run) => {
      setImmediate(() => {
        turns.push([]);
        run();
      });
    });
    const settle = (name: string) => () => {
      turns.at(-1)?.push(name);
      return Promise.resolve();
    };
    await Promise.all([
      gate.complete(settle('c1')),
      gate.abandon(settle('a1')),
      gate.complete(settle('c2')),
      gate.abandon(settle('a2')),
      gate.complete(settle('c3')),
    ]);
    expect(turns).toEqual([['c1', 'c2', 'c3'], ['a1'], ['a2']]);
  });

  it('hands a failure to the one who settles, and goes on', async () => {
    const gate = createSettlementGate();
    await expect(gate.complete(() => Promise.reject(new Error('lock lost')))).rejects.toThrow('lock lost');
    await gate.abandon(() => Promise.resolve());
  });
});

describe('batches', () => {
  const collect = (limits: { maximum: number; minimum: number; maxWaitMs: number }) => {
    const ran: number[][] = [];
    let running = 0;
    const batches = createBatches<number>(async (items) => {
      running += 1;
      expect(running).toBe(1);
      ran.push(items);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
    }, limits);
    return { ran, batches };
  };

  it('take what waits, never more than the maximum, one at a time', async () => {
    const { ran, batches } = collect({ maximum: 3, minimum: 1, maxWaitMs: 60_000 });
    await Promise.all([1, 2, 3, 4, 5, 6, 7].map((item) => batches.add(item)));
    expect(ran).toEqual([[1, 2, 3], [4, 5, 6], [7]]);
  });

  it('wait for their minimum', async () => {
    const { ran, batches } = collect({ maximum: 10, minimum: 2, maxWaitMs: 60_000 });
    const first = batches.add(1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(ran).toEqual([]);
    await Promise.all([first, batches.add(2)]);
    expect(ran).toEqual([[1, 2]]);
  });

  it('wait no longer than allowed, and not at all once flushed', async () => {
    const { ran, batches } = collect({ maximum: 10, minimum: 2, maxWaitMs: 10 });
    await batches.add(1);
    const second = batches.add(2);
    batches.flush();
    await second;
    expect(ran).toEqual([[1], [2]]);
  });
});

describe('the renewal of a lock', () => {
  it.each([
    [60_000, 50_000],
    [10_000, 5000],
    [100, 250],
  ])('with %s ms left comes after %s ms', (remaining, delay) => {
    expect(renewalDelayMs(remaining)).toBe(delay);
  });

  it('goes on until it is released', async () => {
    let lockedUntil = Date.now() + 500;
    let renewals = 0;
    const lock = {
      lockedUntil: () => lockedUntil,
      renew: () => {
        renewals += 1;
        lockedUntil = Date.now() + 500;
        return Promise.resolve();
      },
      onLost: () => expect.fail('not lost'),
    };
    const release = keepLocked(lock, 60_000, Date.now);
    await until('two renewals', () => renewals === 2);
    release();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(renewals).toBe(2);
  });

  it('does not begin what lies beyond the longest duration', async () => {
    let renewals = 0;
    const lock = {
      lockedUntil: () => Date.now() + 500,
      renew: () => Promise.resolve((renewals += 1)),
      onLost: () => undefined,
    };
    keepLocked(lock, 0, Date.now);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(renewals).toBe(0);
  });

  it('says when the lock is lost', async () => {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const lock = { lockedUntil: () => Date.now(), renew: () => Promise.reject(new Error('gone')), onLost: resolve };
    keepLocked(lock, 60_000, Date.now);
    expect(await promise).toEqual(new Error('gone'));
  });
});
