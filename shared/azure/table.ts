import { setTimeout } from 'node:timers/promises';
import { type TableClient, type TransactionAction, odata } from '@azure/data-tables';
import {
  type Entity,
  OPERATIONS_PER_TRANSACTION,
  checkEntity,
  checkTransaction,
  splitIntoTransactions,
} from './table-limits.ts';

export type StoredEntity = Entity & { etag: string };

/** Without an etag the row must not be there yet. */
type Write = { entity: Entity; etag?: string };

type Partitions = { partition: string } | { prefix: string } | { from: string };

/** One table, within the limits of the real service. Every method rejects with a `TableError` when it is away or refuses. */
export type Table = {
  get(partitionKey: string, rowKey: string): Promise<StoredEntity | undefined>;
  /** In the order of the keys; with these columns only, where some are named. */
  query(partitions: Partitions, fromRow?: string, columns?: readonly string[]): AsyncIterable<StoredEntity>;
  /** The first partition from this one on that holds a row. */
  firstPartition(from: string): Promise<string | undefined>;
  /** The new etag, or undefined when the row is there already. */
  insert(entity: Entity): Promise<string | undefined>;
  /** Writes these columns and keeps the others; the new etag, or undefined when the row has changed or gone. */
  merge(entity: Entity, etag: string): Promise<string | undefined>;
  /** Writes the whole row; false when it has changed or gone. */
  replace(entity: Entity, etag: string): Promise<boolean>;
  /** Writes the whole row, whatever stands there. */
  put(entity: Entity): Promise<void>;
  /** False when it has changed or gone. */
  remove(partitionKey: string, rowKey: string, etag: string): Promise<boolean>;
  /** Rows that are gone already are no fault. */
  removeAll(partitionKey: string, rowKeys: readonly string[]): Promise<void>;
  /** Writes these columns, whatever stands there, in as few transactions as the service allows. */
  mergeAll(entities: readonly Entity[]): Promise<void>;
  /** All or nothing, in one partition; false when a row has changed or is there already. */
  transact(writes: readonly Write[]): Promise<boolean>;
};

/** What we were doing and what the service said; never a key, a value or a setting. */
export class TableError extends Error {
  override name = 'TableError';
  readonly status: number | undefined;
  readonly code: string;
  constructor(doing: string, { status, code }: Fault) {
    super(`${doing}: ${[status, code].filter(Boolean).join(' ')}`);
    this.status = status;
    this.code = code;
  }
}

/** Pauses before the second and third try. A longer outage belongs to the broker, not to us. */
export const PAUSES: readonly number[] = [200, 400];
export const TIMEOUT = 5_000;

export function openTable(client: TableClient): Table {
  const attempt = <Result>(doing: string, run: (abortSignal: AbortSignal) => Promise<Result>) =>
    withRetries(`${client.tableName}: cannot ${doing}`, run);

  async function update(entity: Entity, mode: 'Merge' | 'Replace', etag: string): Promise<string | undefined> {
    checkEntity(entity);
    const answer = await attempt('change a row', (abortSignal) =>
      client.updateEntity(entity, mode, { etag, abortSignal }).catch(unless('changed', 'missing')),
    );
    return answer?.etag;
  }

  const removeAny = (partitionKey: string, rowKey: string) =>
    attempt('remove a row', (abortSignal) =>
      client.deleteEntity(partitionKey, rowKey, { abortSignal }).catch(unless('missing')),
    );

  async function* pages(
    filter: string,
    { size, columns }: { size?: number; columns?: readonly string[] | undefined } = {},
  ): AsyncIterable<StoredEntity[]> {
    const queryOptions = { filter, ...(columns ? { select: ['RowKey', ...columns] } : {}) };
    let continuationToken: string | undefined;
    do {
      const from = continuationToken;
      const page = await attempt('read rows', async (abortSignal) => {
        const entities = client.listEntities<Entity>({ queryOptions, abortSignal });
        const result = await entities
          .byPage({ ...(size ? { maxPageSize: size } : {}), ...(from ? { continuationToken: from } : {}) })
          .next();
        return result.done ? undefined : result.value;
      });
      if (!page) return;
      yield page.map(stored);
      ({ continuationToken } = page);
    } while (continuationToken);
  }

  return {
    get: (partitionKey, rowKey) =>
      attempt('read a row', (abortSignal) =>
        client.getEntity<Entity>(partitionKey, rowKey, { abortSignal }).then(stored).catch(unless('missing')),
      ),

    async *query(partitions, fromRow, columns) {
      for await (const page of pages(filterOf(partitions, fromRow), { columns })) yield* page;
    },

    async firstPartition(from) {
      for await (const [entity] of pages(filterOf({ from }), { size: 1 })) if (entity) return entity.partitionKey;
      return undefined;
    },

    async insert(entity) {
      checkEntity(entity);
      const answer = await attempt('add a row', (abortSignal) =>
        client.createEntity(entity, { abortSignal }).catch(unless('exists')),
      );
      return answer?.etag;
    },

    merge: (entity, etag) => update(entity, 'Merge', etag),

    replace: async (entity, etag) => (await update(entity, 'Replace', etag)) !== undefined,

    async put(entity) {
      checkEntity(entity);
      await attempt('write a row', (abortSignal) => client.upsertEntity(entity, 'Replace', { abortSignal }));
    },

    async remove(partitionKey, rowKey, etag) {
      const answer = await attempt('remove a row', (abortSignal) =>
        client.deleteEntity(partitionKey, rowKey, { etag, abortSignal }).catch(unless('changed', 'missing')),
      );
      return answer !== undefined;
    },

    async removeAll(partitionKey, rowKeys) {
      for (let from = 0; from < rowKeys.length; from += OPERATIONS_PER_TRANSACTION) {
        const keys = rowKeys.slice(from, from + OPERATIONS_PER_TRANSACTION);
        const actions = keys.map((rowKey): TransactionAction => ['delete', { partitionKey, rowKey }]);
        const answer = await attempt('remove rows', (abortSignal) =>
          client.submitTransaction(actions, { abortSignal }).catch(unless('missing')),
        );
        if (!answer) for (const rowKey of keys) await removeAny(partitionKey, rowKey);
      }
    },

    async mergeAll(entities) {
      for (const entity of entities) checkEntity(entity);
      await Promise.all(
        splitIntoTransactions(entities).map((transaction) =>
          attempt('write rows', (abortSignal) =>
            client.submitTransaction(
              transaction.map((entity) => ['upsert', entity, 'Merge']),
              { abortSignal },
            ),
          ),
        ),
      );
    },

    async transact(writes) {
      const entities = writes.map(({ entity }) => entity);
      for (const entity of entities) checkEntity(entity);
      checkTransaction(entities);
      const actions = writes.map(({ entity, etag }): TransactionAction =>
        etag === undefined ? ['create', entity] : ['update', entity, 'Merge', { etag }],
      );
      const answer = await attempt('write rows', (abortSignal) =>
        client.submitTransaction(actions, { abortSignal }).catch(unless('exists', 'changed', 'missing')),
      );
      return answer !== undefined;
    },
  };
}

