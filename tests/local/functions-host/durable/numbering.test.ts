import { EntityId, RetryOptions } from 'durable-functions';
import type { OrchestrationContext, Task } from 'durable-functions';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { interpret } from '../../../../local/functions-host/durable/interpreter.ts';
import { callOrchestrator } from '../../../../local/functions-host/durable/orchestrator-call.ts';
import { drive, limits } from './drive.ts';
import type { World } from './drive.ts';
import { registerWithSdk } from './sdk.ts';

/** What a made-up orchestrator waits for. */
type Wait =
  | { kind: 'activity'; key: number; fails: boolean }
  | { kind: 'retry'; key: number; failures: number; attempts: number }
  | { kind: 'timer'; hours: number }
  | { kind: 'event'; name: string }
  | { kind: 'entity'; key: number }
  | { kind: 'signal' }
  | { kind: 'any' | 'all'; of: Wait[] };

function begin({ df }: OrchestrationContext, wait: Wait): Task {
  switch (wait.kind) {
    case 'activity':
      return df.callActivity('do', wait);
    case 'retry':
      return df.callActivityWithRetry('do', new RetryOptions(60_000, wait.attempts), wait);
    case 'timer':
      return df.createTimer(new Date(df.currentUtcDateTime.getTime() + wait.hours * 3_600_000));
    case 'event':
      return df.waitForExternalEvent(wait.name);
    case 'entity':
      return df.callEntity(new EntityId('e', 'k'), 'do', wait);
    case 'signal':
      // Nobody waits for it; what is waited for comes after it.
      df.signalEntity(new EntityId('e', 'k'), 'note', 1);
      return df.callActivity('do', wait);
    default: {
      const tasks = wait.of.map((each) => begin({ df } as OrchestrationContext, each));
      return wait.kind === 'any' ? df.Task.any(tasks) : df.Task.all(tasks);
    }
  }
}

/** The results of the tasks that a race hands out. */
const plain = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Error) return null;
  return typeof value === 'object' && value !== null && 'result' in value ? plain(value.result) : (value ?? null);
};

const { functions, invoker } = registerWithSdk(
  {
    *follow(context) {
      const results: unknown[] = [];
      for (const wait of context.df.getInput<Wait[]>()) {
        const task = begin(context, wait);
        try {
          results.push({ ok: plain(yield task) });
        } catch (error) {
          results.push({ failed: (error as Error).message });
        }
      }
      return results;
    },
  },
  {},
);
const definition = functions[0];
if (!definition) throw new Error('not registered');

interface Result {
  ok?: unknown;
  failed?: string;
}

