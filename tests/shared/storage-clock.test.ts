import { describe, expect, it } from 'vitest';
import { type StorageTime, offsetOf, storageClock } from '../../shared/storage-clock.ts';

const SECOND = 1_000;
/** The local clock is a minute late and the service's the right one; monotonic time began somewhere. */
const RIGHT = Date.parse('2026-11-20T13:00:00Z');
const SKEW = -60 * SECOND;

/** How long the write takes to the service and back, and the read. */
type Trip = { there?: number; back?: number; read?: number; fails?: boolean; takenOver?: boolean };

/** A process at a service that takes its time; `trips` in turn, then again and again the last one. */
function world(...trips: Trip[]) {
  let passed = 0;
  /** Time that the process did not see pass, because its machine stood still. */
  let stopped = 0;
  let calls = 0;
  const now = () => RIGHT + passed + stopped;
  let written: { mark: string; at: number } | undefined;
  let trip: Trip = {};
  const storage: StorageTime = {
    async write() {
      trip = trips[Math.min(calls, trips.length - 1)] ?? {};
      calls += 1;
      passed += trip.there ?? 5;
      if (trip.fails) throw new Error('away');
      written = { mark: String(calls), at: now() };
      passed += trip.back ?? 5;
      return written.mark;
    },
    async read(mark) {
      passed += trip.read ?? 10;
      return !trip.takenOver && written?.mark === mark ? new Date(written.at) : undefined;
    },
  };
  const clock = storageClock(storage, {
    now: () => new Date(RIGHT + SKEW + passed),
    monotonic: () => 777_000 + passed,
    wait: async (milliseconds) => void (passed += milliseconds),
  });
  return {
    clock,
    calls: () => calls,
    pass: (milliseconds: number) => void (passed += milliseconds),
    stop: (milliseconds: number) => void (stopped += milliseconds),
    error: () => clock.now().getTime() - now(),
  };
}

describe('the time of the storage service', () => {
  it('is known after one write and one read, whatever the local clock says', async () => {
    const { clock, calls, error } = world();
    expect(error()).toBe(SKEW);
    await clock.learn();
    expect(error()).toBe(0);
    expect(calls()).toBe(1);
  });

  it('is off by half of the write at most', async () => {
    for (const [there, back] of [
      [0, 200],
      [200, 0],
      [60, 140],
    ]) {
      const { clock, error } = world({ there: there!, back: back! });
      await clock.learn();
      expect(Math.abs(error())).toBeLessThanOrEqual((there! + back!) / 2);
    }
  });

  it('is no worse for a read that takes long', async () => {
    const { clock, error } = world({ read: 4 * SECOND });
    await clock.learn();
    expect(error()).toBe(0);
  });

  it('is asked for again at once when the write was slow, five times at most', async () => {
    const slow = world({ there: 900, back: 100 }, { there: 300, back: 100 }, {});
    await slow.clock.learn();
    expect([slow.calls(), slow.error()]).toEqual([3, 0]);
    const always = world({ there: 900, back: 100 });
    await always.clock.learn();
    expect(always.calls()).toBe(5);
    expect(Math.abs(always.error())).toBeLessThanOrEqual(500);
  });

  it('is waited for by everybody until a slow write has been followed by a better one', async () => {
    const { clock, error } = world({ back: 2 * SECOND }, {});
    const first = clock.learn();
    while (error() === SKEW) await Promise.resolve();
    await clock.learn();
    expect(error()).toBe(0);
    await first;
  });

  it('is carried on by the monotonic clock and learnt at most every 30 seconds', async () => {
    const { clock, calls, pass, error } = world();
    await clock.learn();
    pass(29 * SECOND);
    await clock.learn();
    expect([calls(), error()]).toEqual([1, 0]);
    pass(2 * SECOND);
    await Promise.all([clock.learn(), clock.learn(), clock.learn()]);
    expect(calls()).toBe(2);
  });

  it('is that of the shortest of the last five writes', async () => {
    const { clock, pass, error } = world({ there: 10, back: 10 }, { there: 100, back: 50 });
    await clock.learn();
    for (let samples = 1; samples < 5; samples += 1) {
      pass(31 * SECOND);
      await clock.learn();
      expect(error()).toBe(0);
    }
    pass(31 * SECOND);
    await clock.learn();
    expect(error()).toBe(25);
    expect(offsetOf([])).toBeUndefined();
  });

  it('is not guessed: who cannot learn it the first time is told so', async () => {
    const away = world({ fails: true }, {});
    await expect(away.clock.learn()).rejects.toThrow('away');
    await away.clock.learn();
    expect(away.error()).toBe(0);
    const taken = world({ takenOver: true });
    await expect(taken.clock.learn()).rejects.toThrow('others write the row');
    expect(taken.calls()).toBe(5);
  });

  it('outlives an outage by what was learnt before', async () => {
    const { clock, calls, pass, error } = world({}, { fails: true }, {});
    await clock.learn();
    pass(31 * SECOND);
    await clock.learn();
    await clock.learn();
    expect([calls(), error()]).toEqual([2, 0]);
    pass(31 * SECOND);
    await clock.learn();
    expect([calls(), error()]).toEqual([3, 0]);
  });

  it('counts no row that another process has written meanwhile', async () => {
    const { clock, calls, error } = world({ takenOver: true, there: 0, back: 1 }, {});
    await clock.learn();
    expect([calls(), error()]).toEqual([2, 0]);
  });

  it('is right again with the next look after the machine stood still', async () => {
    const { clock, pass, stop, error } = world({ there: 1, back: 1 }, { there: 40, back: 40 });
    for (let samples = 0; samples < 5; samples += 1) {
      await clock.learn();
      pass(31 * SECOND);
    }
    stop(30 * SECOND);
    await clock.learn();
    expect(Math.abs(error())).toBeLessThanOrEqual(40);
  });
});
