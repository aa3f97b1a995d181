import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunningHost } from '../running-host.ts';
import { clientOf, createDurableApp, run } from './durable-app.ts';
import type { Client } from './durable-app.ts';

const app = createDurableApp();
let host: RunningHost;
let client: Client;

beforeAll(async () => {
  host = await app.start();
  client = clientOf(host);
});
afterAll(() => app.end());

const counter = (key: string) => ({ name: 'Counter', key });
const read = (key: string) => client('readEntityState', counter(key));

it('an orchestration signals an entity, calls it, and learns of its failure', async () => {
  expect((await run(client, 'counts', { key: 'a' })).output).toEqual({
    before: 6,
    after: 16,
    echoed: 'meanwhile',
    failure: 'caught',
  });
  expect(await read('a')).toEqual({ entityExists: true, entityState: 16 });
});

it('takes signals of clients one after the other, and signals other entities', async () => {
  await Promise.all([1, 2, 3, 4].map((amount) => client('signalEntity', counter('b'), 'addAndTell', amount)));
  await expect.poll(() => read('total')).toEqual({ entityExists: true, entityState: 10 });
  expect(await read('b')).toEqual({ entityExists: true, entityState: 10 });
});

it('keeps the state over a restart, until it is deleted', async () => {
  await client('signalEntity', counter('c'), 'add', 5);
  await expect.poll(() => read('c')).toMatchObject({ entityState: 5 });
  const workers = host.workerPids.length;
  process.kill(host.workerPids.at(-1) ?? 0, 'SIGKILL');
  await expect.poll(() => host.workerPids.length, { timeout: 15_000 }).toBeGreaterThan(workers);
  await client('signalEntity', counter('c'), 'add', 1);
  await expect.poll(() => read('c')).toMatchObject({ entityState: 6 });
  await client('signalEntity', counter('c'), 'delete');
  await expect.poll(() => read('c')).toEqual({ entityExists: false });
});

it('is no instance among the orchestrations', async () => {
  const { instanceId } = await run(client, 'counts', { key: 'd' });
  const all = (await client('getStatusAll')) as { instanceId: string }[];
  expect(all.map((each) => each.instanceId)).toContain(instanceId);
  expect(all.filter((each) => each.instanceId.startsWith('@'))).toEqual([]);
});

it('is refused when no function has the name', async () => {
  await expect(client('signalEntity', { name: 'nobody', key: 'x' }, 'add', 1)).rejects.toThrow(
    'is not an entity function',
  );
});
