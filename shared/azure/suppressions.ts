import { suppressionKey } from '../keys.ts';
import type { Suppression, Suppressions } from '../ports.ts';
import { columnsOf } from './columns.ts';
import type { StoredEntity, Table } from './table.ts';

/** Table `Suppressions`: keyed hashes of addresses that we do not write to, by channel. */
export function suppressionsIn(table: Table): Suppressions {
  return {
    async find(channel, addresses) {
      const keys = addresses.map((address) => suppressionKey(channel, address));
      const found = await Promise.all(keys.map(({ partitionKey, rowKey }) => table.get(partitionKey, rowKey)));
      const [first] = found.filter((entity) => entity !== undefined);
      return first && toSuppression(first);
    },
    async *ofChannel(channel) {
      for await (const entity of table.query({ partition: channel })) yield toSuppression(entity);
    },
    put: (suppression) => table.put({ ...suppressionKey(suppression.channel, suppression.address), ...suppression }),
  };
}

function toSuppression(entity: StoredEntity): Suppression {
  const { text, instant, maybeInstant } = columnsOf(entity);
  return {
    channel: text('channel') as Suppression['channel'],
    address: text('address'),
    cause: text('cause') as Suppression['cause'],
    since: instant('since'),
    ...maybeInstant('until'),
    by: text('by'),
  };
}