const keysOf = (value: unknown): string[] =>
  JSON.stringify(value)
    .match(/key"?[: ]\d+/g)
    ?.map((found) => found.replace(/\D/g, '')) ?? [];

/** Whether a result is that of the wait and of no other task. */
function fits(wait: Wait, result: Result): boolean {
  const own = keysOf(wait);
  if (!keysOf(result).every((found) => own.includes(found))) return false;
  switch (wait.kind) {
    case 'activity':
      return wait.fails ? result.failed === `key ${wait.key} fails \n ` : result.ok === `key ${wait.key}`;
    case 'retry':
      if (wait.failures >= wait.attempts) return result.failed === `key ${wait.key} attempt ${wait.attempts} \n `;
      return result.ok === `key ${wait.key}`;
    case 'timer':
      // One null per step of a long one.
      return result.ok === null || Array.isArray(result.ok);
    case 'event':
      return result.ok === wait.name;
    case 'entity':
      return result.ok === `key ${wait.key}`;
    case 'signal':
      return result.ok === 'signal';
    case 'any':
      return result.failed === undefined;
    case 'all':
      if (result.failed !== undefined) return true;
      return wait.of.every((each, index) => each.kind === 'any' || fits(each, { ok: (result.ok as unknown[])[index] }));
  }
}

let lastKey = 0;
const key = fc.constant(0).map(() => (lastKey += 1));
const { wait } = fc.letrec<{ wait: Wait; leaf: Wait; group: Wait }>((tie) => ({
  leaf: fc.oneof(
    fc.record({
      kind: fc.constant('activity' as const),
      key,
      fails: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
    }),
    fc.record({
      kind: fc.constant('retry' as const),
      key,
      failures: fc.integer({ min: 0, max: 3 }),
      attempts: fc.integer({ min: 1, max: 3 }),
    }),
    fc.record({
      kind: fc.constant('timer' as const),
      hours: fc.integer({ min: 0, max: 30 }),
    }),
    fc.record({ kind: fc.constant('entity' as const), key }),
    fc.record({ kind: fc.constant('signal' as const) }),
    fc.record({ kind: fc.constant('event' as const), name: fc.constantFrom('a', 'b') }),
  ),
  group: fc.record({
    kind: fc.constantFrom('any' as const, 'all' as const),
    of: fc.array(tie('wait'), { minLength: 1, maxLength: 4 }),
  }),
  wait: fc.oneof({ maxDepth: 2, withCrossShrink: true }, tie('leaf'), tie('group')),
}));
const program = fc.array(wait, { minLength: 1, maxLength: 6 });

function worldOf(choices: readonly number[], eventCount: number): World {
  let position = 0;
  const tried = new Map<number, number>();
  return {
    events: Array.from({ length: eventCount }, (_, index) => ({
      name: index % 2 === 0 ? 'a' : 'b',
      data: index % 2 === 0 ? 'a' : 'b',
    })),
    pick: (count) => {
      position += 1;
      return count === 0 ? 0 : (choices[position % choices.length] ?? 0) % count;
    },
    activity: (_, given) => {
      const task = given as Extract<Wait, { key: number } | { kind: 'signal' }>;
      if (task.kind === 'signal') return task.kind;
      const attempt = (tried.get(task.key) ?? 0) + 1;
      tried.set(task.key, attempt);
      if (task.kind === 'activity' && task.fails) throw new Error(`key ${task.key} fails`);
      if (task.kind === 'retry' && attempt <= task.failures) throw new Error(`key ${task.key} attempt ${attempt}`);
      return `key ${task.key}`;
    },
  };
}

const choices = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 5, maxLength: 40 });
/** The events that nobody takes any more: a wait that lost a race swallows one. */
const plenty = 200;

it('gives every result to the task that the SDK waits for, whatever the orchestrator and the order', async () => {
  await fc.assert(
    fc.asyncProperty(program, choices, async (waits, order) => {
      const { end } = await drive(definition, invoker, waits, worldOf(order, plenty));
      expect(end.status).toBe('Completed');
      const results = JSON.parse('output' in end ? end.output : '[]') as Result[];
      expect(results).toHaveLength(waits.length);
      for (const [index, wait] of waits.entries()) {
        if (!fits(wait, results[index] ?? {}))
          throw new Error(`${JSON.stringify(wait)} got ${JSON.stringify(results[index])}`);
      }
    }),
    { numRuns: 100, seed: 20260301 },
  );
});

it('decides the first steps of a history as it decides them in the whole', async () => {
  await fc.assert(
    fc.asyncProperty(program, choices, async (waits, order) => {
      const { history, actions } = await drive(definition, invoker, waits, worldOf(order, plenty));
      const whole = interpret(actions, history, limits).tasks;
      for (let length = 2; length < history.length; length += 1) {
        const happened = history.slice(0, length);
        const call = { instanceId: 'i', parentId: undefined, past: [], happened, limits };
        const outcome = await callOrchestrator(definition, call, invoker);
        expect(actions.slice(0, outcome.actions?.length)).toEqual(outcome.actions);
        const { tasks } = interpret(outcome.actions ?? [], happened, limits);
        expect(whole.slice(0, tasks.length)).toEqual(tasks);
      }
    }),
    { numRuns: 15, seed: 20260302 },
  );
});
