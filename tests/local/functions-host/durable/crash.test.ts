import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../running-host.ts';
import type { RunningHost } from '../running-host.ts';
import { clientOf, createDurableApp, statusOf } from './durable-app.ts';
import type { Client, DurableApp } from './durable-app.ts';

const killWorker = async (host: RunningHost): Promise<void> => {
  const before = host.workerPids.length;
  process.kill(host.workerPids.at(-1) ?? 0, 'SIGKILL');
  await until('the next worker', () => host.workerPids.length > before);
};
const executed = (host: RunningHost, name: string): number =>
  host.lines.filter(({ message }) => message.startsWith(`Executing 'Functions.${name}'`)).length;
const count = (app: DurableApp, wanted: string): number => app.effects().filter((effect) => effect === wanted).length;

interface Step {
  id: string;
  guid: string;
  step: number;
}

/** How `twoEffects` ended, which steps it took, and how many ids it made up on the way. */
async function endOf(app: DurableApp, client: Client, id: string) {
  const { runtimeStatus, output } = await statusOf(client, id);
  const own = (app.effects() as Step[]).filter((effect) => effect.id === id);
  const steps = [...new Set(own.map(({ step }) => step))];
  return { runtimeStatus, output, steps, guids: new Set(own.map(({ guid }) => guid)).size };
}
/** Both steps at least once, and the same id in every replay. */
const complete = { runtimeStatus: 'Completed', output: true, steps: [1, 2], guids: 1 };

const startTwoEffects = async (client: Client, input: object): Promise<string> =>
  String(await client('startNew', 'twoEffects', { input }));

/** Three that wait: on a timer, for an event, and for an activity that does not end before the file `name` is there. */
async function startThree(app: DurableApp, client: Client, name: string) {
  const timer = await startTwoEffects(client, { pauseMs: 500 });
  const event = await startTwoEffects(client, { pauseMs: 1, waits: true });
  const slow = await client('startNew', 'slowActivity', { input: { file: `${app.folder}/${name}`, name } });
  await until('the event wait', () => (app.effects() as Step[]).some(({ id, step }) => id === event && step === 2));
  await until('the slow activity', () => count(app, `begin ${name}`) === 1);
  return { timer, event, slow };
}
async function finishThree(
  app: DurableApp,
  client: Client,
  name: string,
  { timer, event, slow }: Awaited<ReturnType<typeof startThree>>,
) {
  await until('the activity to begin again', () => count(app, `begin ${name}`) > 1);
  app.touch(name);
  await client('raiseEvent', event, 'go');
  const { output } = await statusOf(client, slow);
  return [await endOf(app, client, timer), await endOf(app, client, event), output];
}

describe('a kill loses nothing', () => {
  const app = createDurableApp();
  let host: RunningHost;
  beforeAll(async () => {
    host = await app.start();
  });
  afterAll(() => app.end());

  it('of the worker, again and again, at any point', async () => {
    const client = clientOf(host);
    const three = await startThree(app, client, 'first');
    const ids: string[] = [];
    for (const moment of [1, 6, 11]) {
      const wanted = app.effects().length + moment;
      const inputs = Array.from({ length: 8 }, (_, index) => ({ pauseMs: 1 + index * 60 }));
      ids.push(...(await Promise.all(inputs.map((input) => startTwoEffects(client, input)))));
      await until(`${wanted} effects`, () => app.effects().length >= wanted);
      await killWorker(host);
    }
    expect(await finishThree(app, client, 'first', three)).toEqual([complete, complete, 'first']);
    for (const id of ids) expect(await endOf(app, client, id)).toEqual(complete);
  });

  it('of the whole host', async () => {
    const three = await startThree(app, clientOf(host), 'second');
    await host.kill();
    const ended = await finishThree(app, clientOf(await app.start()), 'second', three);
    expect(ended).toEqual([complete, complete, 'second']);
  });
});

describe('two hosts on one file', () => {
  const app = createDurableApp();
  const perHost = 10;
  let first: RunningHost;
  let second: RunningHost;
  beforeAll(async () => {
    const limit = { AzureFunctionsJobHost__extensions__durableTask__maxConcurrentActivityFunctions: String(perHost) };
    [first, second] = await Promise.all([app.start(limit), app.start(limit)]);
  });
  afterAll(() => app.end());

  it('share the work, and nothing is done twice', async () => {
    const clients = [clientOf(first), clientOf(second)] as const;
    const ids = await Promise.all(
      Array.from({ length: 60 }, (_, index) => startTwoEffects(clients[index % 2 === 0 ? 0 : 1], { pauseMs: 1 })),
    );
    // Both see every instance, whoever started it.
    for (const id of ids) expect(await statusOf(clients[0], id)).toMatchObject({ output: true });
    expect(new Set(app.effects().map((effect) => JSON.stringify(effect))).size).toBe(120);
    expect(executed(first, 'echo')).toBeGreaterThan(0);
    expect(executed(second, 'echo')).toBeGreaterThan(0);
    expect(executed(first, 'echo') + executed(second, 'echo')).toBe(120);
  });

  it('take over from each other when one is killed', async () => {
    const input = { file: `${app.folder}/go`, count: 3 * perHost };
    const id = await clientOf(first)('startNew', 'manySlow', { input });
    await until(
      'all places to be taken',
      () => executed(first, 'waitsForFile') + executed(second, 'waitsForFile') === 2 * perHost,
    );
    await first.kill();
    app.touch('go');
    expect(await statusOf(clientOf(second), id)).toMatchObject({ runtimeStatus: 'Completed' });
    expect(executed(second, 'waitsForFile')).toBe(input.count);
  });
});
