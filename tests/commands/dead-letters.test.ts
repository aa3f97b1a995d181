import { beforeEach, describe, expect, it } from 'vitest';
import type { DeadLetterRow } from '../../shared/ports.ts';
import { planOf } from '../shared/stored-delivery.ts';
import { fakeWorld, NOW } from './world.ts';

const before = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);

const letterOf = (more: Partial<DeadLetterRow>): DeadLetterRow => ({
  at: before(10),
  entity: 'order-events/notifications',
  sequenceNumber: '12',
  messageId: 'm-1',
  reason: 'MaxDeliveryCountExceeded',
  description: 'Message could not be consumed after 10 delivery attempts.',
  deliveryCount: 10,
  enqueued: before(12),
  arrived: before(12),
  resubmitted: 1,
  source: '/shops/nordlicht',
  subject: 'order:1042',
  eventId: 'evt-1',
  delivery: '',
  ...more,
});

describe('dead-letters', () => {
  let world: ReturnType<typeof fakeWorld>;

  beforeEach(async () => {
    world = fakeWorld();
    const copy = { entity: 'sms', source: '', subject: '', eventId: '', resubmitted: 0, delivery: planOf().id };
    await world.deadLetters.put(letterOf({}));
    await world.deadLetters.put(letterOf({ ...copy, sequenceNumber: '42', at: before(5) }));
    await world.deadLetters.put(
      letterOf({
        sequenceNumber: '13',
        enqueued: new Date('2026-11-12T09:00:00Z'),
        putBack: { at: before(1), by: 'itself' },
      }),
    );
  });

  it('lists each with what becomes of it, also what was enqueued days before', async () => {
    expect((await world.notify('dead-letters', '--since', '1h')).out).toMatchInlineSnapshot(`
      "3 messages were given up since 2026-11-20 13:30:00 UTC; 1 waits for a person.

        2026-11-20/sms@42                         its delivery goes on
          2026-11-20 14:25: MaxDeliveryCountExceeded, 01a1f90a-d880-8000-80d3-a1596507a9fb
        2026-11-20/order-events/notifications@12  waits for a person
          2026-11-20 14:20: MaxDeliveryCountExceeded, order:1042
        2026-11-12/order-events/notifications@13  put back by itself
          2026-11-20 14:20: MaxDeliveryCountExceeded, order:1042
      "
    `);
  });

  it('says that there are none', async () => {
    expect((await world.notify('dead-letters', '--since', '1m')).out).toBe(
      'No message was given up since 2026-11-20 14:29:00 UTC.\n',
    );
  });

  it('shows one with the next step', async () => {
    expect((await world.notify('dead-letters', 'show', '2026-11-20/order-events/notifications@12')).out)
      .toMatchInlineSnapshot(`
        "From       order-events/notifications
        Reason     MaxDeliveryCountExceeded: Message could not be consumed after 10 delivery attempts.
        Tries      10
        Arrived    2026-11-20 14:18:00 UTC
        Enqueued   2026-11-20 14:18:00 UTC
        Given up   2026-11-20 14:20:00 UTC
        Message    m-1
        Event      evt-1 of /shops/nordlicht
        Subject    order:1042
        Put back   1 time
        Next step  Mend what made it fail, then put it back: \`npm run notify -- dead-letters resubmit
                   2026-11-20/order-events/notifications@12\`.
        "
      `);
    expect((await world.notify('dead-letters', 'show', '2026-11-20/sms@42')).out).toContain('housekeeping schedules');
  });

  it('gives JSON whose ids show takes', async () => {
    const rows = JSON.parse((await world.notify('dead-letters', '--json')).out) as { ref: string }[];
    expect(rows).toHaveLength(3);
    for (const { ref } of rows)
      expect(JSON.parse((await world.notify('dead-letters', 'show', ref, '--json')).out)).toMatchObject({ ref });
    expect(await world.notify('dead-letters', 'show', '2026-11-20/sms@7')).toMatchObject({ code: 1, out: '' });
  });
});