const stored = (entity: Entity): StoredEntity => entity as StoredEntity;

function filterOf(partitions: Partitions, fromRow?: string): string {
  const rows = fromRow === undefined ? '' : odata` and RowKey ge ${fromRow}`;
  if ('partition' in partitions) return odata`PartitionKey eq ${partitions.partition}` + rows;
  if ('from' in partitions) return odata`PartitionKey ge ${partitions.from}` + rows;
  const { prefix } = partitions;
  const next = prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
  return odata`PartitionKey ge ${prefix} and PartitionKey lt ${next}` + rows;
}

// ---- faults ---------------------------------------------------------------------------------------------------------

type Fault = { status?: number; code: string };

/** A missing table is none of these: it is a fault of ours. */
const EXPECTED = {
  missing: { status: 404, codes: ['ResourceNotFound', 'EntityNotFound'] },
  exists: { status: 409, codes: ['EntityAlreadyExists'] },
  changed: { status: 412, codes: ['UpdateConditionNotSatisfied', 'ConditionNotMet'] },
};

function unless(...expected: (keyof typeof EXPECTED)[]): (error: unknown) => undefined {
  return (error) => {
    const { status, code } = faultOf(error);
    if (!expected.some((name) => EXPECTED[name].status === status && EXPECTED[name].codes.includes(code))) throw error;
    return undefined;
  };
}

async function withRetries<Result>(doing: string, run: (abortSignal: AbortSignal) => Promise<Result>): Promise<Result> {
  for (let tries = 0; ; tries += 1)
    try {
      return await run(AbortSignal.timeout(TIMEOUT));
    } catch (error) {
      const fault = faultOf(error);
      const pause = PAUSES[tries];
      if (pause === undefined || !passes(fault)) throw new TableError(doing, fault);
      await setTimeout(pause);
    }
}

const passes = ({ status, code }: Fault): boolean =>
  status === undefined
    ? ['ECONNRESET', 'ECONNREFUSED', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'REQUEST_SEND_ERROR'].includes(
        code,
      )
    : [408, 429, 500, 502, 503, 504].includes(status);

/** Only our own time-out aborts a request. The SDK puts the service's code into `details` for one operation, and into `code` for a transaction. */
function faultOf(error: unknown): Fault {
  const { name, code, statusCode, details } = error as {
    name?: string;
    code?: string;
    statusCode?: number;
    details?: { odataError?: { code?: string } };
  };
  return {
    ...(statusCode === undefined ? {} : { status: statusCode }),
    code: name === 'AbortError' ? 'TimedOut' : (details?.odataError?.code ?? code ?? name ?? 'unknown'),
  };
}
