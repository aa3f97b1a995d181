import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { exampleEvent, exampleId } from '../../commands/example-event.ts';
import { EVENT_TYPES, parseEvent } from '../../shared/events.ts';
import { ARRIVED, LINK_HOSTS, parseRaw, rawEvent } from '../shared/order-event.ts';
import { fakeWorld, NOW } from './world.ts';

describe('the example event', () => {
  const flags = {
    order: '2026/1042',
    source: '/shops/nordlicht',
    shop: 'Nordlicht',
    shopLanguage: 'de',
    name: 'Anna Berg',
    locale: 'en-GB',
    timeZone: 'Europe/Vienna',
    country: 'AT',
    total: 12_990,
    currency: 'EUR',
    carrier: 'Alpenpost',
  };

  it.each(EVENT_TYPES)('%s is a good one', (type) => {
    const raw = exampleEvent(type, { ...flags, id: exampleId(type, ARRIVED) }, LINK_HOSTS[0]!, ARRIVED);
    expect(parseRaw(JSON.parse(JSON.stringify(raw)))).toMatchObject({
      ok: true,
      event: { subject: type.startsWith('order.') ? 'order:2026/1042' : 'appointment:77' },
    });
  });

  it.each(EVENT_TYPES)('%s under the same id has the same content on a later day', (type) => {
    const id = exampleId(type, ARRIVED);
    const hashes = [ARRIVED, new Date('2026-12-24T00:00:00Z')].map((now) => {
      const parsed = parseRaw(JSON.parse(JSON.stringify(exampleEvent(type, { ...flags, id }, LINK_HOSTS[0]!, now))));
      return parsed.ok && parsed.contentHash;
    });
    expect(hashes[0]).toBe(hashes[1]);
  });
});

describe('publish', () => {
  let world: ReturnType<typeof fakeWorld>;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'publish-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  beforeEach(() => {
    world = fakeWorld({ answer: true });
  });

  it('says what it will do, asks, sends, and says what to type next, with the address masked', async () => {
    const flags = ['order.delayed', '--order', '7', '--phone', '+12025550123', '--id', 'evt-7'];
    const { code, out, err } = await world.notify('publish', ...flags);
    expect(code).toBe(0);
    expect(err).toBe(
      'Sends order.delayed of order:7 to order-events at servicebus.test, which tells sms +12*******23.\n',
    );
    expect(world.asked).toHaveLength(1);
    expect(out).toContain('tells    sms +12*******23');
    expect(out).toContain('npm run notify -- show order:7');
    expect(out).not.toContain('+12025550123');

    const [message] = world.broker.published;
    expect(message).toMatchObject({ topic: 'order-events', id: 'evt-7' });
    const parsed = parseEvent(message!.body, NOW, LINK_HOSTS);
    expect(parsed).toMatchObject({ ok: true, event: { id: 'evt-7', type: 'order.delayed', subject: 'order:7' } });
  });

  it('sends news of an appointment to its own topic', async () => {
    const flags = ['appointment.booked', '--appointment', '77', '--email', 'anna.berg@mail.example', '--online'];
    const { code, out, err } = await world.notify('publish', ...flags, '--start', '2027-01-08T09:00:00Z');
    expect(code).toBe(0);
    expect(err).toContain('Sends appointment.booked of appointment:77 to appointment-events at servicebus.test');
    expect(out).toContain('npm run notify -- show appointment:77');
    expect(out).not.toMatch(/\/join|Bicycle/);
    const [message] = world.broker.published;
    expect(message).toMatchObject({ topic: 'appointment-events' });
    expect(parseEvent(message!.body, NOW, LINK_HOSTS)).toMatchObject({
      ok: true,
      event: { subject: 'appointment:77', data: { appointment: { start: '2027-01-08T09:00:00Z' } } },
    });
  });

  it('says which flag of an appointment is wrong', async () => {
    const { code, err } = await world.notify('publish', 'appointment.booked', '--start', 'tomorrow', '--minutes', '0');
    expect(code).not.toBe(0);
    expect(err).toMatch(/--start: expected an instant[^]*--minutes: expected at least 1/);
  });

  it('sends nothing in a dry run, or when somebody says no', async () => {
    expect(await world.notify('publish', 'order.placed', '--dry-run')).toMatchObject({ code: 0, out: '' });
    expect(world.broker.published).toEqual([]);
    world = fakeWorld({ answer: false });
    expect(await world.notify('publish', 'order.placed')).toMatchObject({ out: '' });
    world = fakeWorld();
    expect(await world.notify('publish', 'order.placed')).toMatchObject({ code: 2, out: '' });
    expect(world.broker.published).toEqual([]);
  });

  it('does not ask when it reaches nothing but this machine, and a dry run stays one', async () => {
    world = fakeWorld({ answer: false, onThisMachine: true });
    expect(await world.notify('publish', 'order.placed', '--dry-run')).toMatchObject({ code: 0, out: '' });
    expect(world.broker.published).toEqual([]);
    expect(await world.notify('publish', 'order.placed')).toMatchObject({ code: 0 });
    expect(world.broker.published).toHaveLength(1);
    expect(world.asked).toEqual([]);
  });

  it('sends a file byte for byte, or under another id', async () => {
    const file = join(folder, 'event.json');
    const body = JSON.stringify(rawEvent('order.placed'), undefined, 3);
    await writeFile(file, body);
    expect(await world.notify('publish', '--file', file)).toMatchObject({ code: 0 });
    expect(await world.notify('publish', '--file', file, '--id', 'evt-9', '--json')).toMatchObject({ code: 0 });
    const [first, second] = world.broker.published;
    expect(Buffer.from(first!.body).toString()).toBe(body);
    expect(second?.id).toBe('evt-9');
  });

  it('sends a file with addresses that are none as it is, and refuses one that would be rejected', async () => {
    const file = join(folder, 'nobody.json');
    const customer = { phone: 'nonsense', channels: ['sms'] };
    await writeFile(file, JSON.stringify(rawEvent('order.placed', { customer })));
    const { code, err } = await world.notify('publish', '--file', file);
    expect(code).toBe(0);
    expect(err).toContain('which tells sms nobody (no-usable-address).');
    await writeFile(file, JSON.stringify(rawEvent('order.placed', { customer: { country: 'Austria' } })));
    const bad = await world.notify('publish', '--file', file);
    expect(bad).toMatchObject({ code: 1, err: expect.stringContaining('  data.customer.country: expected') });
    expect(world.broker.published).toHaveLength(1);
  });

  it('names a flag for whatever it made of one', async () => {
    const wrong = {
      id: ' ',
      source: '',
      order: ' ',
      currency: 'Euro',
      shop: '',
      'shop-language': 'German',
      name: '',
      locale: 'x',
      'time-zone': 'Wien',
      'promised-by': '1',
      'new-promised-by': 'soon',
      revision: '999999999999999',
    };
    const flags = Object.entries(wrong).flatMap(([flag, value]) => [`--${flag}`, value]);
    const { code, err } = await world.notify('publish', 'order.delayed', ...flags);
    expect(code).toBe(2);
    const [, ...lines] = err.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(8);
    for (const line of lines) expect(line).toMatch(/^ {2}--[a-z-]+: expected /);
  });

  it.each([
    ['a bad country', 2, ['order.placed', '--country', 'Austria'], '  --country: expected an ISO 3166 country'],
    [
      'a day that is none',
      2,
      ['order.placed', '--expires-at', 'tomorrow'],
      '  --expires-at: expected an instant such as',
    ],
    ['a number that is none', 2, ['order.placed', '--phone', 'nonsense'], '  --phone: expected a number that can be'],
    ['an address that is none', 2, ['order.placed', '--email', '@'], '  --email: expected a mail address'],
    [
      'a bad number beside a good address',
      2,
      ['order.placed', '--phone', '12', '--email', 'a@mail.example'],
      '--phone',
    ],
    ['an unknown type', 2, ['order.exploded'], 'Allowed choices are order.placed'],
    ['no type at all', 2, [], 'Say what happened'],
    ['a file that is not there', 2, ['--file', 'none.json'], 'Cannot read none.json: ENOENT'],
    ['an amount that is no number', 2, ['order.placed', '--total', 'much'], 'Expected a whole number'],
  ])('refuses %s and sends nothing', async (_, exitCode, flags, message) => {
    const { code, out, err } = await world.notify('publish', ...flags);
    expect([code, out]).toEqual([exitCode, '']);
    expect(err).toContain(message);
    expect(world.broker.published).toEqual([]);
  });
});

