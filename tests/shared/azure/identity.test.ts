import { type HttpClient, type PipelineRequest, createHttpHeaders } from '@azure/core-rest-pipeline';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../local/service-bus/config.ts';
import { startServiceBus } from '../../../local/service-bus/service-bus.ts';
import { serviceBusClient, tableClient } from '../../../shared/azure/identity.ts';
import { SERVICE_BUS_OPTIONS, queuesOf } from '../../../shared/azure/queues.ts';
import { openTable } from '../../../shared/azure/table.ts';
import { bridgeTo } from './web-socket-bridge.ts';

/** A credential that notes who asks for a token, and for which scope. */
function stubCredential() {
  const asked: { clientId: string | undefined; scopes: string | string[] }[] = [];
  return {
    asked,
    credential: (clientId: string | undefined) => ({
      async getToken(scopes: string | string[]) {
        asked.push({ clientId, scopes });
        return { token: 'stub-token', expiresOnTimestamp: Date.now() + 3_600_000 };
      },
    }),
  };
}

function stubTransport(): { httpClient: HttpClient; requests: PipelineRequest[] } {
  const requests: PipelineRequest[] = [];
  const httpClient: HttpClient = {
    async sendRequest(request) {
      requests.push(request);
      return { request, status: 204, headers: createHttpHeaders({ etag: 'W/"1"' }), bodyAsText: '' };
    },
  };
  return { httpClient, requests };
}

const ENTITY = { partitionKey: 'p', rowKey: 'r' };

describe('clients by identity', () => {
  it('sign every table request with a token and never with a key', async () => {
    const { credential, asked } = stubCredential();
    const { httpClient, requests } = stubTransport();
    const connection = { endpoint: 'https://account.table.core.windows.net', clientId: 'client-1' };
    const table = openTable(tableClient(connection, 'Deliveries', { httpClient }, credential));
    await table.put(ENTITY);
    await table.merge(ENTITY, 'W/"1"');
    await table.mergeAll([ENTITY]);
    await table.transact([{ entity: ENTITY }]);
    expect(requests).toHaveLength(4);
    for (const { url, headers } of requests) {
      expect(headers.get('authorization')).toBe('Bearer stub-token');
      expect(url).toMatch(/^https:/);
      expect(url).not.toMatch(/sig=|sv=/);
    }
    expect(asked).toContainEqual({ clientId: 'client-1', scopes: ['https://storage.azure.com/.default'] });
  });

  it('show Service Bus a token and never one made from a key', async () => {
    const broker = await startServiceBus({
      config: readConfig({ UserConfig: { Namespaces: [{ Name: 'test', Queues: [], Topics: [] }] } }),
      port: 0,
      healthPort: 0,
    });
    const { credential, asked } = stubCredential();
    const { webSocket, urls, written } = bridgeTo(Number(new URL(broker.address).port));
    const client = serviceBusClient(
      { endpoint: 'namespace.servicebus.windows.net' },
      { ...SERVICE_BUS_OPTIONS, webSocketOptions: { webSocket } },
      credential,
    );
    const queues = queuesOf(() => client);
    await expect(queues.sendCopies('sms', [])).rejects.toThrow('queue sms: cannot send 0 messages');
    expect(urls[0]).toMatch(/^wss:\/\/namespace\.servicebus\.windows\.net/);
    expect(asked[0]).toEqual({ clientId: undefined, scopes: 'https://servicebus.azure.net//.default' });
    expect(written()).toMatch(/put-token.*jwt.*stub-token/s);
    expect(written()).not.toContain('SharedAccessSignature');
    await queues.close();
    await broker.close();
  });
});

describe('clients by connection string', () => {
  it.each([
    ['Tables', () => tableClient({ connectionString: 'AccountKey=c2VjcmV0;broken' }, 'Deliveries')],
    ['Tables', () => tableClient({ connectionString: 'DefaultEndpointsProtocol=https;AccountKey=c2VjcmV0' }, 'T')],
    ['ServiceBus', () => serviceBusClient({ connectionString: 'Endpoint=;SharedAccessKey=c2VjcmV0' }, {})],
    ['ServiceBus', () => serviceBusClient({ connectionString: 'SharedAccessKey=c2VjcmV0' }, {})],
  ])('never repeat one that cannot be used (%s, %#)', (setting, create) => {
    expect(create).toThrow(new RegExp(`^${setting}: the connection string cannot be used`));
    expect(create).toThrow(/^(?!.*c2VjcmV0)/s);
  });
});
