import { describe, expect, it } from 'vitest';
import type { DeadLetterRow, Failure, Rejected, StoredRejected, Suppression } from '../../../shared/ports.ts';
import { ARRIVED, planOf } from '../stored-delivery.ts';
import { HOUR, type Tables, all, fresh, later } from './contract-rows.ts';

const failureOf = (more: Partial<Failure> = {}): Failure => ({
  delivery: planOf({ eventId: fresh('event') }).id,
  revision: 2,
  at: later(5_000),
  subject: 'order:1042',
  shop: 'Nordlicht',
  message: 'order-delayed',
  version: 1,
  locale: 'de',
  channel: 'sms',
  country: 'DE',
  region: 'BE',
  carrier: '',
  mailHost: '',
  recipient: '+49*******67',
  status: 'failed',
  cause: 'number-does-not-exist',
  reason: 'The phone number is not in service.',
  nextStep: 'Call.',
  sender: '+18005550100',
  ...more,
});

const rejectedOf = (more: Partial<Rejected> = {}): Rejected => ({
  at: later(1_000),
  arrived: later(-48 * HOUR),
  source: '/shops/nordlicht',
  subject: 'order:1042',
  id: fresh('event'),
  type: 'order.placed',
  reasons: [{ path: 'data.customer.phone', expected: 'a text' }],
  body: Buffer.from('{"not":"ours"'),
  ...more,
});

/** As it came, whatever became of it. */
function plain(row: Rejected | StoredRejected) {
  const { times: _times, retried: _retried, ...rejected }: Rejected & Partial<StoredRejected> = row;
  return { ...rejected, body: Buffer.from(rejected.body).toString('hex') };
}

