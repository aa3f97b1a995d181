import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningHost } from '../running-host.ts';
import { clientOf, createDurableApp, run, statusOf } from './durable-app.ts';
import type { Client } from './durable-app.ts';

const app = createDurableApp();
let host: RunningHost;
let client: Client;

beforeAll(async () => {
  host = await app.start();
  client = clientOf(host);
});
afterAll(() => app.end());

const minute = 60_000;

describe('the patterns of Durable Functions', () => {
  it('chaining: each value comes through an activity as it went in', async () => {
    const values = ['text', '42', '"quoted"', 42, 1.5, { deep: [{ a: null }] }, [1, 'b'], 'Zürich 🚀'];
    const { output } = await run(client, 'chain', { values });
    expect(output).toEqual([...values, null]);
  });

  it('fan-out and fan-in', async () => {
    expect((await run(client, 'fanOut', { count: 50 })).output).toBe(1225);
  });

  it('monitor, with a custom status', async () => {
    expect(await run(client, 'monitor')).toMatchObject({ output: 'seen', customStatus: { look: 3 } });
  });

  it('human interaction: the answer comes first, and the cancelled timer keeps nothing open', async () => {
    const id = await client('startNew', 'escalate', { input: { patienceMs: minute } });
    await client('raiseEvent', id, 'answer', { yes: true });
    expect(await statusOf(client, id)).toMatchObject({
      runtimeStatus: 'Completed',
      output: { answered: { yes: true } },
    });
  });

  it('human interaction: nobody answers', async () => {
    expect(await run(client, 'escalate', { patienceMs: 50 })).toMatchObject({
      runtimeStatus: 'Completed',
      output: { escalated: { to: 'manager' } },
    });
  });

  it('eternal: events that no generation has taken go on to the next', async () => {
    const id = await client('startNew', 'eternal', { input: { seen: [], until: 6 } });
    for (const tick of [1, 2, 3, 4, 5, 6]) await client('raiseEvent', id, 'tick', tick);
    const { output, customStatus } = await statusOf(client, id);
    expect(output).toMatchObject({ seen: [1, 2, 3, 4, 5, 6] });
    expect(customStatus).toEqual({ seen: 6 });
  });

  it('sub-orchestrations, with and without an id, one of them failing', async () => {
    const { output, instanceId } = await run(client, 'parent');
    expect(output).toMatchObject({
      first: { echoed: { from: 'child', input: { n: 1 } }, parent: instanceId, version: '1.0' },
      named: { id: `${instanceId}-named`, version: '7.0' },
      both: [3, 4],
    });
    expect((output as { first: { id: string } }).first.id).toMatch(/^[0-9a-f]{32}:0$/);
    expect((output as { failure: string }).failure).toContain(
      `Orchestrator function 'child' failed: the child says no`,
    );
  });
});

describe('retries', () => {
  it('end with the first success', async () => {
    expect((await run(client, 'retries', { times: 2, attempts: 4 })).output).toEqual({
      attempts: 3,
      next: 'after the retries',
    });
  });

  it('end with the last failure', async () => {
    const { runtimeStatus, output } = await run(client, 'retries', { times: 9, attempts: 3 });
    expect(runtimeStatus).toBe('Failed');
    expect(output).toMatch(
      /^Orchestrator function 'retries' failed: Activity function 'failsAtFirst' failed: attempt 3 of/,
    );
  });

  it('work for sub-orchestrations', async () => {
    expect((await run(client, 'retries', { times: 1, attempts: 2, sub: true })).output).toMatchObject({ attempts: 2 });
  });
});

describe('failures', () => {
  it('of an activity can be caught', async () => {
    const { output } = await run(client, 'catches');
    expect(output).toMatchObject({ next: 'caught' });
    expect((output as { message: string }).message).toMatch(
      /^Activity function 'fails' failed: no luck with catching \n Result: Failure\nException: no luck/,
    );
  });

  it('of an activity that are not caught fail the orchestration', async () => {
    const { runtimeStatus, output, customStatus } = await run(client, 'doesNotCatch');
    expect([runtimeStatus, customStatus]).toEqual(['Failed', 'about to fail']);
    expect(output).toMatch(/^Orchestrator function 'doesNotCatch' failed: Activity function 'fails' failed: no luck/);
  });

  it('of the orchestrator itself', async () => {
    expect(await run(client, 'throws')).toMatchObject({
      runtimeStatus: 'Failed',
      output: `Orchestrator function 'throws' failed: thrown by the orchestrator`,
    });
  });
});

describe('events', () => {
  it('wait until somebody asks for them, in their order', async () => {
    const id = await client('startNew', 'collects');
    await client('raiseEvent', id, 'other', { o: 1 });
    await client('raiseEvent', id, 'item', 'a');
    await client('raiseEvent', id, 'item', ['b']);
    expect((await statusOf(client, id)).output).toEqual(['a', ['b'], { o: 1 }]);
  });
});

describe('an orchestration', () => {
  it('has the version of host.json, or the one it was started with', async () => {
    expect((await run(client, 'versioned', {})).output).toBe('1.0');
    const id = await client('startNew', 'versioned', { input: {}, version: '2.5' });
    expect((await statusOf(client, id)).output).toBe('2.5');
  });

  it('fails when its code takes another way than its history', async () => {
    const id = await client('startNew', 'changesItsMind', { input: { file: `${app.folder}/changed` } });
    await statusOf(client, id, ({ runtimeStatus }) => runtimeStatus === 'Running');
    app.touch('changed');
    await client('raiseEvent', id, 'go');
    const { runtimeStatus, output } = await statusOf(client, id);
    expect(runtimeStatus).toBe('Failed');
    expect(output).toMatch(/^Non-Deterministic workflow detected/);
  });

  it('runs a task again that it gives to a second race, as in Azure', async () => {
    const id = await client('startNew', 'racesAgain', { input: { file: `${app.folder}/raced`, name: 'raced' } });
    await expect.poll(() => app.effects().filter((effect) => effect === 'begin raced').length).toBe(2);
    app.touch('raced');
    expect((await statusOf(client, id)).output).toBe('done');
  });

  it.each([
    ['http', 'callHttp is not served'],
    ['entity', `The function 'nosuchentity' doesn't exist, is disabled, or is not an entity function`],
    ['lock', 'lock requires'],
    ['retry timeout', 'retryTimeoutInMilliseconds is not served'],
    ['nothing', `The function 'noSuchActivity' doesn't exist, is disabled, or is not an activity function`],
  ])('fails when it asks for what this host does not serve: %s', async (what, text) => {
    const { runtimeStatus, output } = await run(client, 'asks', { what });
    expect(runtimeStatus).toBe('Failed');
    expect(output).toContain(text);
  });

  it('fails when it starts a sub-orchestration that is no function', async () => {
    const { runtimeStatus, output } = await run(client, 'parentOfMissing');
    expect(runtimeStatus).toBe('Failed');
    expect(output).toContain(`The function 'noSuchChild' doesn't exist`);
  });
});
