import { suppressionKey } from '../keys.ts';
import type { Lift, StoredSuppression, Suppression, Suppressions } from '../ports.ts';
import { columnsOf, shortened } from './columns.ts';
import type { StoredEntity, Table } from './table.ts';

/** Table `Suppressions`: keyed hashes of addresses that we do not write to, by channel. */
export function suppressionsIn(table: Table): Suppressions {
  return {
    async find(channel, addresses) {
      const keys = addresses.map((address) => suppressionKey(channel, address));
      const found = await Promise.all(keys.map(({ partitionKey, rowKey }) => table.get(partitionKey, rowKey)));
      return found.filter((entity) => entity !== undefined).map(toSuppression);
    },
    async *ofChannel(channel) {
      for await (const entity of table.query({ partition: channel })) yield toSuppression(entity);
    },
    async record({ lifts, reason, ...suppression }, seen) {
      const entity = {
        ...suppressionKey(suppression.channel, suppression.address),
        ...suppression,
        ...(reason === undefined ? {} : { reason: shortened(reason) }),
        ...(lifts ? { lifts: JSON.stringify(lifts) } : {}),
      };
      return seen ? table.replace(entity, seen.etag) : (await table.insert(entity)) !== undefined;
    },
  };
}

type StoredLift = Omit<Lift, 'at'> & { at: string };

function toSuppression(entity: StoredEntity): StoredSuppression {
  const { text, number, instant, maybeInstant, maybeJson } = columnsOf(entity);
  const lifts = maybeJson('lifts') as StoredLift[] | undefined;
  return {
    channel: text('channel') as Suppression['channel'],
    address: text('address'),
    cause: text('cause') as Suppression['cause'],
    since: instant('since'),
    ...maybeInstant('until'),
    by: text('by'),
    ...(entity['reason'] === undefined ? {} : { reason: text('reason') }),
    ...(entity['bounces'] === undefined ? {} : { bounces: number('bounces') }),
    ...(lifts ? { lifts: lifts.map((lift) => ({ ...lift, at: new Date(lift.at) })) } : {}),
    etag: entity.etag,
  };
}
