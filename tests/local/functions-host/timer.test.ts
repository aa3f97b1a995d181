import { describe, expect, it } from 'vitest';
import type { HostedFunction } from '../../../local/functions-host/function-check.ts';
import type { Invocation, Invoker } from '../../../local/functions-host/invoker.ts';
import type { RetryOptions } from '../../../local/functions-host/library.ts';
import { parseTimeSpan } from '../../../local/functions-host/time-span.ts';
import { parseNcrontab } from '../../../local/functions-host/timer/ncrontab.ts';
import { retryDelayMs, startTimerListener, timerTrigger } from '../../../local/functions-host/timer/timer-listener.ts';
import { createFakeClock } from './fake-clock.ts';

const ms = (iso: string): number => Date.parse(iso);
const iso = (time: number | undefined): string | undefined =>
  time === undefined ? undefined : new Date(time).toISOString().replace('.000Z', 'Z');

describe('an NCRONTAB text', () => {
  const after = '2026-11-21T10:20:30.500Z'; // A Saturday.
  it.each([
    ['* * * * * *', '2026-11-21T10:20:31Z'],
    ['*/15 * * * * *', '2026-11-21T10:20:45Z'],
    ['30 20 10 * * *', '2026-11-22T10:20:30Z'],
    ['0 */5 * * * *', '2026-11-21T10:25:00Z'],
    ['*/5 * * * *', '2026-11-21T10:25:00Z'],
    ['0 0 12/6 * * *', '2026-11-21T12:00:00Z'],
    ['0 0 22-2 * * *', '2026-11-21T11:00:00Z'],
    ['0 0 0 * * mon', '2026-11-23T00:00:00Z'],
    ['0 0 0 * * Sund', '2026-11-22T00:00:00Z'],
    ['0 0 0 13 * 5', '2027-08-13T00:00:00Z'],
    ['0 0 0 29 2 *', '2028-02-29T00:00:00Z'],
    ['0 0 0 1 jan,MARCH *', '2027-01-01T00:00:00Z'],
    ['0 0 0 31 4 *', undefined],
  ])('%s comes next at %s', (text, expected) => {
    expect(iso(parseNcrontab(text)(ms(after)))).toBe(expected);
  });

  it.each(['* * * *', '60 * * * * *', '0 0 0 * * 7', '0 0 0 0 * *', '*/0 * * * * *', 'a * * * * *', '1/2/3 * * * * *'])(
    'is refused: %s',
    (text) => {
      expect(() => parseNcrontab(text)).toThrow(RangeError);
    },
  );
});

describe('a time span', () => {
  it.each([
    ['00:05:00', 300_000],
    ['1.02:03:04.5', 93_784_500],
    ['-00:00:01', -1000],
    ['00:60:00', undefined],
    ['5', undefined],
  ])('%s is %s ms', (text, expected) => {
    expect(parseTimeSpan(text)).toBe(expected);
  });
});

const definition = (trigger: object, retryOptions?: RetryOptions): HostedFunction => {
  const binding = { type: 'timerTrigger', name: 't', direction: 'in' as const, ...trigger };
  return {
    name: 'timer',
    kind: 'timer',
    disabled: false,
    trigger: binding,
    callback: () => undefined,
    metadata: { name: 'timer', bindings: { t: binding }, ...(retryOptions && { retryOptions }) },
  };
};

function recorder(outcome: (call: number) => Promise<void>): Invoker & { calls: Invocation[] } {
  const calls: Invocation[] = [];
  return {
    calls,
    idle: () => Promise.resolve(),
    invoke: async (_, invocation) => {
      calls.push(invocation);
      await outcome(calls.length);
      return { result: undefined, response: {} };
    },
  };
}
const inputs = (calls: Invocation[]): unknown[] => calls.map(({ input }) => JSON.parse(input.json ?? ''));
const start = ms('2026-11-21T00:00:00Z');

