import { describe, expect, it } from 'vitest';
import { fakeClock } from './clock.ts';

describe('fakeClock', () => {
  it('ends each wait at its own instant, in order, also those that begin on the way', async () => {
    const clock = fakeClock(new Date(0));
    const ended: [string, number][] = [];
    const waits = async (name: string, ...pauses: number[]) => {
      for (const pause of pauses) {
        await clock.wait(pause);
        ended.push([name, clock.now().getTime()]);
      }
    };
    const both = Promise.all([waits('slow', 300), waits('quick', 100, 100, 200)]);
    await clock.advance(350);
    expect(ended).toEqual([
      ['quick', 100],
      ['quick', 200],
      ['slow', 300],
    ]);
    expect([clock.now().getTime(), clock.monotonic(), clock.waiting]).toEqual([350, 350, 1]);
    await clock.advance(50);
    await both;
    expect(ended.at(-1)).toEqual(['quick', 400]);
  });

  it('moves on by itself when waits are skipped', async () => {
    const clock = fakeClock(new Date(0), 'skipped');
    await clock.wait(5_000);
    expect([clock.now().getTime(), clock.monotonic(), clock.waiting]).toEqual([5_000, 5_000, 0]);
  });
});
