import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENT_TYPES, LARGEST_EVENT, parseEvent } from '../../shared/events.ts';
import { ARRIVED, bytesOf, eventOf, LINK_HOSTS, parseRaw, rawEvent } from './order-event.ts';

const parseBytes = (body: Uint8Array) => parseEvent(body, ARRIVED, LINK_HOSTS);

function reasons(raw: unknown) {
  const parsed = parseRaw(raw);
  return parsed.ok ? [] : parsed.reasons;
}

function contentHash(raw: unknown): string {
  const parsed = parseRaw(raw);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.reasons));
  return parsed.contentHash;
}

describe('a good event', () => {
  it.each(EVENT_TYPES)('%s is read with its identity', (type) => {
    const event = eventOf(type);
    const subject = type.startsWith('order.') ? 'order:2026/1042' : 'appointment:2026/77';
    expect(event).toMatchObject({ id: 'evt-1', source: '/shops/nordlicht', type, subject });
    expect(event.time).toEqual(new Date('2026-11-21T08:59:30Z'));
  });

  it('takes its subject from the order number, whatever the envelope says', () => {
    expect(eventOf('order.placed', { envelope: { subject: 'other' } }).subject).toBe('order:2026/1042');
  });

  it('may have any printable order number of 64 bytes', () => {
    for (const number of ['2026/1042', '#1 %2F\\?', ' ', 'ö'.repeat(32), '注文-7', 'a b'])
      expect([number, parseRaw(rawEvent('order.placed', { order: { number } })).ok]).toEqual([number, number !== ' ']);
  });

  it('ignores fields that we do not know', () => {
    const raw = rawEvent('order.placed', {
      envelope: { partitionkey: 'x' },
      data: { loyalty: 7 },
      customer: { vip: true },
    });
    expect(contentHash(raw)).toBe(contentHash(rawEvent('order.placed')));
  });

  it('reads null in an optional field as absent', () => {
    const { data } = eventOf('order.placed', { customer: { phone: null, region: null }, data: { revision: null } });
    expect(data.customer.phone).toBeUndefined();
    expect(data.customer.region).toBeUndefined();
    expect(data.revision).toBeUndefined();
  });

  it.each([
    ['missing', undefined, ARRIVED],
    ['five minutes ahead', '2026-11-21T09:05:00Z', new Date('2026-11-21T09:05:00Z')],
    ['more than five minutes ahead', '2026-11-21T09:05:00.001Z', ARRIVED],
    ['long ago', '2017-07-01T07:07:00-03:00', new Date('2017-07-01T10:07:00Z')],
  ])('with a time that is %s', (_, time, expected) => {
    expect(eventOf('order.placed', { envelope: { time } }).time).toEqual(expected);
  });

  it.each([42, '', 'call me', {}, '+1'])('keeps a phone number of %j for planning to judge', (phone) => {
    expect(parseRaw(rawEvent('order.placed', { customer: { phone } })).ok).toBe(true);
  });
});

describe('the trace', () => {
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';

  it('is the one of traceparent', () => {
    const envelope = { traceparent: `00-${trace}-00f067aa0ba902b7-01` };
    expect(eventOf('order.placed', { envelope }).trace).toBe(trace);
  });

  it.each([undefined, 7, 'x', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, `ff-${trace}-00f067aa0ba902b7-01`])(
    'follows from the identity when traceparent is %j',
    (traceparent) => {
      const own = eventOf('order.placed', { envelope: { traceparent } }).trace;
      expect(own).toMatch(/^[0-9a-f]{32}$/);
      expect(own).toBe(eventOf('order.placed', { envelope: { time: undefined } }).trace);
      expect(own).not.toBe(eventOf('order.placed', { envelope: { id: 'evt-2' } }).trace);
    },
  );
});