describe('replay', () => {
  const CSV = [
    'order_id,customer,status,purchased,approved,handed_to_carrier,delivered,promised',
    'a1,c1,delivered,2017-07-01T07:07,,2017-07-04T13:07,2017-07-07T19:17,2017-07-18',
    'a2,c2,shipped,2017-07-02T07:07,,2017-07-03T13:07,,2017-07-04',
    'a3,c1,canceled,2017-07-02T09:00,,,,2017-07-18',
  ].join('\n');
  let folder: string;
  let file: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'replay-'));
    file = join(folder, 'orders.csv');
    await writeFile(file, CSV);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('publishes good events in the order of time, to nobody, and the same ones again', async () => {
    const world = fakeWorld({ answer: true });
    expect(await world.notify('replay', file)).toMatchObject({
      code: 0,
      out: 'Sent 8 events of 3 orders. What becomes of them: npm run notify -- status\n',
      err: 'Sends 8 events to order-events at servicebus.test, as fast as it takes them.\n',
    });
    const events = world.broker.published.map(({ body }) => parseEvent(body, NOW, LINK_HOSTS));
    expect(events.every(({ ok }) => ok)).toBe(true);
    const times = events.map((parsed) => (parsed.ok ? parsed.event.time.getTime() : 0));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(NOW.getTime() - times.at(-1)!).toBeLessThan(86_400_000);
    const sent = Buffer.concat(world.broker.published.map(({ body }) => Buffer.from(body))).toString();
    expect(sent.match(/"phone":"[^"]+"/g)?.every((phone) => /\+1202555\d1\d\d"|\+12025550\d\d\d"/.test(phone))).toBe(
      true,
    );
    expect(sent.match(/@[a-z.]+/g)?.every((host) => host.endsWith('.example'))).toBe(true);

    const first = world.broker.published.map(({ id }) => id);
    await world.notify('replay', file);
    expect(world.broker.published.slice(8).map(({ id }) => id)).toEqual(first);
  });

  it('sends nothing in a dry run, and only the latest when limited', async () => {
    const world = fakeWorld();
    expect(await world.notify('replay', file, '--dry-run')).toMatchObject({ code: 0, out: '' });
    expect(world.broker.published).toEqual([]);
    await world.notify('replay', file, '--limit', '1', '--yes');
    expect(world.broker.published.map(({ id }) => id.split(':')[0])).toEqual(['a1']);
  });

  it('says what is wrong with a file', async () => {
    const world = fakeWorld();
    await writeFile(join(folder, 'bad.csv'), CSV.replace('2017-07-01T07:07', 'July'));
    expect((await world.notify('replay', join(folder, 'bad.csv'))).err).toContain('row 1, purchased: expected a time');
    expect(await world.notify('replay', join(folder, 'none.csv'))).toMatchObject({ code: 2, out: '' });
  });
});
