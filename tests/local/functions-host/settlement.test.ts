import { describe, expect, it } from 'vitest';
import { createBatches } from '../../../local/functions-host/service-bus/batches.ts';
import { keepLocked, renewalDelayMs } from '../../../local/functions-host/service-bus/lock-renewal.ts';
import { createSettlementGate } from '../../../local/functions-host/service-bus/settlement-gate.ts';
import { createFakeClock } from './fake-clock.ts';

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

function collectBatches(limits: { maximum: number; minimum: number; maxWaitMs: number }) {
  const clock = createFakeClock(0);
  const ran: number[][] = [];
  const ended: number[] = [];
  let mostAtOnce = 0;
  let running = 0;
  const batches = createBatches<number>(
    async (items) => {
      running += 1;
      mostAtOnce = Math.max(mostAtOnce, running);
      ran.push(items);
      await new Promise<void>((resolve) => {
        clock.after(50, resolve);
      });
      running -= 1;
    },
    limits,
    clock,
  );
  const add = (item: number): void => void batches.add(item).then(() => ended.push(item));
  return { clock, ran, ended, add, flush: () => batches.flush(), mostAtOnce: () => mostAtOnce };
}

describe('batches', () => {
  it('take what waits, never more than the maximum, one at a time', async () => {
    const { clock, ran, ended, add, mostAtOnce } = collectBatches({ maximum: 3, minimum: 1, maxWaitMs: 60_000 });
    for (const item of [1, 2, 3, 4, 5, 6, 7]) add(item);
    await clock.advance(1000);
    expect(ran).toEqual([[1, 2, 3], [4, 5, 6], [7]]);
    expect(ended).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(mostAtOnce()).toBe(1);
  });

  it('wait for their minimum', async () => {
    const { clock, ran, add } = collectBatches({ maximum: 10, minimum: 2, maxWaitMs: 60_000 });
    add(1);
    await clock.advance(59_000);
    expect(ran).toEqual([]);
    add(2);
    await clock.advance(10);
    expect(ran).toEqual([[1, 2]]);
  });

  it('wait no longer than allowed, and not at all once flushed', async () => {
    const { clock, ran, add, flush } = collectBatches({ maximum: 10, minimum: 2, maxWaitMs: 60_000 });
    add(1);
    await clock.advance(60_100);
    expect(ran).toEqual([[1]]);
    add(2);
    flush();
    await clock.advance(100);
    expect(ran).toEqual([[1], [2]]);
  });

  it('are not put off by a steady trickle', async () => {
    const { clock, ran, add } = collectBatches({ maximum: 10, minimum: 1, maxWaitMs: 60_000 });
    for (const item of [1, 2, 3, 4]) {
      add(item);
      await clock.advance(3);
    }
    expect(ran).toEqual([[1, 2]]);
  });
});

const renewing = (maxDurationMs: number, renew: () => Promise<unknown> = () => Promise.resolve()) => {
  const clock = createFakeClock(0);
  const renewedAt: number[] = [];
  const lost: unknown[] = [];
  let lockedUntil = 10_000;
  const lock = {
    lockedUntil: () => lockedUntil,
    renew: async () => {
      renewedAt.push(clock.now());
      await renew();
      lockedUntil = clock.now() + 10_000;
    },
    onLost: (error: unknown) => lost.push(error),
  };
  return { clock, renewedAt, lost, release: keepLocked(lock, maxDurationMs, clock) };
};

describe('the renewal of a lock', () => {
  it.each([
    [60_000, 50_000],
    [10_000, 5000],
    [100, 250],
  ])('with %s ms left comes after %s ms', (remaining, delay) => {
    expect(renewalDelayMs(remaining)).toBe(delay);
  });

  it('goes on until it is released', async () => {
    const { clock, renewedAt, release } = renewing(60_000);
    await clock.advance(16_000);
    release();
    await clock.advance(60_000);
    expect(renewedAt).toEqual([5000, 10_000, 15_000]);
  });

  it('does not go beyond the longest duration', async () => {
    const { clock, renewedAt } = renewing(12_000);
    await clock.advance(60_000);
    expect(renewedAt).toEqual([5000, 10_000]);
  });

  it('ends with a word when the lock is lost', async () => {
    const { clock, renewedAt, lost } = renewing(60_000, () => Promise.reject(new Error('gone')));
    await clock.advance(60_000);
    expect(renewedAt).toEqual([5000]);
    expect(lost).toEqual([new Error('gone')]);
  });
});
