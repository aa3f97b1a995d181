import { describe, expect, it } from 'vitest';
import { LARGEST_EVENT } from '../../shared/events.ts';
import { ARRIVED } from '../shared/order-event.ts';
import { bytesOf, expectCalm, expectEnds, GOOD, harmWorld, orderEvent } from './world.ts';

const SENT = ['odd sms accepted/taken', 'odd email accepted/taken'];

/** What both channels said about the odd order, and where to. */
function messagesOf({ sent }: ReturnType<typeof harmWorld>) {
  const [sms, email] = sent.filter(({ content }) => JSON.stringify(content).includes('odd'));
  if (sms?.content.channel !== 'sms' || email?.content.channel !== 'email')
    throw new Error('two messages were expected');
  return { sms: { ...sms.content, to: sms.address }, email: { ...email.content, to: email.address } };
}

async function sendOdd(
  overrides: Parameters<typeof orderEvent>[2],
  type: Parameters<typeof orderEvent>[1] = 'order.placed',
) {
  return messagesOf(await expectEnds(orderEvent('odd', type, overrides), SENT));
}

describe('names', () => {
  it.each([
    'Владимир Ильич',
    '山田 太郎',
    '김철수',
    'محمد بن سلمان',
    'דוד בן גוריון',
    'ศรีสุดา ใจดี',
    'श्री हरि',
    'Nguyễn Thị Minh Khai',
    'İpek Iğdır',
    'Séamus O’Neill-Müller',
    'Zoë 🎉',
    'علی\u200cرضا',
    'ශ්\u200dරී',
    '👨\u200d👩\u200d👧 Huber',
  ])('in the script of %s arrive as they are', async (name) => {
    const { email } = await sendOdd({ customer: { name } });
    expect(email.text).toContain(`Hello ${name},`);
  });

  it.each([
    ['right-to-left marks', '\u202eanhoJ\u202c Berg', 'Hello anhoJ Berg,'],
    ['zero-width characters', 'Jo\u200bhn\ufeff', 'Hello John,'],
    ['line breaks', 'Eve\r\n\r\nBcc: all@evil.example\u2028x', 'Hello Eve Bcc: all evil. example x,'],
    ['a link', 'https://evil.example/win', 'Hello https evil. example/win,'],
    ['a script', '<script>alert(1)</script>', 'Hello <script>alert(1)</script>,'],
    ['nothing to be seen', '\u200b\u2060', 'Hello,'],
    ['slots of a template', '{{footer}} ${1} $& %s', 'Hello {{footer}} ${1} $& %s,'],
  ])('with %s are made harmless', async (_, name, greeting) => {
    const { email, sms } = await sendOdd({ customer: { name }, shop: { name: `A ${name}` } });
    expect(email.text).toContain(greeting);
    expect(email.html).not.toMatch(/<script|evil\.example/);
    expect(email.subject + sms.text).not.toMatch(/[\r\n\u200b\u202e]|evil\.example/);
    expect(sms.text.match(/\S+:\/\/\S+/g)).toEqual(['https://track.example.com/o/2026-1042?k=7f3a']);
  });

  it.each(['x', 'Ж', '👩‍👩‍👧‍👧', `e\u0301`])('of 5,000 characters such as %j cost nobody the news', async (letter) => {
    const name = letter.repeat(5_000 / letter.length);
    const items = Array.from({ length: 3 }, () => ({ name, quantity: 1 }));
    const { sms, email } = await sendOdd(
      { customer: { name, region: name }, shop: { name }, data: { carrier: name }, order: { items } },
      'order.out-for-delivery',
    );
    expect(sms.segments).toBeLessThanOrEqual(5);
    expect(sms.text).toContain('https://track.example.com/o/2026-1042?k=7f3a');
    expect(Buffer.byteLength(email.html)).toBeLessThan(100 * 1024);
    expect(email.text).toMatch(new RegExp(`^Hello (?:${letter.normalize('NFC')})+(?:\\.{3})?,$`, 'mu'));
  });
});

describe('money', () => {
  it.each([
    [0, 'EUR', '€0.00'],
    [1, 'EUR', '€0.01'],
    [4_999, 'JPY', 'JP¥4,999'],
    [4_999, 'KWD', 'KWD 4.999'],
    [Number.MAX_SAFE_INTEGER, 'EUR', '€90,071,992,547,409.91'],
  ])('of %i in %s is %s', async (amount, currency, written) => {
    const { email } = await sendOdd({ order: { total: { amount, currency } } });
    expect(email.text).toContain(`Total: ${written}\n`);
  });
});

describe('ten thousand line items', () => {
  const items = Array.from({ length: 9_500 }, () => ({ name: 'x', quantity: 1 }));

  it('are one mail that lists ten', async () => {
    const odd = orderEvent('odd', 'order.placed', { order: { items: [...items, ...items.slice(0, 500)] } });
    expect(bytesOf(odd).length).toBeLessThan(LARGEST_EVENT);
    const { email } = messagesOf(await expectEnds(odd, SENT));
    expect(email.text.match(/1 × x/g)).toHaveLength(10);
    expect(email.text).toContain('and 9990 more');
  });

  it('that are all bad are one row and one short line in the log', async () => {
    const world = harmWorld();
    await world.publish(
      orderEvent('odd', 'order.placed', { order: { items: items.map(() => ({ name: '', quantity: 1 })) } }),
      GOOD,
    );
    expect(world.rejected()[0]?.reasons).toHaveLength(9_500);
    expect(world.sent).toHaveLength(2);
    expect(JSON.stringify(world.entries).length).toBeLessThan(5_000);
    await expectCalm(world);
  });
});