describe('a bad event', () => {
  it.each([
    ['specversion', rawEvent('order.placed', { envelope: { specversion: '0.3' } })],
    ['id', rawEvent('order.placed', { envelope: { id: '' } })],
    ['id', rawEvent('order.placed', { envelope: { id: 'ü'.repeat(129) } })],
    ['source', rawEvent('order.placed', { envelope: { source: undefined } })],
    ['type', rawEvent('order.placed', { envelope: { type: 'order.exploded' } })],
    ['time', rawEvent('order.placed', { envelope: { time: 'yesterday' } })],
    ['datacontenttype', rawEvent('order.placed', { envelope: { datacontenttype: 'text/xml' } })],
    ['dataschema', rawEvent('order.placed', { envelope: { dataschema: 'urn:event:order.placed:2' } })],
    ['data.order.number', rawEvent('order.placed', { order: { number: 1042 } })],
    ['data.order.number', rawEvent('order.placed', { order: { number: 'ö'.repeat(33) } })],
    ['data.order.number', rawEvent('order.placed', { order: { number: '10\n42' } })],
    ['data.order.number', rawEvent('order.placed', { order: { number: '10\u202e42' } })],
    ['data.order.total.amount', rawEvent('order.placed', { order: { total: { amount: 49.99, currency: 'EUR' } } })],
    ['data.order.total.currency', rawEvent('order.placed', { order: { total: { amount: 1, currency: 'EURO' } } })],
    ['data.order.items[0].quantity', rawEvent('order.placed', { order: { items: [{ name: 'x', quantity: 0 }] } })],
    ['data.order.trackingLink', rawEvent('order.placed', { order: { trackingLink: 'http://track.example.com/1' } })],
    [
      'data.order.trackingLink',
      rawEvent('order.placed', { order: { trackingLink: 'https://a:b@track.example.com/' } }),
    ],
    ['data.order.trackingLink', rawEvent('order.placed', { order: { trackingLink: 'https://evil.example/1' } })],
    [
      'data.order.trackingLink',
      rawEvent('order.placed', { order: { trackingLink: 'https://track.example.com@evil.example/' } }),
    ],
    [
      'data.order.trackingLink',
      rawEvent('order.placed', { order: { trackingLink: `https://track.example.com/${'x'.repeat(140)}` } }),
    ],
    ['data.shop.name', rawEvent('order.placed', { shop: { name: '\u200b' } })],
    ['data.shop.replyTo', rawEvent('order.placed', { shop: { replyTo: 'nobody' } })],
    ['data.customer.name', rawEvent('order.placed', { customer: { name: '\ud800' } })],
    ['data.customer.locale', rawEvent('order.placed', { customer: { locale: 'de_AT' } })],
    ['data.customer.timeZone', rawEvent('order.placed', { customer: { timeZone: 'Vienna' } })],
    ['data.customer.country', rawEvent('order.placed', { customer: { country: 'Austria' } })],
    ['data.customer.channels[0]', rawEvent('order.placed', { customer: { channels: ['pigeon'] } })],
    ['data.promisedBy', rawEvent('order.placed', { data: { promisedBy: '2026-11-24' } })],
    ['data.newPromisedBy', rawEvent('order.delayed', { data: { newPromisedBy: '2026-11-24T12:00:00+01:00' } })],
    ['data.expectedFrom', rawEvent('order.out-for-delivery', { data: { expectedFrom: '2026-11-22T00:00:00Z' } })],
    ['data', { ...rawEvent('order.placed'), data: undefined }],
    ['$', []],
    ['$', null],
  ])('says that %s is wrong', (path, raw) => {
    expect(reasons(raw).map((reason) => reason.path)).toContain(path);
  });

  it('gives every reason at once, and all that could be read', () => {
    const parsed = parseRaw(
      rawEvent('order.placed', { envelope: { time: 'x' }, order: { total: null }, customer: { name: 7 } }),
    );
    expect(parsed).toMatchObject({
      ok: false,
      source: '/shops/nordlicht',
      subject: 'order:2026/1042',
      id: 'evt-1',
      type: 'order.placed',
    });
    expect(!parsed.ok && parsed.reasons).toEqual([
      { path: 'time', expected: 'an instant such as 2026-11-24T18:00:00+01:00' },
      { path: 'data.order.total', expected: 'an object' },
      { path: 'data.customer.name', expected: 'text' },
    ]);
  });

  it('says what is missing', () => {
    expect(reasons(rawEvent('order.placed', { customer: { name: undefined } }))).toEqual([
      { path: 'data.customer.name', expected: 'text, but it is missing' },
    ]);
  });

  it('never repeats a value', () => {
    const secret = 'Xq7-secret';
    const raw = rawEvent('order.placed', {
      envelope: { specversion: secret, time: secret, type: secret },
      customer: { name: [secret], locale: secret.repeat(9), timeZone: secret, country: secret, channels: [secret] },
      order: { trackingLink: `https://${secret}.example/` },
    });
    expect(JSON.stringify(reasons(raw))).not.toContain(secret);
  });

  it.each([
    ['invalid UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 'UTF-8'],
    ['half a JSON', Buffer.from('{"specversion":'), 'JSON'],
    ['nothing', new Uint8Array(), 'JSON'],
    ['too many bytes', Buffer.alloc(LARGEST_EVENT + 1, 0x20), `at most ${LARGEST_EVENT} bytes`],
  ])('of %s has one reason for the whole body', (_, body, expected) => {
    expect(parseBytes(body)).toMatchObject({ ok: false, reasons: [{ path: '$', expected }] });
  });

  it('is never a throw, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (body) => {
        expect(parseBytes(body).ok).toBe(false);
      }),
    );
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(parseBytes(Buffer.from(json)).ok).toBe(false);
      }),
    );
  });

  it('is never a throw, whatever stands in one field', () => {
    const paths = ['specversion', 'id', 'time', 'type', 'data', 'traceparent', 'datacontenttype', 'dataschema'];
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
        expect(parseRaw({ ...rawEvent('order.placed'), [path]: value })).toHaveProperty('ok');
      }),
    );
    fc.assert(
      fc.property(
        fc.constantFrom('order', 'shop', 'customer', 'promisedBy', 'revision'),
        fc.jsonValue(),
        (field, value) => {
          expect(parseRaw(rawEvent('order.placed', { data: { [field]: value } }))).toHaveProperty('ok');
        },
      ),
    );
  });

  it('cannot reach a prototype', () => {
    const body = JSON.stringify(rawEvent('order.placed')).replace(
      '"data":{',
      '"__proto__":{"id":"x"},"data":{"__proto__":{"polluted":true},',
    );
    const parsed = parseBytes(Buffer.from(body));
    expect(parsed.ok && Object.keys(parsed.event.data)).not.toContain('__proto__');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('the content hash', () => {
  it('does not depend on the order of keys', () => {
    const reversed = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(reversed)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .toReversed()
                .map(([key, part]) => [key, reversed(part)]),
            )
          : value;
    fc.assert(
      fc.property(fc.constantFrom(...EVENT_TYPES), fc.string({ minLength: 1 }), (type, name) => {
        const raw = rawEvent(type, { customer: { name: `N${name}` } });
        expect(contentHash(reversed(raw))).toBe(contentHash(raw));
      }),
    );
  });

  it('does not depend on time, trace or a schema that is the default one', () => {
    const again = rawEvent('order.placed', {
      envelope: { time: '2026-11-21T07:00:00Z', traceparent: 'x', dataschema: 'urn:event:order.placed:1' },
    });
    expect(contentHash(again)).toBe(contentHash(rawEvent('order.placed')));
  });

  it('is the same in every release, or an event sent again after a deployment would be rejected', () => {
    expect(contentHash(rawEvent('order.delayed', { data: { revision: 3 } }))).toBe(
      '87a8a1de2a5b14eaa8774097f45165dc66eadd044b0ebce73f1668e1a30954be',
    );
  });

  it('changes with the data', () => {
    const hashes = [{}, { order: { number: '1' } }, { customer: { phone: '+4366499' } }, { data: { revision: 2 } }];
    expect(new Set(hashes.map((each) => contentHash(rawEvent('order.placed', each)))).size).toBe(4);
  });
});

it('reads an event that begins with a byte order mark', () => {
  const body = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytesOf(rawEvent('order.placed'))]);
  expect(parseBytes(body).ok).toBe(true);
});

describe('a name that is too long', () => {
  it('is cut between two graphemes and never costs the customer the news', () => {
    const long = `${'Anna '.repeat(39)}Ann👩‍👩‍👧‍👧 ${'x'.repeat(5_000)}`;
    const { data } = eventOf('order.out-for-delivery', {
      customer: { name: long, region: long },
      shop: { name: long },
      data: { carrier: long },
      order: { items: Array.from({ length: 40 }, () => ({ name: long, quantity: 1 })) },
    });
    expect(data.customer.name).toBe(`${'Anna '.repeat(39)}Ann`);
    expect([data.shop.name.length, data.customer.region?.length, data.carrier.length]).toEqual([100, 99, 60]);
    expect(data.order.items?.map(({ name }) => name.length)).toEqual(Array(40).fill(198));
  });
});
