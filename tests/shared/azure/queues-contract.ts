import { describe, expect, it } from 'vitest';
import { type DeliveryId, deliveryId } from '../../../shared/delivery-id.ts';
import type { Channel } from '../../../shared/delivery.ts';
import type { Copy, ParkedEvent, Queues } from '../../../shared/ports.ts';
import { fresh } from './contract-rows.ts';

/** What stands on the queues, scheduled or due; `at` is when it is or was due. */
export type Broker = {
  queues: Queues;
  copies(channel: Channel): Promise<{ messageId: string; copy: Copy; at: Date }[]>;
  parkedEvents(): Promise<(ParkedEvent & { messageId: string })[]>;
};

const HOUR = 3_600_000;

const freshDelivery = (): DeliveryId =>
  deliveryId({
    instant: new Date(),
    source: 's',
    subject: 'order:1042',
    occasion: fresh('event'),
    role: 'customer',
    message: 'm',
    channel: 'sms',
  });

const hex = (body: Uint8Array) => Buffer.from(body).toString('hex');

/** What holds for every implementation of the queues. */
export function queuesContract(kind: string, broker: () => Broker): void {
  const copiesOf = async (...deliveries: DeliveryId[]) =>
    (await broker().copies('sms')).filter(({ copy }) => deliveries.includes(copy.delivery));

  describe(`queues in ${kind}`, () => {
    it('puts a copy on the queue of its channel, due now, under its delivery and number', async () => {
      const delivery = freshDelivery();
      await broker().queues.sendCopies('email', [{ copy: { delivery, copy: 3 } }]);
      const [found, ...others] = (await broker().copies('email')).filter(({ copy }) => copy.delivery === delivery);
      expect(others).toEqual([]);
      expect(found).toEqual({ messageId: `${delivery}/3`, copy: { delivery, copy: 3 }, at: expect.any(Date) });
      expect(found!.at.getTime()).toBeLessThanOrEqual(Date.now());
      expect(await copiesOf(delivery)).toEqual([]);
    });

    it('keeps everything that a copy carries', async () => {
      const copy: Copy = {
        delivery: freshDelivery(),
        copy: 1,
        slot: '2026-11-20T13:00:00.000Z',
        parked: 2,
        answer: {
          run: 'run-1',
          call: 'first',
          at: '2026-11-20T13:00:01.000Z',
          attempt: 0,
          answer: { kind: 'answered', status: 202, headers: { date: 'x' }, body: { value: [] } },
        },
      };
      await broker().queues.sendCopies('sms', [{ copy }]);
      expect((await copiesOf(copy.delivery)).map((found) => found.copy)).toEqual([copy]);
    });

    it('schedules each copy of one call at its own time', async () => {
      const now = Date.now();
      const [soon, late, past] = [freshDelivery(), freshDelivery(), freshDelivery()];
      await broker().queues.sendCopies('sms', [
        { copy: { delivery: late, copy: 0 }, at: new Date(now + 2 * HOUR) },
        { copy: { delivery: soon, copy: 0 }, at: new Date(now + HOUR) },
        { copy: { delivery: past, copy: 0 }, at: new Date(now - HOUR) },
      ]);
      const times = new Map((await copiesOf(soon, late, past)).map(({ copy, at }) => [copy.delivery, at.getTime()]));
      expect(times.get(soon)).toBe(now + HOUR);
      expect(times.get(late)).toBe(now + 2 * HOUR);
      expect(times.get(past)).toBeLessThanOrEqual(Date.now());
    });

    it('drops a MessageId that it has seen, scheduled or not, and takes the same copy under another', async () => {
      const delivery = freshDelivery();
      const copy = { delivery, copy: 0 };
      const { queues } = broker();
      await queues.sendCopies('sms', [{ copy, at: new Date(Date.now() + HOUR) }, { copy }]);
      await queues.sendCopies('sms', [{ copy }]);
      await queues.sendCopies('sms', [{ copy, messageId: `${delivery}/h2026-11-20T13` }]);
      expect((await copiesOf(delivery)).map(({ messageId }) => messageId).toSorted()).toEqual([
        `${delivery}/0`,
        `${delivery}/h2026-11-20T13`,
      ]);
    });

    it('takes as many copies in one call as there are', async () => {
      const deliveries = Array.from({ length: 1_500 }, freshDelivery);
      await broker().queues.sendCopies(
        'sms',
        deliveries.map((delivery) => ({ copy: { delivery, copy: 0 }, at: new Date(Date.now() + HOUR) })),
      );
      expect((await copiesOf(...deliveries)).map(({ copy }) => copy.delivery).toSorted()).toEqual(
        deliveries.toSorted(),
      );
    });

    it('takes none', async () => {
      await expect(broker().queues.sendCopies('sms', [])).resolves.toBeUndefined();
      await expect(broker().queues.parkEvents([])).resolves.toBeUndefined();
    });

    it('parks an event byte for byte with the time it arrived and how often it was parked', async () => {
      const event: ParkedEvent = {
        body: Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0, 0xff, ...Buffer.from(fresh('event'))]),
        arrived: new Date('2026-11-20T13:00:00.123Z'),
        parked: 4,
        resubmitted: 1,
        at: new Date(Date.now() + HOUR),
      };
      const { queues } = broker();
      await queues.parkEvents([event, event]);
      await queues.parkEvents([event]);
      const found = (await broker().parkedEvents()).filter(({ body }) => hex(body) === hex(event.body));
      expect(found.map(({ arrived, parked, resubmitted, at }) => ({ arrived, parked, resubmitted, at }))).toEqual(
        Array.from({ length: 3 }, () => ({ arrived: event.arrived, parked: 4, resubmitted: 1, at: event.at })),
      );
      expect(new Set(found.map(({ messageId }) => messageId)).size).toBe(3);
    });
  });
}