describe('phone numbers', () => {
  it.each([
    ['as dialled at home', '0664/123 45 67'],
    ['with the trunk zero', '+43 (0)664 1234567'],
    ['in wide digits', '＋４３６６４１２３４５６７'],
    ['copied with direction marks', '\u202a+43 664 1234567\u202c'],
  ])('%s are understood', async (_, phone) => {
    expect((await sendOdd({ customer: { phone } })).sms.to).toBe('+436641234567');
  });

  it.each([
    ['with an extension', '+43 1 1234567 ext. 9'],
    ['that cannot exist', '+999 1234567'],
    ['too short', '12'],
    ['too long', '+436641234567890123'],
    ['two at once', '+43 664 1234567, +43 664 7654321'],
    ['of premium rate', '0900 123456'],
    ['of shared cost', '+43 810 123456'],
    ['of premium rate abroad', '+1 900 555 1234'],
    ['of satellites, premium', '+979 123 456 789'],
    ['in words', 'call me'],
    ['of another kind', 436641234567],
    ['of 5,000 digits', '4'.repeat(5_000)],
    ['that are empty', ''],
  ])('%s spoil the SMS only', async (_, phone) => {
    const world = await expectEnds(orderEvent('odd', 'order.placed', { customer: { phone } }), [
      'odd sms failed/bad-address',
      'odd email accepted/taken',
    ]);
    expect(world.sent).toHaveLength(3);
    expect([...world.failures.rows.values()].map(({ cause, recipient }) => [cause, recipient])).toEqual([
      ['bad-address', phone === '' || typeof phone === 'number' ? '' : '***'],
    ]);
  });
});

describe('mail addresses', () => {
  it.each([
    ['with a quoted part', '"anna berg"@mail.example'],
    ['with letters of other scripts', 'änna@mail.example'],
    ['with two @', 'anna@mail@example.com'],
    ['with a comma', 'anna@mail.example,eve@evil.example'],
    ['with a semicolon', 'anna@mail.example;eve@evil.example'],
    ['with a name', 'Anna Berg <anna@mail.example>'],
    ['with a line break', 'anna@mail.example\r\nBcc: eve@evil.example'],
    ['at an IP address', 'anna@127.0.0.1'],
    ['of this machine', 'root@localhost'],
    ['of 5,000 characters', `${'a'.repeat(5_000)}@mail.example`],
    ['of many @', '@'.repeat(5_000)],
    ['of another kind', ['anna@mail.example']],
  ])('%s spoil the mail only', async (_, email) => {
    const world = await expectEnds(orderEvent('odd', 'order.placed', { customer: { email } }), [
      'odd sms accepted/taken',
      'odd email failed/bad-address',
    ]);
    expect(world.sent.map(({ address }) => address)).not.toContain('eve@evil.example');
    expect(world.sent).toHaveLength(3);
  });

  it('and numbers that are both wrong are one failure that staff see', async () => {
    const customer = { phone: '12', email: 'anna@' };
    const world = await expectEnds(orderEvent('odd', 'order.placed', { customer }), [
      'odd sms failed/no-usable-address',
    ]);
    expect(world.failures.rows.size).toBe(1);
  });
});

describe('one address given for many people', () => {
  const crowd = Array.from({ length: 50 }, (_, index) =>
    orderEvent(`${index}`, 'order.placed', { customer: { name: `Person ${index}`, channels: ['sms'] } }),
  );

  it('gets each of their messages once', async () => {
    const world = harmWorld();
    await world.publish(...crowd);
    await world.publish(...crowd);
    expect(world.sent).toHaveLength(50);
    expect(new Set(world.sent.map(({ address }) => address)).size).toBe(1);
    await expectCalm(world);
  });

  it('that has opted out gets none of them', async () => {
    const world = harmWorld();
    const suppression = { channel: 'sms', cause: 'opted-out', since: ARRIVED, by: 'report' } as const;
    await world.suppressions.record({ ...suppression, address: 'k1:+436641234567' }, undefined);
    await world.publish(...crowd);
    expect(world.sent).toEqual([]);
    expect(new Set(world.ends().map((end) => end.split(' ')[2]))).toEqual(new Set(['skipped/opted-out']));
  });
});

describe('events from another time', () => {
  it.each(['2017-07-01T00:00:00Z', '0001-01-01T00:00:00Z', '2026-11-19T09:00:00Z', '1969-12-31T23:59:59Z'])(
    'such as %s expire unsent, and staff see it',
    async (time) => {
      const world = await expectEnds(orderEvent('odd', 'order.placed', { envelope: { time } }), [
        'odd sms expired/deadline-passed',
        'odd email expired/deadline-passed',
      ]);
      expect(world.sent).toHaveLength(2);
      expect(world.failures.rows.size).toBe(2);
    },
  );

  it('that expired by their own word are not sent', async () => {
    const data = { expiresAt: '2026-11-21T09:00:00.050Z' };
    const world = await expectEnds(orderEvent('odd', 'order.placed', { data }), [
      'odd sms expired/deadline-passed',
      'odd email expired/deadline-passed',
    ]);
    expect(world.sent).toHaveLength(2);
  });

  it.each(['2026-11-22T09:00:00Z', '2031-01-01T00:00:00Z', '9999-12-31T23:59:59Z'])(
    'such as %s are sent now, and their deadline counts from now',
    async (time) => {
      const world = await expectEnds(orderEvent('odd', 'order.placed', { envelope: { time } }), SENT);
      const deadlines = [...world.deliveries.rows.values()].map(
        ({ plan }) => plan.deadline.getTime() - ARRIVED.getTime(),
      );
      expect(Math.max(...deadlines)).toBe(24 * 60 * 60_000);
    },
  );
});
