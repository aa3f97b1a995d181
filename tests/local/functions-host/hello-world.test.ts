import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../../../local/service-bus/config.ts';
import { startServiceBus } from '../../../local/service-bus/service-bus.ts';
import type { ServiceBus } from '../../../local/service-bus/service-bus.ts';
import { fixture, startFunctionsHost, until } from './running-host.ts';
import type { RunningHost } from './running-host.ts';

const config = parseConfig(
  JSON.stringify({
    UserConfig: { Namespaces: [{ Name: 'sbemulatorns', Queues: [{ Name: 'greetings' }], Topics: [] }] },
  }),
);

let bus: ServiceBus;
let host: RunningHost;

beforeAll(async () => {
  bus = await startServiceBus({ config, port: 0, healthPort: 0 });
  host = await startFunctionsHost(fixture('hello-world'), { environment: { MyServiceBus: bus.connectionString } });
});
afterAll(async () => {
  await host.kill();
  await bus.close();
});

const get = (path: string, init?: RequestInit): Promise<Response> => fetch(host.address + path, init);

describe('a hello-world app as the official quickstarts write it, with HTTP streams switched on', () => {
  it('answers over HTTP', async () => {
    const byQuery = await get('/api/HttpExample?name=Ann%20Lee');
    expect([byQuery.status, await byQuery.text()]).toEqual([200, 'Hello, Ann Lee!']);
    const byBody = await get('/api/HttpExample', { method: 'POST', body: 'Bob' });
    expect(await byBody.text()).toBe('Hello, Bob!');
    expect(await (await get('/api/HttpExample')).text()).toBe('Hello, world!');
  });

  it('gets messages from its queue', async () => {
    const client = new ServiceBusClient(bus.connectionString);
    await client.createSender('greetings').sendMessages({ body: 'good morning' });
    const line = await until('the message', () =>
      host.lines.find(({ category }) => category === 'Function.serviceBusQueueTrigger1.User'),
    );
    expect(line.message).toBe('Service bus queue function processed message: good morning');
    await client.close();
  });

  it('streams a request in and the answer out, piece by piece', async () => {
    const gates = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
    const body = new ReadableStream({
      async pull(controller) {
        const gate = gates.shift();
        if (gate) controller.enqueue(new TextEncoder().encode(await gate.promise));
        else controller.close();
      },
    });
    const [first, second] = gates;
    first?.resolve('one');
    const response = await get('/api/upper/x', { method: 'POST', body, duplex: 'half' });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toBe('ONE');
    second?.resolve('two');
    expect((await reader?.read())?.value).toBe('TWO');
    expect((await reader?.read())?.done).toBe(true);
    expect([response.status, response.headers.get('x-param')]).toEqual([202, 'x']);
  });

  it('answers 204 for nothing and 500 for a failure', async () => {
    expect((await get('/api/nothing')).status).toBe(204);
    const failed = await get('/api/fails');
    expect([failed.status, await failed.text()]).toEqual([500, '']);
  });

  it('stops although the library keeps a server open', async () => {
    expect(await host.stop()).toBe(0);
  });
});
