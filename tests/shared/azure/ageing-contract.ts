import { describe, expect, it } from 'vitest';
import { projectFailure } from '../../../shared/failures.ts';
import type { AgeingTables } from '../../../shared/ports.ts';
import { versionAt } from '../appointment-version.ts';
import { deliveryOf } from '../stored-delivery.ts';
import { type Tables, all } from './contract-rows.ts';

/** Older than the rows of any other contract. */
const OLD = new Date('2020-02-03T04:05:06Z');
const EVENT = { source: '/shops/nordlicht', subject: 'order:1042' };
const delivery = deliveryOf({ arrived: OLD }, { status: 'failed', cause: 'refused' });

/** Of each table that ages: where a row of that time goes, and one that is put there. */
const ROWS: Record<keyof AgeingTables, { partition: string; put: (tables: Tables) => Promise<void> }> = {
  deliveries: { partition: '2020-02-03T04', put: ({ deliveries }) => deliveries.plan([delivery.plan]) },
  failures: { partition: '2020-02-03', put: ({ failures }) => failures.put(projectFailure(delivery, OLD)!) },
  appointments: {
    partition: '2020-02-03',
    put: async ({ appointments }) => void (await appointments.keep(versionAt(OLD))),
  },
  rejectedEvents: {
    partition: '2020-02-03',
    put: ({ rejectedEvents }) =>
      rejectedEvents.put({ at: OLD, arrived: OLD, ...EVENT, id: 'e', type: 't', reasons: [], body: new Uint8Array() }),
  },
  deadLetters: {
    partition: '2020-02-03',
    put: ({ deadLetters }) =>
      deadLetters.put({
        at: OLD,
        entity: 'order-events/notifications',
        sequenceNumber: '1',
        messageId: 'm',
        reason: 'r',
        description: '',
        deliveryCount: 10,
        enqueued: OLD,
        arrived: OLD,
        resubmitted: 0,
        ...EVENT,
        eventId: 'e',
        delivery: '',
      }),
  },
  unmatchedReports: {
    partition: '2020-02-03',
    put: ({ unmatchedReports }) => unmatchedReports.put({ at: OLD, reportId: 'r', type: 't', why: 'w' }),
  },
  staffActions: {
    partition: '2020-02-03',
    put: ({ staffActions }) => staffActions.put({ at: OLD, by: 'ada', command: 'show', what: 'Looked.' }),
  },
};
const NAMES = Object.keys(ROWS) as (keyof AgeingTables)[];

/** What holds for every table whose rows go when they are old. */
export function ageingContract(kind: string, tables: () => Tables): void {
  describe(`old rows in ${kind}`, () => {
    it.each(NAMES)('are found in %s by key order, and removed once', async (name) => {
      const { partition, put } = ROWS[name];
      await put(tables());
      const table = tables().ageing[name];
      expect(await table.firstFrom('')).toBe(partition);
      expect(await table.firstFrom(partition)).toBe(partition);
      expect(await table.firstFrom(`${partition}!`)).not.toBe(partition);
      const rows = await all(table.rowsOf(partition));
      expect(rows).toHaveLength(1);
      const keys = rows.map(({ row }) => row);
      await table.remove(partition, keys);
      await table.remove(partition, [...keys, 'was never there']);
      expect(await all(table.rowsOf(partition))).toEqual([]);
      expect(await table.firstFrom('')).not.toBe(partition);
    });

    it.each(['deliveries', 'rejectedEvents', 'deadLetters'] as const)('in %s name their subject', async (name) => {
      const { partition, put } = ROWS[name];
      await put(tables());
      const [row] = await all(tables().ageing[name].rowsOf(partition));
      expect(row).toMatchObject(EVENT);
      await tables().ageing[name].remove(partition, [row!.row]);
    });

    it('in deliveries tell whether they are still open, in other tables they never are', async () => {
      const { deliveries, failures, ageing } = tables();
      const { partition } = ROWS.deliveries;
      const openIn = async () => (await all(ageing.deliveries.rowsOf(partition))).map(({ isOpen }) => isOpen);
      await deliveries.plan([delivery.plan]);
      expect(await openIn()).toEqual([true]);
      for (const [status, isOpen] of [
        ['sending', true],
        ['accepted', true],
        ['unknown', false],
      ] as const) {
        const row = (await deliveries.read(delivery.plan.id))!;
        await deliveries.record(row, { ...row.progress, status });
        expect([status, await openIn()]).toEqual([status, [isOpen]]);
      }
      await failures.put(projectFailure(delivery, OLD)!);
      expect((await all(ageing.failures.rowsOf(ROWS.failures.partition))).map(({ isOpen }) => isOpen)).toEqual([false]);
      await ageing.deliveries.remove(partition, [delivery.plan.id]);
      await ageing.failures.remove(ROWS.failures.partition, [delivery.plan.id]);
    });

    it('go in more than one transaction, also when some are gone already', async () => {
      const { partition } = ROWS.deliveries;
      const plans = Array.from({ length: 130 }, (_, n) => deliveryOf({ arrived: OLD, eventId: `many-${n}` }).plan);
      await tables().deliveries.plan(plans);
      const table = tables().ageing.deliveries;
      const keys = (await all(table.rowsOf(partition))).map(({ row }) => row);
      await table.remove(partition, [keys[7]!, keys[120]!]);
      await table.remove(partition, keys);
      expect(await all(table.rowsOf(partition))).toEqual([]);
    });

    it('in what is remembered of hours are those before another', async () => {
      const { hours } = tables();
      for (const hour of ['2020-02-03T04', '2020-02-03T05', '2020-02-03T06']) await hours.reopen(hour);
      expect(await hours.removeBefore('2020-02-03T06')).toBe(2);
      expect(await hours.removeBefore('2020-02-03T06')).toBe(0);
      expect((await hours.known('2020')).map(({ hour }) => hour)).toContain('2020-02-03T06');
      await hours.removeBefore('2020-02-03T07');
    });
  });
}
