/** The tables and the broker of a deployment, signed in as whoever deploys. */
import { serviceBusClient, tableClient } from '../shared/azure/identity.ts';
import { publisherOf } from '../shared/azure/publisher.ts';
import { SERVICE_BUS_OPTIONS } from '../shared/azure/queues.ts';
import { openTables } from '../shared/azure/tables.ts';
import { outputOf, type World } from './world.ts';

/** No client id: a pipeline's AZURE_CLIENT_ID is no managed identity. */
export function connect(world: Pick<World, 'environment'>) {
  const broker = serviceBusClient({ endpoint: outputOf(world, 'SERVICE_BUS_HOST') }, SERVICE_BUS_OPTIONS);
  const tables = { endpoint: outputOf(world, 'TABLE_ENDPOINT') };
  return {
    ...openTables((name) => tableClient(tables, name)),
    publisher: publisherOf(() => broker),
    close: () => broker.close(),
  };
}
