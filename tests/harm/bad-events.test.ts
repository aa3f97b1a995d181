import { describe, expect, it } from 'vitest';
import { LARGEST_EVENT } from '../../shared/events.ts';
import { bytesOf, expectCalm, rejectedPaths, GOOD, harmWorld, orderEvent } from './world.ts';

const json = JSON.stringify(orderEvent('bad'));

describe('a body that cannot be read', () => {
  it.each([
    ['that is not JSON', 'order 1042 is late'],
    ['of XML', '<event><id>7</id></event>'],
    ['of half a JSON', json.slice(0, json.length / 2)],
    ['of two events', `${json}\n${json}`],
    ['with a comment', json.replace('{', '{ // note\n')],
    ['that is empty', ''],
    ['of white space', ' \r\n\t'],
    ['of a list', `[${json}]`],
    ['of text', JSON.stringify(json)],
    ['of null', 'null'],
    ['of a number', '12345678901234567890'],
    ['that is not UTF-8', Buffer.from(json.replace('Anna', '\xff'), 'latin1')],
    ['in UTF-8 cut off', Buffer.concat([Buffer.from(json), Buffer.from([0xc3])])],
    ['in UTF-16', Buffer.from(json, 'utf16le')],
    ['that is nested without end', '['.repeat(200_000)],
    ['of null bytes', Buffer.alloc(100)],
    ['of more than 256 KB', `${json}${' '.repeat(LARGEST_EVENT)}`],
  ])('%s is recorded as a whole', async (_, body) => {
    expect(await rejectedPaths(body)).toEqual(['$']);
  });

  it('of exactly 256 KB is no fault', async () => {
    const world = harmWorld();
    await world.publish(`${json}${' '.repeat(LARGEST_EVENT - bytesOf(json).length)}`);
    expect(world.ends()).toEqual(['bad sms accepted/taken', 'bad email accepted/taken']);
  });
});

describe('type and version', () => {
  it.each(['order.exploded', 'ORDER.PLACED', '', '__proto__', 'constructor', 'toString', 7, null, undefined])(
    '%j is no type',
    async (type) => {
      expect(await rejectedPaths({ ...orderEvent('bad'), type })).toEqual(['type']);
    },
  );

  it.each(['urn:event:order.placed:2', 'urn:event:order.delayed:1', '', 7])('%j is no version', async (dataschema) => {
    expect(await rejectedPaths({ ...orderEvent('bad'), dataschema })).toEqual(['dataschema']);
  });
});

describe('fields', () => {
  it('that are missing or absurd are all named at once', async () => {
    const bad = orderEvent('bad', 'order.placed', {
      envelope: { specversion: 2, source: undefined, time: 'yesterday' },
      order: { total: { amount: 'much' }, trackingLink: undefined },
      shop: { name: '', replyTo: 'nobody' },
      customer: { name: undefined, locale: 7, timeZone: 'Mars/Phobos', country: 'Austria', channels: 'sms' },
      data: { promisedBy: null, revision: -1 },
    });
    expect(await rejectedPaths(bad)).toEqual(
      [
        'specversion',
        'source',
        'time',
        'data.order.total.amount',
        'data.order.total.currency',
        'data.order.trackingLink',
        'data.shop.name',
        'data.shop.replyTo',
        'data.customer.name',
        'data.customer.locale',
        'data.customer.timeZone',
        'data.customer.country',
        'data.customer.channels',
        'data.promisedBy',
        'data.revision',
      ].toSorted(),
    );
  });

  it.each(['order', 'shop', 'customer'])('%s missing as a whole is one reason', async (field) => {
    expect(
      await rejectedPaths({ ...orderEvent('bad'), data: { ...orderEvent('bad').data, [field]: undefined } }),
    ).toEqual([`data.${field}`]);
  });

  it.each([
    ['data.order.number', '"number":"bad"', '"number":20260000000000001042'],
    ['data.order.total.amount', '"amount":12990', '"amount":12345678901234567890'],
    ['data.order.total.amount', '"amount":12990', '"amount":1e400'],
    ['data.order.items[0].quantity', '"quantity":2', '"quantity":99999999999999999999'],
    ['data.revision', '"promisedBy"', '"revision":10000000000000000001,"promisedBy"'],
  ])('%s of twenty digits is refused, and kept to the last digit', async (path, good, bad) => {
    expect(json).toContain(good);
    expect(await rejectedPaths(json.replace(good, bad))).toEqual([path]);
  });

  it('of twenty digits that nobody asks for do no harm', async () => {
    const world = harmWorld();
    await world.publish(json.replace('"data":{', '"data":{"internal":12345678901234567890,'));
    expect(world.ends()).toEqual(['bad sms accepted/taken', 'bad email accepted/taken']);
  });
});

describe('fields that stand twice', () => {
  const twice = json.replace('"name":"Anna Berg"', '"name":"Eve","name":"Anna Berg"');

  it('count as they stand last', async () => {
    const world = harmWorld();
    await world.publish(twice, json);
    expect(world.ends()).toHaveLength(2);
    expect(world.rejected()).toEqual([]);
    expect(JSON.stringify(world.sent)).toContain('Hello Anna Berg');
    expect(JSON.stringify(world.sent)).not.toContain('Eve');
  });

  it('are kept twice when the event has a fault', async () => {
    expect(await rejectedPaths(twice.replace('"country":"AT"', '"country":"at"'))).toEqual(['data.customer.country']);
  });
});

