import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failingStart, fixture } from '../running-host.ts';
import type { RunningHost } from '../running-host.ts';
import { clientOf, createDurableApp, run, statusOf } from './durable-app.ts';
import type { Client, Status } from './durable-app.ts';

const app = createDurableApp();
let host: RunningHost;
let client: Client;

beforeAll(async () => {
  host = await app.start({ 'AzureWebJobs.throws.Disabled': 'true' });
  client = clientOf(host);
});
afterAll(() => app.end());

const waits = { waits: true };
const isWaiting = ({ runtimeStatus }: Status): boolean => runtimeStatus === 'Running';
const api = async (method: string, path: string, body?: string, headers: Record<string, string> = {}) => {
  const separator = path.includes('?') ? '&' : '?';
  const url = `${host.address}/runtime/webhooks/durabletask/${path}${separator}code=local`;
  const response = await fetch(url, { method, headers, ...(body !== undefined && { body }) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
};

describe('a start', () => {
  it('takes the id that it is given', async () => {
    expect(await client('startNew', 'versioned', { instanceId: 'mine', input: {} })).toBe('mine');
    expect(await statusOf(client, 'mine')).toMatchObject({ name: 'versioned', instanceId: 'mine', output: '1.0' });
  });

  it('over an instance that has ended takes its place', async () => {
    await client('startNew', 'versioned', { instanceId: 'again', input: {} });
    await statusOf(client, 'again');
    await client('startNew', 'versioned', { instanceId: 'again', input: waits });
    expect(await statusOf(client, 'again', isWaiting)).toMatchObject({ output: null });
  });

  it('over an active instance is refused, and leaves it alone', async () => {
    await client('startNew', 'versioned', { instanceId: 'taken', input: waits });
    await expect(client('startNew', 'versioned', { instanceId: 'taken', input: {} })).rejects.toThrow('409');
    await client('raiseEvent', 'taken', 'go');
    expect(await statusOf(client, 'taken')).toMatchObject({ output: '1.0' });
  });

  it.each([
    ['of what is no orchestrator', 'echo', {}, `The function 'echo' doesn't exist`],
    ['of a disabled orchestrator', 'throws', {}, 'is disabled'],
    ['with an entity id', 'versioned', { instanceId: '@x@y' }, 'must not start with'],
    ['with an id that is too long', 'versioned', { instanceId: 'x'.repeat(101) }, 'longer than 100'],
  ])('%s is refused', async (_, name, options, text) => {
    await expect(client('startNew', name, options)).rejects.toThrow(text);
  });

  it('may come by HTTP, and tells where to look', async () => {
    const started = await api('POST', 'orchestrators/versioned/by-http?version=9', '{"waits":false}');
    expect(started).toMatchObject({ status: 202, body: { id: 'by-http' } });
    const { id, statusQueryGetUri, ...others } = started.body as Record<string, string>;
    expect(started.headers.get('location')).toBe(statusQueryGetUri);
    expect(Object.values(others).every((url) => url.startsWith(`${host.address}/runtime/webhooks/`))).toBe(true);
    expect(await statusOf(client, id)).toMatchObject({ output: '9' });
    expect(await (await fetch(statusQueryGetUri ?? '')).json()).toMatchObject({ input: { waits: false }, output: '9' });
  });

  it('with a body that is no JSON is refused', async () => {
    expect(await api('POST', 'orchestrators/versioned', '{oops')).toMatchObject({ status: 400 });
  });
});

describe('the status', () => {
  it('of a running instance is 202 and says when to come back', async () => {
    const id = await client('startNew', 'versioned', { input: waits });
    await statusOf(client, id, isWaiting);
    const { status, headers, body } = await api('GET', `instances/${String(id)}?showInput=false`);
    expect([status, headers.get('retry-after')]).toEqual([202, '5']);
    expect(body).toMatchObject({ runtimeStatus: 'Running', input: null, output: null });
  });

  it('shows the history when asked to', async () => {
    const { instanceId } = await run(client, 'chain', { values: ['a'] });
    const { body } = await api('GET', `instances/${instanceId}?showHistory=true&showHistoryOutput=true`);
    expect((body as { historyEvents: unknown }).historyEvents).toMatchObject([
      { EventType: 'ExecutionStarted', FunctionName: 'chain', Input: '{"values":["a"]}' },
      { EventType: 'TaskCompleted', FunctionName: 'echo', Result: '"a"' },
      { EventType: 'TaskCompleted', FunctionName: 'nothing', Result: 'null' },
      { EventType: 'ExecutionCompleted', OrchestrationStatus: 'Completed', Result: '["a",null]' },
    ]);
  });

  it('of a failed instance is 200, or 500 when asked to', async () => {
    const { instanceId } = await run(client, 'doesNotCatch');
    expect(await api('GET', `instances/${instanceId}`)).toMatchObject({ status: 200 });
    expect(await api('GET', `instances/${instanceId}?returnInternalServerErrorOnFailure=true`)).toMatchObject({
      status: 500,
    });
  });

  it('of no instance is an error', async () => {
    await expect(client('getStatus', 'nobody')).rejects.toThrow('404');
  });
});

describe('an instance', () => {
  it('can be terminated; its parent learns of it', async () => {
    const parent = await client('startNew', 'waitsForChild', { input: { child: 'to-be-ended' } });
    await statusOf(client, parent, isWaiting);
    await statusOf(client, 'to-be-ended', isWaiting);
    await client('terminate', 'to-be-ended', 'no longer wanted');
    expect(await client('getStatus', 'to-be-ended')).toMatchObject({
      runtimeStatus: 'Terminated',
      output: 'no longer wanted',
    });
    expect((await statusOf(client, parent)).output).toEqual({ failure: 'no longer wanted \n ' });
  });

  it('can be suspended and resumed', async () => {
    const id = await client('startNew', 'versioned', { input: waits });
    await statusOf(client, id, isWaiting);
    await client('suspend', id, 'wait a bit');
    await client('raiseEvent', id, 'go');
    await run(client, 'versioned', {});
    expect(await client('getStatus', id)).toMatchObject({ runtimeStatus: 'Suspended' });
    await client('resume', id, 'go on');
    expect(await statusOf(client, id)).toMatchObject({ runtimeStatus: 'Completed' });
  });

  it('that has ended takes nothing more, silently', async () => {
    const { instanceId } = await run(client, 'versioned', {});
    await client('raiseEvent', instanceId, 'go');
    await client('terminate', instanceId, 'late');
    expect(await client('getStatus', instanceId)).toMatchObject({ runtimeStatus: 'Completed' });
    const json = { 'content-type': 'application/json' };
    expect(await api('POST', `instances/${instanceId}/raiseEvent/go`, '1', json)).toMatchObject({ status: 410 });
  });

  it('takes events as JSON only', async () => {
    const id = String(await client('startNew', 'versioned', { input: waits }));
    const raise = (body: string, type: string) =>
      api('POST', `instances/${id}/raiseEvent/go`, body, { 'content-type': type });
    expect(await raise('1', 'text/plain')).toMatchObject({ status: 400 });
    expect(await raise('{oops', 'application/json')).toMatchObject({ status: 400 });
    expect(await raise('{}', 'application/json; charset=utf-8')).toMatchObject({ status: 202 });
    expect(await statusOf(client, id)).toMatchObject({ runtimeStatus: 'Completed' });
  });

  it('that does not exist is an error', async () => {
    await expect(client('raiseEvent', 'nobody', 'go')).rejects.toThrow(`No instance with ID 'nobody' found`);
    await expect(client('terminate', 'nobody', 'x')).rejects.toThrow('No instance');
  });

  it.each(['rewind', 'restart'])('cannot be treated with %s', async (operation) => {
    const { instanceId } = await run(client, 'versioned', {});
    const { status, body } = await api('POST', `instances/${instanceId}/${operation}?reason=x`);
    expect([status, body]).toEqual([501, { Message: `"${operation}" is not served by this host.` }]);
  });
});

describe('many instances', () => {
  it('can be listed by state and time, page by page', async () => {
    const ids = ['l-1', 'l-2', 'l-3'];
    for (const instanceId of ids) {
      await client('startNew', 'versioned', { instanceId, input: { waits: instanceId === 'l-3' } });
      await statusOf(client, instanceId, ({ runtimeStatus }) => runtimeStatus !== 'Pending');
    }
    await statusOf(client, 'l-2');
    const running = (await client('getStatusBy', { runtimeStatus: ['Running', 'Pending'] })) as Status[];
    expect(running.map(({ instanceId }) => instanceId)).toContain('l-3');
    expect(running.map(({ instanceId }) => instanceId)).not.toContain('l-2');
    expect(await client('getStatusBy', { createdTimeFrom: '2100-01-01T00:00:00Z', runtimeStatus: [] })).toEqual([]);
    const all = ((await client('getStatusAll')) as Status[]).map(({ instanceId }) => instanceId);
    const first = await api('GET', 'instances/?pageSize=2&instanceIdPrefix=l-');
    expect(first.body).toMatchObject([{ instanceId: 'l-1' }, { instanceId: 'l-2' }]);
    const token = first.headers.get('x-ms-continuation-token') ?? '';
    const next = await api('GET', 'instances/?pageSize=2&instanceIdPrefix=l-', undefined, {
      'x-ms-continuation-token': token,
    });
    expect(next.body).toMatchObject([{ instanceId: 'l-3' }]);
    expect(next.headers.get('x-ms-continuation-token')).toBeNull();
    expect(all).toEqual(expect.arrayContaining(ids));
  });

  it('can be purged once they have ended', async () => {
    const { instanceId } = await run(client, 'versioned', {});
    expect(await client('purgeInstanceHistory', instanceId)).toEqual({ instancesDeleted: 1 });
    expect(await client('purgeInstanceHistory', instanceId)).toEqual({ instancesDeleted: 0 });
    await expect(client('getStatus', instanceId)).rejects.toThrow('404');

    const active = String(await client('startNew', 'versioned', { input: waits }));
    expect(await api('DELETE', `instances/${active}`)).toMatchObject({ status: 412 });
    const range = { createdTimeFrom: '2000-01-01T00:00:00Z' };
    const ended = ((await client('getStatusBy', { runtimeStatus: ['Completed', 'Failed', 'Terminated'] })) as [])
      .length;
    expect(await client('purgeInstanceHistoryBy', range)).toEqual({ instancesDeleted: ended });
    expect(await client('purgeInstanceHistoryBy', range)).toEqual({ instancesDeleted: 0 });
    expect(await client('getStatus', active)).toMatchObject({ instanceId: active });
    expect(await api('DELETE', 'instances/')).toMatchObject({ status: 400 });
  });
});

describe('the HTTP API', () => {
  it('asks for the key', async () => {
    const response = await fetch(`${host.address}/runtime/webhooks/durabletask/instances/?code=wrong`);
    expect(response.status).toBe(401);
  });

  it('serves its own task hub only, and no list of entities', async () => {
    expect(await api('GET', 'instances/?taskHub=other')).toMatchObject({ status: 400 });
    expect(await api('GET', 'entities/counter')).toMatchObject({ status: 501 });
  });

  it('is what createCheckStatusResponse points to', async () => {
    const id = String(await client('startNew', 'versioned', { input: {} }));
    const response = await fetch(`${host.address}/api/checkStatus/${id}`);
    const { statusQueryGetUri } = (await response.json()) as { statusQueryGetUri: string };
    expect([response.status, response.headers.get('location')]).toEqual([202, statusQueryGetUri]);
    await statusOf(client, id);
    expect((await fetch(statusQueryGetUri)).status).toBe(200);
  });

  it('is what waitForCompletionOrCreateCheckStatusResponse asks', async () => {
    const id = String(await client('startNew', 'versioned', { input: {} }));
    const response = await fetch(`${host.address}/api/checkStatus/${id}?wait=5000`);
    expect([response.status, await response.json()]).toEqual([200, '1.0']);
  });
});

describe('a host', () => {
  it('refuses a durable file of another task hub', async () => {
    const { code, text } = await failingStart(fixture('durable'), {
      args: ['--durable', `${app.folder}/hub.db`],
      environment: { AzureFunctionsJobHost__extensions__durableTask__hubName: 'another' },
    });
    expect(code).toBe(1);
    expect(text).toContain(`hub.db cannot be used: it belongs to the task hub fixture, not to another.`);
  });

  it('stops once the running activity has ended, and leaves the next turn to its successor', async () => {
    const other = createDurableApp();
    const first = await other.start();
    const id = await clientOf(first)('startNew', 'slowActivity', { input: { file: `${other.folder}/go`, name: 'x' } });
    await expect.poll(() => other.effects()).toEqual(['begin x']);
    const stopped = first.stop();
    await expect.poll(() => first.output.some((line) => line.startsWith('Stopping'))).toBe(true);
    other.touch('go');
    expect(await stopped).toBe(0);
    expect(other.effects()).toEqual(['begin x', 'end x']);
    const second = await other.start();
    expect(await statusOf(clientOf(second), id)).toMatchObject({ output: 'x' });
    expect(other.effects()).toEqual(['begin x', 'end x']);
    await other.end();
  });
});
