/** Settings to clients: by connection string on a laptop, by identity in Azure, where no client holds a key. */
import { TableClient, type TableServiceClientOptions } from '@azure/data-tables';
import { ServiceBusClient, type ServiceBusClientOptions } from '@azure/service-bus';
import type { TokenCredential } from '@azure/identity';
import type { Connection } from '../config.ts';

/** A user-assigned identity when its client id is given, else whatever this machine is signed in with. */
export function credentialOf(clientId: string | undefined): TokenCredential {
  let credential: Promise<TokenCredential> | undefined;
  return {
    async getToken(scopes, options) {
      credential ??= loadCredential(clientId);
      return (await credential).getToken(scopes, options);
    },
  };
}

/** The package takes a third of a second to load: only where a token is asked for. */
async function loadCredential(clientId: string | undefined): Promise<TokenCredential> {
  const { DefaultAzureCredential, ManagedIdentityCredential } = await import('@azure/identity');
  return clientId === undefined ? new DefaultAzureCredential() : new ManagedIdentityCredential({ clientId });
}

type Credential = typeof credentialOf;

/** Retries are ours: the SDK would wait as long as a Retry-After says. */
export const TABLE_OPTIONS: TableServiceClientOptions = { retryOptions: { maxRetries: 0 } };

export function tableClient(
  connection: Connection,
  name: string,
  options: TableServiceClientOptions = {},
  credential: Credential = credentialOf,
): TableClient {
  const all = { ...TABLE_OPTIONS, ...options };
  if ('endpoint' in connection) return new TableClient(connection.endpoint, name, credential(connection.clientId), all);
  const { connectionString } = connection;
  return withoutEcho('Tables', () =>
    TableClient.fromConnectionString(connectionString, name, { ...all, ...insecureIfHttp(connectionString) }),
  );
}

export function serviceBusClient(
  connection: Connection,
  options: ServiceBusClientOptions,
  credential: Credential = credentialOf,
): ServiceBusClient {
  if ('endpoint' in connection)
    return new ServiceBusClient(connection.endpoint, credential(connection.clientId), options);
  return withoutEcho('ServiceBus', () => new ServiceBusClient(connection.connectionString, options));
}

/** The SDKs print a connection string that they cannot read, key included. */
function withoutEcho<Client>(setting: string, create: () => Client): Client {
  try {
    return create();
  } catch {
    throw new Error(`${setting}: the connection string cannot be used; copy it again from the resource's keys`);
  }
}

const insecureIfHttp = (connectionString: string) => ({
  allowInsecureConnection: /(^|;)\s*TableEndpoint=http:/i.test(connectionString),
});
