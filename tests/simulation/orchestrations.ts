import type { Reminders } from '../../shared/ports.ts';
import type { Verdict } from '../../shared/remind.ts';
import { waitForReminders } from '../../shared/reminder-orchestration.ts';
import type { DueReminder, Waiting } from '../../shared/reminders.ts';
import { type OnCall, callsOf } from '../fakes/calls.ts';
import { copied } from '../fakes/copied.ts';
import type { Faults } from './faults.ts';
import type { VirtualTime } from './virtual-time.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** After that long somebody else does what a dead process was doing. */
const LEASE = 10 * SECOND;
const FIRST_RETRY = 5 * SECOND;
const LONGEST_RETRY = 2 * MINUTE;

type Task = { timer: number } | { activity: DueReminder };
type Instance = { waiting: Waiting; results: (Verdict | undefined)[]; state: 'running' | 'done' | 'ended' };

/** Called when it dies. */
type Mortal = { onDeath: Set<() => void> };

type Context<Process extends Mortal> = {
  time: VirtualTime;
  faults: Faults;
  processes: {
    /** Undefined while none lives. */
    any: () => Process | undefined;
    runIn: (process: Process, run: () => Promise<Verdict>) => Promise<Verdict>;
  };
  calmFrom: number;
  remind: (due: DueReminder, process: Process) => Promise<Verdict>;
};

/** A durable store that runs the real orchestration: every turn replays it from its start, activities at least once. */
export function createOrchestrations<Process extends Mortal>(
  { time, faults, processes, calmFrom, remind }: Context<Process>,
  onCall: OnCall,
) {
  const { call } = callsOf('reminders', onCall);
  const instances = new Map<string, Instance>();
  const isCalm = (): boolean => time.now() >= calmFrom;

  function takeTurn(instance: Instance): void {
    const df = {
      getInput: () => copied(instance.waiting),
      createTimer: (at: Date): Task => ({ timer: at.getTime() }),
      callActivityWithRetry: (_name: string, _retry: undefined, input: unknown): Task => ({
        activity: input as DueReminder,
      }),
    };
    const steps = waitForReminders<Task, undefined>({ df }, undefined);
    let step = steps.next('planned');
    // What a timer gives back is not looked at.
    for (const result of instance.results) step = steps.next(result ?? 'planned');
    if (step.done) instance.state = 'done';
    else if ('timer' in step.value) time.at(step.value.timer + lateness(), () => settle(instance, undefined));
    else callActivity(instance, step.value.activity, 0);
  }

  function lateness(): number {
    return !isCalm() && faults.happens('reminder-late', 0.1) ? faults.between(SECOND, 3 * MINUTE) : SECOND / 5;
  }

  function settle(instance: Instance, result: Verdict | undefined): void {
    if (instance.state !== 'running') return;
    instance.results.push(result);
    takeTurn(instance);
  }

  function callActivity(instance: Instance, due: DueReminder, attempt: number): void {
    if (instance.state !== 'running') return;
    const process = processes.any();
    if (!process) return time.after(SECOND, () => callActivity(instance, due, attempt));
    let isOver = false;
    const end = (then: () => void): void => {
      if (isOver) return;
      isOver = true;
      process.onDeath.delete(abandon);
      then();
    };
    const again = (pause: number) => (): void => time.after(pause, () => callActivity(instance, due, attempt + 1));
    const abandon = (): void => end(again(LEASE));
    process.onDeath.add(abandon);
    const run = (): Promise<Verdict> => processes.runIn(process, () => remind(due, process));
    if (!isCalm() && faults.happens('activity-twice', 0.05)) run().catch(() => undefined);
    run().then(
      (verdict) =>
        end(
          !isCalm() && faults.happens('activity-result-lost', 0.05)
            ? again(LEASE)
            : (): void => settle(instance, verdict),
        ),
      () => end(again(Math.min(FIRST_RETRY * 2 ** attempt, LONGEST_RETRY))),
    );
  }

  const reminders: Reminders = {
    start: (id, waiting) =>
      call('start', () => {
        if (instances.get(id)?.state === 'running') return;
        const instance: Instance = { waiting: copied(waiting), results: [], state: 'running' };
        instances.set(id, instance);
        takeTurn(instance);
      }),
    end: (id) =>
      call('end', () => {
        const instance = instances.get(id);
        if (instance?.state === 'running') instance.state = 'ended';
      }),
    forget: (id) => call('forget', () => void instances.delete(id)),
  };

  return {
    reminders,
    /** Instances that still wait for something. */
    open: (): number => [...instances.values()].filter(({ state }) => state === 'running').length,
  };
}
