import { type DeliveryId, dayOf } from '../delivery-id.ts';
import type { Failure, Failures } from '../ports.ts';
import { columnsOf } from './columns.ts';
import type { StoredEntity, Table } from './table.ts';

/** Table `DeliveryFailures`, read by support staff: one row per delivery that did not reach its recipient. */
export function failuresIn(table: Table): Failures {
  const get = (delivery: DeliveryId) => table.get(dayOf(delivery), delivery);

  return {
    async read(delivery) {
      const entity = await get(delivery);
      return entity && toFailure(entity);
    },

    async put({ delivery, ...columns }) {
      const entity = { partitionKey: dayOf(delivery), rowKey: delivery, ...columns };
      for (;;) {
        const standing = await get(delivery);
        if (standing && columnsOf(standing).number('revision') > columns.revision) return;
        if (standing ? await table.replace(entity, standing.etag) : await table.insert(entity)) return;
      }
    },

    async *ofDay(day) {
      for await (const entity of table.query({ partition: day })) yield toFailure(entity);
    },
  };
}

function toFailure(entity: StoredEntity): Failure {
  const { text, number, instant, maybeInstant } = columnsOf(entity);
  return {
    delivery: entity.rowKey as DeliveryId,
    revision: number('revision'),
    at: instant('at'),
    subject: text('subject'),
    shop: text('shop'),
    message: text('message'),
    version: number('version'),
    locale: text('locale'),
    channel: text('channel') as Failure['channel'],
    country: text('country'),
    region: text('region'),
    carrier: text('carrier'),
    mailHost: text('mailHost'),
    recipient: text('recipient'),
    status: text('status') as Failure['status'],
    cause: text('cause') as Failure['cause'],
    reason: text('reason'),
    nextStep: text('nextStep'),
    sender: text('sender'),
    ...maybeInstant('resolvedAt'),
  };
}
