import { beforeEach, describe, expect, it } from 'vitest';
import type { Rejected } from '../../shared/ports.ts';
import { fakeWorld, NOW } from './world.ts';

const BODY = '{"secret": "Anna \u001b[31mBerg"}';
const before = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);

const rejectedOf = (more: Partial<Rejected>): Rejected => ({
  at: before(10),
  arrived: before(10),
  source: '/shops/nordlicht',
  subject: 'order:1042',
  id: 'evt-1',
  type: 'order.placed',
  reasons: [{ path: 'data.customer.country', expected: 'an ISO 3166 country of two capital letters' }],
  body: Buffer.from(BODY),
  ...more,
});

describe('rejected', () => {
  let world: ReturnType<typeof fakeWorld>;

  beforeEach(async () => {
    world = fakeWorld();
    await world.rejectedEvents.put(rejectedOf({}));
    await world.rejectedEvents.put(
      rejectedOf({
        at: before(5),
        arrived: before(5),
        source: '',
        subject: '',
        id: '',
        type: '',
        reasons: [{ path: '$', expected: 'JSON' }],
        body: Buffer.from('<html>'),
      }),
    );
    await world.rejectedEvents.put(
      rejectedOf({
        at: before(20),
        arrived: new Date('2026-11-10T13:00:00Z'),
        id: 'evt-3',
        reasons: [
          { path: 'data.customer.country', expected: 'an ISO 3166 country of two capital letters' },
          { path: 'data.shop.replyTo', expected: 'a mail address' },
        ],
      }),
    );
  });

  const firstId = async () =>
    (JSON.parse((await world.notify('rejected', '--json', '--source', '/shops/nordlicht')).out) as [{ ref: string }])[0]
      .ref;

  it('lists what could not be used and why, the latest first', async () => {
    expect((await world.notify('rejected')).out).toMatchInlineSnapshot(`
      "3 events were rejected since 2026-11-19 14:30:00 UTC.

        2026-11-20/c2aa3527fb43  14:25  (no publisher)    (no type)
          the body: expected JSON
        2026-11-20/b23cf08fa8dd  14:20  /shops/nordlicht  order.placed  order:1042
          data.customer.country: expected an ISO 3166 country of two capital letters
        2026-11-10/c97734c3b614  13:00  /shops/nordlicht  order.placed  order:1042
          data.customer.country: expected an ISO 3166 country of two capital letters (and 1 more)
      "
    `);
  });

  it('keeps ids whole and within 80 columns', async () => {
    world = fakeWorld({ width: 80 });
    await world.rejectedEvents.put(
      rejectedOf({ source: 'https://a-shop-with-a-long-name.example/orders', type: 'order.out-for-delivery' }),
    );
    const { out } = await world.notify('rejected');
    expect(out).toMatch(/^ {2}2026-11-20\/[0-9a-f]{12} {2}14:20 /m);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('counts by publisher and reason', async () => {
    expect((await world.notify('rejected', '--by')).out).toMatchInlineSnapshot(`
      "3 events were rejected since 2026-11-19 14:30:00 UTC.

        count  latest            publisher         why
            2  2026-11-20 14:20  /shops/nordlicht  data.customer.country: expected an ISO 3166 country of…
            1  2026-11-20 14:10  /shops/nordlicht  data.shop.replyTo: expected a mail address
            1  2026-11-20 14:25  (none)            the body: expected JSON
      "
    `);
  });

  it('knows since when, and of which publisher', async () => {
    expect((await world.notify('rejected', '--since', '7m')).out).toContain('1 event was rejected');
    expect((await world.notify('rejected', '--source', '/shops/nordlicht')).out).toContain('2 events were rejected');
    expect((await world.notify('rejected', '--since', '1m')).out).toBe(
      'No event was rejected since 2026-11-20 14:29:00 UTC.\n',
    );
  });

  it('shows one with its reasons, and its body only on record', async () => {
    const id = await firstId();
    const masked = await world.notify('rejected', 'show', id);
    expect(masked.out).toContain('✖ data.customer.country: expected an ISO 3166 country');
    expect(masked.out).not.toContain('Anna');
    expect(world.staffActions.rows).toEqual([]);
    const revealed = await world.notify('rejected', 'show', id, '--reveal');
    expect(revealed.out).toContain('{"secret": "Anna �[31mBerg"}');
    expect(world.staffActions.rows).toMatchObject([{ command: 'rejected show', what: expect.stringContaining(id) }]);
  });

  it('shows one as JSON, without its body unless asked for', async () => {
    const id = await firstId();
    const plain = JSON.parse((await world.notify('rejected', 'show', id, '--json')).out) as Record<string, unknown>;
    expect(plain).toMatchObject({ ref: id, id: 'evt-1', bytes: BODY.length });
    expect(plain).not.toHaveProperty('body');
    expect(JSON.parse((await world.notify('rejected', 'show', id, '--json', '--reveal')).out)).toMatchObject({
      body: BODY,
    });
  });

  it('takes part of an id as long as it names one', async () => {
    const id = await firstId();
    expect(await world.notify('rejected', 'show', id.slice(0, -4))).toMatchObject({ code: 0 });
    for (const wrong of ['2026-11-20/0000', '2026-11-19/abcd', 'evt-1', '../x'])
      expect(await world.notify('rejected', 'show', wrong)).toMatchObject({ code: 1, out: '' });
  });
});
