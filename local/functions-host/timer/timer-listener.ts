import { ConfigurationError } from '../configuration-error.ts';
import { resolveSettings } from '../app-settings.ts';
import type { Clock } from '../clock.ts';
import type { HostedFunction } from '../function-check.ts';
import { errorText } from '../invoker.ts';
import type { Invocation, Invoker } from '../invoker.ts';
import type { RetryOptions, TypedData } from '../library.ts';
import { parseTimeSpan } from '../time-span.ts';
import { parseNcrontab } from './ncrontab.ts';
import type { Schedule } from './ncrontab.ts';

export interface TimerTrigger {
  definition: HostedFunction;
  schedule: Schedule;
  /** Whether the handler gets `scheduleStatus`. */
  monitored: boolean;
  runOnStartup: boolean;
}

/** Node fires a longer timer at once. */
const longestDelayMs = 2_000_000_000;

/** Reads the schedule: NCRONTAB, or a TimeSpan as a constant interval. */
export function timerTrigger(definition: HostedFunction, settings: NodeJS.ProcessEnv): TimerTrigger {
  const { schedule, useMonitor, runOnStartup } = definition.trigger;
  const text = resolveSettings(typeof schedule === 'string' ? schedule : '', settings);
  const intervalMs = parseTimeSpan(text);
  const common = { definition, runOnStartup: runOnStartup === true };
  if (intervalMs !== undefined) {
    if (intervalMs <= 0) throw new ConfigurationError(`the schedule "${text}" must be longer than zero.`);
    return {
      ...common,
      schedule: (after) => after + intervalMs,
      monitored: useMonitor !== false && intervalMs >= 60_000,
    };
  }
  let parsed: Schedule;
  try {
    parsed = parseNcrontab(text);
  } catch (error) {
    throw new ConfigurationError(`the schedule "${text}" is neither NCRONTAB nor a time span: ${errorText(error)}.`, {
      cause: error,
    });
  }
  return { ...common, schedule: parsed, monitored: useMonitor !== false && !belowOneMinute(parsed) };
}

/** Such schedules are never monitored. Looks at the next few occurrences, as the real host does. */
function belowOneMinute(schedule: Schedule): boolean {
  const first = schedule(0);
  const second = first === undefined ? undefined : schedule(first);
  return first !== undefined && second !== undefined && second - first < 60_000;
}

interface Status {
  last: number;
  next: number | undefined;
  lastUpdated: number;
}

const timerInput = (status: Status | undefined, isPastDue: boolean): TypedData => ({
  json: JSON.stringify({
    Schedule: { AdjustForDST: true },
    ScheduleStatus:
      status === undefined
        ? null
        : {
            Last: new Date(status.last).toISOString(),
            Next: status.next === undefined ? null : new Date(status.next).toISOString(),
            LastUpdated: new Date(status.lastUpdated).toISOString(),
          },
    IsPastDue: isPastDue,
  }),
});

const secondsOf = (duration: { seconds?: number } | undefined): number => (duration?.seconds ?? 0) * 1000;

/** Pause before retry number `retry` (1 first). */
export function retryDelayMs(options: RetryOptions, retry: number, random: () => number): number {
  if (options.retryStrategy === 'fixedDelay') return secondsOf(options.delayInterval);
  const low = secondsOf(options.minimumInterval);
  const high = secondsOf(options.maximumInterval);
  return Math.min(low + (2 ** retry - 1) * 1000 * (0.8 + 0.4 * random()), high);
}

export interface TimerListener {
  /** Fires now, apart from the schedule. Resolves when the run has ended. */
  fire(): Promise<void>;
  stop(): void;
}

export function startTimerListener(
  trigger: TimerTrigger,
  invoker: Invoker,
  clock: Clock,
  random: () => number,
): TimerListener {
  const { definition, schedule, monitored } = trigger;
  const retry = definition.metadata.retryOptions;
  const startedAt = clock.now();
  let status: Status = { last: startedAt, next: schedule(startedAt), lastUpdated: startedAt };
  let stopped = false;
  let callOff: (() => void) | undefined;

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      clock.after(ms, resolve);
    });

  /** A failure never stops the schedule; the invoker has logged it. */
  const runWithRetries = async (invocation: Invocation): Promise<void> => {
    let exception: { message: string } | undefined;
    for (let retryCount = 0; ; retryCount += 1) {
      try {
        await invoker.invoke(definition, {
          ...invocation,
          ...(retry && {
            retryContext: { retryCount, maxRetryCount: retry.maxRetryCount, ...(exception && { exception }) },
          }),
        });
        return;
      } catch (error) {
        if (!retry || stopped || (retry.maxRetryCount !== -1 && retryCount >= retry.maxRetryCount)) return;
        exception = { message: errorText(error) };
        await pause(retryDelayMs(retry, retryCount + 1, random));
        if (stopped) return;
      }
    }
  };

  const run = async (isPastDue: boolean): Promise<void> => {
    await runWithRetries({
      reason: `Timer fired at ${new Date(clock.now()).toISOString()}`,
      input: timerInput(monitored ? status : undefined, isPastDue),
    });
  };

  const arm = (): void => {
    const { next } = status;
    if (stopped || next === undefined) return;
    const wait = next - clock.now();
    callOff = clock.after(Math.max(0, Math.min(wait, longestDelayMs)), () => {
      if (wait > longestDelayMs) arm();
      else void runScheduled(next);
    });
  };
  const runScheduled = async (due: number): Promise<void> => {
    // Late by more than a second, for instance after the machine slept: one call, no burst.
    await run(clock.now() - due > 1000);
    const ended = clock.now();
    status = { last: due, next: schedule(Math.max(ended, due)), lastUpdated: ended };
    arm();
  };

  if (trigger.runOnStartup) void run(false).then(arm);
  else arm();
  return {
    fire: () => run(false),
    stop: () => {
      stopped = true;
      callOff?.();
    },
  };
}