describe('names of object properties', () => {
  const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'then', 'toJSON'];

  it.each(names)('%s as a field is ignored, wherever it stands', async (name) => {
    const world = harmWorld();
    const polluting = `"${name}":{"polluted":true,"phone":"+4366499","channels":[]},`;
    await world.publish(json.replaceAll('{', `{${polluting}`), GOOD);
    expect(world.ends()).toHaveLength(4);
    expect(world.sent.map(({ address }) => address)).toEqual([
      '+436641234567',
      '+436641234567',
      'anna.berg@mail.example',
      'anna.berg@mail.example',
    ]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    await expectCalm(world);
  });

  it.each(names)('%s as a value is text like any other', async (name) => {
    const world = harmWorld();
    const odd = orderEvent(name, 'order.placed', {
      envelope: { source: name, id: name },
      shop: { name },
      customer: { name, region: name },
      order: { items: [{ name, quantity: 1 }] },
    });
    await world.publish(odd, odd);
    expect(world.ends()).toEqual([`${name} sms accepted/taken`, `${name} email accepted/taken`]);
    await expectCalm(world);
  });
});

describe('instants', () => {
  it.each([
    ['a month of its own', '2026-13-01T00:00:00Z'],
    ['30 February', '2026-02-30T00:00:00Z'],
    ['hour 25', '2026-11-24T25:00:00Z'],
    ['no zone', '2026-11-24T18:00:00'],
    ['a leap second', '2026-12-31T23:59:60Z'],
    ['a year of six digits', '+012026-11-24T18:00:00Z'],
    ['the first of a language', '0001-01-01T00:00:00Z'],
    ['the last of a language', '9999-12-31T23:59:59.9999999Z'],
    ['the beginning of Unix', '1970-01-01T00:00:00Z'],
    ['seconds since then', 1_795_539_600],
  ])('of %s cannot be promised', async (_, promisedBy) => {
    expect(await rejectedPaths(orderEvent('bad', 'order.placed', { data: { promisedBy } }))).toEqual([
      'data.promisedBy',
    ]);
  });

  it.each(['yesterday', '2026-11-21T08:59:30', '2026-12-31T23:59:60Z', '', 0])(
    '%j is no time of an event',
    async (time) => {
      expect(await rejectedPaths({ ...orderEvent('bad'), time })).toEqual(['time']);
    },
  );

  it('that contradict each other are refused', async () => {
    const data = { newPromisedBy: '2026-11-20T00:00:00Z' };
    expect(await rejectedPaths(orderEvent('bad', 'order.delayed', { data }))).toEqual(['data.newPromisedBy']);
  });
});

describe('money', () => {
  it.each([-1, -0.01, 49.99, '4999', 2 ** 53, null])('of %j is no amount', async (amount) => {
    const order = { total: { amount, currency: 'EUR' } };
    expect(await rejectedPaths(orderEvent('bad', 'order.placed', { order }))).toEqual(['data.order.total.amount']);
  });

  it.each(['EURO', 'eur', '€', '', 978])('in %j is in no currency', async (currency) => {
    const order = { total: { amount: 1, currency } };
    expect(await rejectedPaths(orderEvent('bad', 'order.placed', { order }))).toEqual(['data.order.total.currency']);
  });
});

describe('tracking links', () => {
  it.each([
    'https://evil.example/o/1',
    'https://track.example.com.evil.example/',
    'https://track.example.com@evil.example/',
    'https://eve:secret@track.example.com/',
    'https://track.example.com:8443/',
    'https:///track.example.com/',
    'http://track.example.com/',
    '//track.example.com/',
    'javascript:alert(1)',
    'javascript://track.example.com/%0aalert(1)',
    'data:text/html,<script>alert(1)</script>',
    'https://track.example.com/"onmouseover="x',
    'https://track.example.com/\r\nhttps://evil.example',
    'https://träck.example.com/',
  ])('%j is refused', async (trackingLink) => {
    expect(await rejectedPaths(orderEvent('bad', 'order.placed', { order: { trackingLink } }))).toEqual([
      'data.order.trackingLink',
    ]);
  });
});

describe('a batch', () => {
  it('of fifty with one bad event sends the other forty-nine', async () => {
    const world = harmWorld();
    const batch = Array.from({ length: 50 }, (_, index) => orderEvent(`${index}`));
    batch[31]!.data.customer['locale'] = 'de_AT';
    await world.publish(...batch);
    expect(world.rejected().map(({ subject }) => subject)).toEqual(['order:31']);
    expect(world.sent).toHaveLength(98);
    expect(new Set(world.ends().map((end) => end.split(' ')[2]))).toEqual(new Set(['accepted/taken']));
    await expectCalm(world);
  });

  it('of fifty bad events sends nothing and fails nobody', async () => {
    const world = harmWorld();
    await world.publish(...Array.from({ length: 50 }, (_, index) => `{"half": ${index}`));
    expect(world.rejected()).toHaveLength(50);
    expect(world.sent).toEqual([]);
    await expectCalm(world);
  });

  it('with other content under an id keeps the second as rejected and sends the first', async () => {
    const world = harmWorld();
    const other = orderEvent('1', 'order.placed', { customer: { phone: '+43 664 7654321' } });
    await world.publish(orderEvent('1'), other, GOOD);
    await world.publish(other);
    expect(world.rejected().map(({ reasons }) => reasons.map(({ path }) => path))).toEqual([['id']]);
    expect(world.sent.map(({ address }) => address)).not.toContain('+436647654321');
    expect(world.sent).toHaveLength(4);
    await expectCalm(world);
  });
});
