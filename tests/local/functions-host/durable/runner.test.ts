import { expect, it } from 'vitest';
import { startRunner } from '../../../../local/functions-host/durable/runner.ts';
import type { RunnerOptions } from '../../../../local/functions-host/durable/runner.ts';
import type { ClaimedActivity, ClaimedTurn } from '../../../../local/functions-host/durable/work.ts';
import { createFakeClock } from '../fake-clock.ts';

const day = 86_400_000;
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const leases = { renew: () => undefined, releaseAbandoned: () => undefined };

/** Work that is only counted: so many turns and activities wait, `due` is when the next turn is. */
function counted(waiting: { turns: number; activities: number; due?: number }) {
  const asked: number[] = [];
  const take = <T>(kind: 'turns' | 'activities', limit: number): T[] => {
    const taken = Math.min(limit, waiting[kind]);
    waiting[kind] -= taken;
    return Array.from({ length: taken }, () => ({}) as T);
  };
  const work: RunnerOptions['work'] = {
    claimTurns: (limit, now) => {
      asked.push(now);
      return take<ClaimedTurn>('turns', limit);
    },
    claimActivities: (limit) => take<ClaimedActivity>('activities', limit),
    nextDueAt: () => ((asked.at(-1) ?? 0) < (waiting.due ?? 0) ? waiting.due : undefined),
  };
  return { work, asked };
}

function holding() {
  const running: (() => void)[] = [];
  return {
    running,
    run: () =>
      new Promise<void>((resolve) => {
        running.push(resolve);
      }),
  };
}

it('runs as many turns and activities at a time as allowed, and the next when one has ended', async () => {
  const { work } = counted({ turns: 5, activities: 9 });
  const [turns, activities] = [holding(), holding()];
  const runner = startRunner({
    work,
    leases,
    runTurn: turns.run,
    runActivity: activities.run,
    clock: createFakeClock(0),
    isDead: () => false,
    maxConcurrentTurns: 2,
    maxConcurrentActivities: 3,
    pollMs: undefined,
  });
  await settled();
  expect([turns.running.length, activities.running.length]).toEqual([2, 3]);
  turns.running[0]?.();
  await settled();
  await settled();
  expect([turns.running.length, activities.running.length]).toEqual([3, 3]);
  const stopped = runner.stop();
  for (const end of [...turns.running, ...activities.running]) end();
  await stopped;
  expect([turns.running.length, activities.running.length]).toEqual([3, 3]);
});

it('sleeps until the next turn is due, also when that is farther away than a Node timer reaches', async () => {
  const clock = createFakeClock(0);
  const { work, asked } = counted({ turns: 0, activities: 0, due: 40 * day });
  const delays: number[] = [];
  const watched = {
    now: () => clock.now(),
    after: (ms: number, run: () => void) => {
      delays.push(ms);
      return clock.after(ms, run);
    },
  };
  const { run } = holding();
  startRunner({
    work,
    leases,
    runTurn: run,
    runActivity: run,
    clock: watched,
    isDead: () => false,
    maxConcurrentTurns: 1,
    maxConcurrentActivities: 1,
    pollMs: undefined,
  });
  await settled();
  await clock.advance(40 * day - 1);
  expect(Math.max(...delays)).toBeLessThan(2 ** 31);
  const before = asked.length;
  await clock.advance(1);
  expect([before, asked.length > before, asked.at(-1)]).toEqual([2, true, 40 * day]);
});