/** What holds for every implementation of the tables that people read, and of suppressions. */
export function staffTablesContract(kind: string, tables: () => Tables): void {
  const outlinesOf = async (id: string) =>
    (await all(tables().rejectedEvents.outlinesOfDay('2026-11-18'))).filter((outline) => outline.id === id);
  const ofDay = async () => (await all(tables().rejectedEvents.ofDay('2026-11-18'))).map(plain);

  describe(`failures in ${kind}`, () => {
    it('gives back a row, by its delivery and by day', async () => {
      const { failures } = tables();
      const failure = failureOf({ resolvedAt: later(6_000) });
      expect(await failures.read(failure.delivery)).toBeUndefined();
      await failures.put(failure);
      expect(await failures.read(failure.delivery)).toEqual(failure);
      expect(await all(failures.ofDay('2026-11-20'))).toContainEqual(failure);
      expect(await all(failures.ofDay('2026-11-19'))).toEqual([]);
    });

    it('never lets an older projection overwrite a newer one, in whatever order they come', async () => {
      const { failures } = tables();
      const { delivery } = failureOf();
      await Promise.all(
        [3, 5, 4, 1, 2].map((revision) => failures.put(failureOf({ delivery, revision, reason: `${revision}` }))),
      );
      await failures.put(failureOf({ delivery, revision: 2 }));
      expect(await failures.read(delivery)).toMatchObject({ revision: 5, reason: '5' });
    });

    it('writes the same revision again, and takes a column away that is gone', async () => {
      const { failures } = tables();
      const failure = failureOf();
      await failures.put({ ...failure, resolvedAt: later(6_000) });
      await failures.put(failure);
      expect(await failures.read(failure.delivery)).toEqual(failure);
    });
  });

  describe(`rejected events in ${kind}`, () => {
    it('keeps body and reasons, once however often it comes', async () => {
      const rejected = rejectedOf({ body: Buffer.from([0, 255, 1, 254, 0xc3, 0x28]) });
      for (const at of [1, 2, 3]) await tables().rejectedEvents.put({ ...rejected, at: later(at) });
      const found = (await ofDay()).filter(({ id }) => id === rejected.id);
      expect(found).toEqual([plain({ ...rejected, at: later(1) })]);
    });

    it('lists them without their bodies, and reads one by its key', async () => {
      const rejected = rejectedOf();
      await tables().rejectedEvents.put(rejected);
      const { body, ...outline } = rejected;
      const [found] = await outlinesOf(rejected.id);
      expect(found).toEqual({ ...outline, key: expect.stringMatching(/^[0-9a-f]{64}$/), times: 1 });
      const read = await tables().rejectedEvents.read('2026-11-18', found!.key);
      expect(read && plain(read)).toEqual(plain({ ...outline, body }));
      expect(await tables().rejectedEvents.read('2026-11-17', found!.key)).toBeUndefined();
    });

    it('counts how often one was rejected, keeps the latest reasons, and who had it taken again', async () => {
      const { rejectedEvents } = tables();
      const rejected = rejectedOf();
      await rejectedEvents.put(rejected);
      const [outline] = await outlinesOf(rejected.id);
      const retried = { at: later(5), by: 'ann@desk', times: 1 };
      await rejectedEvents.retried('2026-11-18', outline!.key, retried);
      const reasons = [{ path: 'id', expected: 'another one' }];
      await rejectedEvents.put({ ...rejected, at: later(9), reasons });
      expect(await outlinesOf(rejected.id)).toEqual([{ ...outline, reasons, times: 2, retried }]);
      expect(await rejectedEvents.read('2026-11-18', outline!.key)).toMatchObject({ reasons, times: 2, retried });
      await rejectedEvents.retried('2026-11-18', 'f'.repeat(64), retried);
    });

    it('keeps two bodies under one id apart', async () => {
      const rejected = rejectedOf();
      await tables().rejectedEvents.put(rejected);
      await tables().rejectedEvents.put({ ...rejected, body: Buffer.from('other') });
      expect((await ofDay()).filter(({ id }) => id === rejected.id)).toHaveLength(2);
    });

    it.each([0, 1, 65_536, 65_537, 262_144])('keeps a body of %i bytes byte for byte', async (length) => {
      const rejected = rejectedOf({
        body: Uint8Array.from({ length: length + 9 }, (_, index) => (index * 7) % 256).subarray(9),
      });
      await tables().rejectedEvents.put(rejected);
      expect(await ofDay()).toContainEqual(plain(rejected));
    });
  });

  describe(`dead letters, reports and suppressions in ${kind}`, () => {
    it('keeps the latest row of a dead letter', async () => {
      const { deadLetters } = tables();
      const row: DeadLetterRow = {
        at: later(0),
        entity: 'order-events/notifications',
        sequenceNumber: '9007199254740993',
        messageId: 'm-1',
        reason: 'MaxDeliveryCountExceeded',
        description: 'Message could not be consumed after 10 delivery attempts.',
        deliveryCount: 10,
        enqueued: later(-24 * HOUR),
        arrived: later(-25 * HOUR),
        resubmitted: 0,
        source: '/shops/nordlicht',
        subject: 'order:1042',
        eventId: 'evt-1',
        delivery: '',
      };
      await deadLetters.put(row);
      await deadLetters.put({ ...row, putBack: { at: later(1), by: 'itself' } });
      const waiting = { ...row, sequenceNumber: '7', rejected: 'f'.repeat(64) };
      await deadLetters.put(waiting);
      await deadLetters.put({ ...row, entity: 'sms' });
      expect(await all(deadLetters.ofDay('2026-11-19'))).toEqual(
        expect.arrayContaining([
          { ...row, putBack: { at: later(1), by: 'itself' } },
          { ...row, entity: 'sms' },
          waiting,
        ]),
      );
      expect(await all(deadLetters.ofDay('2026-11-19'))).toHaveLength(3);
    });

    it('keeps a report of nothing of ours once', async () => {
      const { unmatchedReports } = tables();
      const report = {
        at: ARRIVED,
        reportId: 'a/b#c?d',
        type: 'Microsoft.Communication.SMSReceived',
        why: 'Foreign tag.',
      };
      await unmatchedReports.put(report);
      await unmatchedReports.put(report);
      expect(await all(unmatchedReports.ofDay('2026-11-20'))).toEqual([report]);
    });

    it('keeps what staff did in the order of time, also within one millisecond', async () => {
      const { staffActions } = tables();
      const action = { at: later(1), by: 'ann@desk', command: 'show', what: 'Revealed the recipients of order:1042.' };
      const earlier = { ...action, at: later(0), command: 'failures' };
      for (const one of [earlier, action, action]) await staffActions.put(one);
      expect(await all(staffActions.ofDay('2026-11-20'))).toEqual([earlier, action, action]);
      expect(await all(staffActions.ofDay('2026-11-21'))).toEqual([]);
    });

    it('finds every suppression under several hashes, on its channel', async () => {
      const { suppressions } = tables();
      const [own, old] = [`k2:${fresh('hash')}`, `k1:${fresh('hash')}`];
      const optedOut: Suppression = { channel: 'sms', address: old, cause: 'opted-out', since: ARRIVED, by: 'report' };
      const lifts = [
        { at: later(HOUR), by: 'ann' },
        { at: later(2 * HOUR), by: 'bob', reason: 'a new customer' },
      ];
      const blocked: Suppression = {
        ...optedOut,
        address: own,
        cause: 'blocked-by-staff',
        until: later(2 * HOUR),
        reason: 'asked for it',
        bounces: 2,
        lifts,
      };
      for (const each of [optedOut, blocked]) expect(await suppressions.record(each)).toBe(true);
      const found = await suppressions.find('sms', [own, `k3:${fresh('hash')}`, old]);
      expect(found).toEqual([blocked, optedOut].map((each) => ({ ...each, etag: expect.any(String) })));
      expect(await suppressions.find('email', [own, old])).toEqual([]);
      expect(await suppressions.find('sms', [])).toEqual([]);
      expect(await all(suppressions.ofChannel('sms'))).toEqual(expect.arrayContaining([...found]));
      expect((await all(suppressions.ofChannel('email'))).map(({ address }) => address)).not.toContain(own);
    });

    it('records a suppression on the row that was seen, once, and as a whole', async () => {
      const { suppressions } = tables();
      const address = `k1:${fresh('hash')}`;
      const plain = { channel: 'email', address, cause: 'hard-bounced', since: ARRIVED, by: 'report' } as const;
      expect(await suppressions.record({ ...plain, until: later(HOUR), bounces: 1 })).toBe(true);
      expect(await suppressions.record(plain)).toBe(false);
      const [seen] = await suppressions.find('email', [address]);
      expect(await suppressions.record(plain, seen)).toBe(true);
      expect(await suppressions.record({ ...plain, bounces: 2 }, seen)).toBe(false);
      expect(await suppressions.find('email', [address])).toEqual([{ ...plain, etag: expect.any(String) }]);
    });
  });
}
