import { afterAll, beforeAll } from 'vitest';
import { tableClient } from '../../../shared/azure/identity.ts';
import { createTables, openTables } from '../../../shared/azure/tables.ts';
import { fakePorts } from '../../fakes/ports.ts';
import { type Azurite, startAzurite } from './azurite.ts';
import type { Tables } from './contract-rows.ts';
import { deliveriesContract } from './deliveries-contract.ts';
import { staffTablesContract } from './staff-tables-contract.ts';
import { subjectsContract } from './subjects-contract.ts';

const fakes = fakePorts();

let azurite: Azurite | undefined;
let tables: Tables;

beforeAll(async () => {
  azurite = await startAzurite();
  const { connectionString } = azurite;
  const open = (name: string) => tableClient({ connectionString }, name);
  await createTables(open);
  await createTables(open);
  tables = openTables(open);
});
afterAll(() => azurite?.stop());

for (const contract of [deliveriesContract, subjectsContract, staffTablesContract]) {
  contract('memory', () => fakes);
  contract('Table Storage', () => tables);
}
