import type { Table } from '../../shared/azure/table.ts';
import { type Entity, checkEntity, checkTransaction } from '../../shared/azure/table-limits.ts';

const check = async (entity: Entity): Promise<boolean> => {
  checkEntity(entity);
  return true;
};

/** A table that holds nothing and takes exactly what the real service takes. */
export const ONLY_LIMITS: Table = {
  get: async () => undefined,
  query: async function* () {},
  firstPartition: async () => undefined,
  insert: async (entity) => ((await check(entity)) ? 'written' : undefined),
  merge: async (entity) => ((await check(entity)) ? 'written' : undefined),
  replace: check,
  put: async (entity) => void (await check(entity)),
  remove: async () => true,
  removeAll: async () => undefined,
  mergeAll: async (entities) => entities.forEach(checkEntity),
  transact: async (writes) => {
    writes.forEach(({ entity }) => checkEntity(entity));
    checkTransaction(writes.map(({ entity }) => entity));
    return true;
  },
};