describe('a timer', () => {
  it('fires by its schedule and tells what was and what comes', async () => {
    const clock = createFakeClock(start);
    const invoker = recorder(() => Promise.resolve());
    startTimerListener(timerTrigger(definition({ schedule: '0 0 * * * *' }), {}), invoker, clock, () => 0.5);
    await clock.advance(2 * 3_600_000);
    expect(inputs(invoker.calls)).toMatchObject([
      { IsPastDue: false, ScheduleStatus: { Next: '2026-11-21T01:00:00.000Z' } },
      {
        IsPastDue: false,
        ScheduleStatus: { Last: '2026-11-21T01:00:00.000Z', Next: '2026-11-21T02:00:00.000Z' },
      },
    ]);
  });

  it('takes a time span as an interval, and a setting as its schedule', async () => {
    const clock = createFakeClock(start);
    const invoker = recorder(() => Promise.resolve());
    startTimerListener(
      timerTrigger(definition({ schedule: '%EVERY%' }), { EVERY: '00:10:00' }),
      invoker,
      clock,
      () => 0.5,
    );
    await clock.advance(3_600_000);
    expect(invoker.calls).toHaveLength(6);
  });

  it('goes on after a failure, and runs once at a time without catching up', async () => {
    const clock = createFakeClock(start);
    const invoker = recorder(async (call) => {
      if (call === 1) {
        await new Promise<void>((resolve) => {
          clock.after(150_000, resolve);
        });
        throw new Error('failed');
      }
    });
    startTimerListener(timerTrigger(definition({ schedule: '0 * * * * *' }), {}), invoker, clock, () => 0.5);
    await clock.advance(5 * 60_000);
    // Due 1, running until 3:30, then 4 and 5.
    expect(invoker.calls.map(({ reason }) => reason)).toEqual([
      'Timer fired at 2026-11-21T00:01:00.000Z',
      'Timer fired at 2026-11-21T00:04:00.000Z',
      'Timer fired at 2026-11-21T00:05:00.000Z',
    ]);
  });

  it('waits for an occurrence that is farther away than a Node timer reaches', async () => {
    const clock = createFakeClock(start);
    const invoker = recorder(() => Promise.resolve());
    startTimerListener(timerTrigger(definition({ schedule: '0 0 0 1 1 *' }), {}), invoker, clock, () => 0.5);
    await clock.advance(40 * 86_400_000);
    expect(invoker.calls).toHaveLength(0);
    await clock.advance(2 * 86_400_000);
    expect(invoker.calls).toHaveLength(1);
  });

  it('leaves the status out when it is not monitored', async () => {
    const clock = createFakeClock(start);
    const invoker = recorder(() => Promise.resolve());
    const trigger = timerTrigger(definition({ schedule: '0 0 * * * *', useMonitor: false }), {});
    await startTimerListener(trigger, invoker, clock, () => 0.5).fire();
    expect(inputs(invoker.calls)).toMatchObject([{ ScheduleStatus: null }]);
  });

  it('fires no more once it is stopped', async () => {
    const clock = createFakeClock(start);
    const invoker = recorder(() => Promise.resolve());
    startTimerListener(timerTrigger(definition({ schedule: '* * * * * *' }), {}), invoker, clock, () => 0.5).stop();
    await clock.advance(10_000);
    expect(invoker.calls).toHaveLength(0);
  });

  it('retries by its policy, each attempt with the failure before it', async () => {
    const clock = createFakeClock(start);
    const retry: RetryOptions = { retryStrategy: 'fixedDelay', maxRetryCount: 2, delayInterval: { seconds: 7 } };
    const times: number[] = [];
    const invoker = recorder((call) => {
      times.push(clock.now() - start);
      return Promise.reject(new Error(`failure ${call}`));
    });
    void startTimerListener(
      timerTrigger(definition({ schedule: '0 0 0 1 1 *' }, retry), {}),
      invoker,
      clock,
      () => 0.5,
    ).fire();
    await clock.advance(60_000);
    expect(times).toEqual([0, 7000, 14_000]);
    expect(invoker.calls.map(({ retryContext }) => retryContext)).toEqual([
      { retryCount: 0, maxRetryCount: 2 },
      { retryCount: 1, maxRetryCount: 2, exception: { message: 'failure 1' } },
      { retryCount: 2, maxRetryCount: 2, exception: { message: 'failure 2' } },
    ]);
  });

  it('backs off exponentially between the two intervals', () => {
    const retry: RetryOptions = {
      retryStrategy: 'exponentialBackoff',
      maxRetryCount: -1,
      minimumInterval: { seconds: 2 },
      maximumInterval: { seconds: 20 },
    };
    expect([1, 2, 3, 4, 5].map((count) => retryDelayMs(retry, count, () => 0.5))).toEqual([
      3000, 5000, 9000, 17_000, 20_000,
    ]);
  });

  it.each(['', 'soon', '00:00:00', '0 0 0 * * 7'])('is refused with the schedule "%s"', (schedule) => {
    expect(() => timerTrigger(definition({ schedule }), {})).toThrow('schedule');
  });
});
