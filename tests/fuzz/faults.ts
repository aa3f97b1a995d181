import { type EventType, type Family, familyOf } from '../../shared/events.ts';
import type { RawEvent } from '../shared/order-event.ts';
import type { Draw } from './draw.ts';

/** One thing that is wrong, and where the reason has to point to. */
export type Fault = { path: string; body: Uint8Array };

type Values = readonly unknown[];
/** Stands for a field that is not there. */
const MISSING = undefined;
/** Stands for a number that no double holds, and that JSON may hold. */
const TWENTY_DIGITS = 'a number of twenty digits';

const NO_OBJECT: Values = [MISSING, null, [], 'text', 7, true];
const NO_TEXT: Values = [7, true, {}, ['a']];
const NO_NAME: Values = [MISSING, null, '', ' \t', '\ud800', 'a\udc00b', ...NO_TEXT];
const NO_ADDRESS: Values = [
  MISSING,
  null,
  '',
  'nobody',
  'a@b',
  'a b@c.example',
  'a@b@c.example',
  'x@y.example\r\nBcc: z@y.example',
  'a,b@c.example',
  ...NO_TEXT,
];
const NO_LOCALE: Values = [MISSING, null, '', 'de_AT', 'x', 'i-klingon', 'de-', '__proto__', 'de-AT-', ...NO_TEXT];
const NO_INSTANT: Values = [
  '',
  'tomorrow',
  '2026-11-24',
  '2026-11-24T18:00:00',
  '2026-11-24 18:00:00Z',
  '2026-12-31T23:59:60Z',
  '2026-13-01T00:00:00Z',
  '2026-02-30T00:00:00Z',
  '2026-11-24T25:00:00Z',
  '+012026-11-24T18:00:00Z',
  '24.11.2026',
  1_795_539_600,
  ...NO_TEXT,
];
/** Instants, but none that a customer should read. */
const ABSURD: Values = [
  '0001-01-01T00:00:00Z',
  '1970-01-01T00:00:00Z',
  '1999-12-31T23:59:59Z',
  '2100-01-01T00:00:00Z',
  '9999-12-31T23:59:59.9999999Z',
];
const NO_COUNT: Values = [-1, 1.5, 2 ** 53, TWENTY_DIGITS, 1e300, '3', true, [], {}];
const NO_LINK: Values = [
  '',
  'https://',
  'https:///track.example.com/x',
  'http://track.example.com/1',
  '//track.example.com/1',
  'track.example.com/1',
  ' https://track.example.com/1',
  'https://track.example.com/a b',
  'https://track.example.com/\n',
  'https://track.example.com/<b>',
  'https://träck.example.com/',
  'https://track.example.com/ö',
  'https://evil.example/track.example.com',
  'https://track.example.com.evil.example/',
  'https://track.example.com@evil.example/',
  'https://user:pw@track.example.com/',
  'https://user@track.example.com/',
  'https://track.example.com\\@evil.example/',
  'https://track%2eexample.com/',
  'https://track.example.com./',
  'https://track.example.com:8443/',
  'https://127.0.0.1/',
  'https://[::1]/',
  'javascript:alert(1)',
  'JaVaScRiPt://track.example.com/%0aalert(1)',
  'data:text/html,<script>',
  'mailto:eve@evil.example',
  `https://track.example.com/${'x'.repeat(103)}`,
  ...NO_TEXT,
];

const NO_ZONE: Values = [
  MISSING,
  null,
  '',
  'Vienna',
  'Mars/Phobos',
  'Europe/Vienna ',
  '+25:00',
  'x'.repeat(9_000),
  ...NO_TEXT,
];
const NO_NUMBER: Values = [
  MISSING,
  null,
  '',
  ' ',
  '10\n42',
  '10\u202e42',
  '\u200b',
  '\ud800',
  'x'.repeat(65),
  'ö'.repeat(33),
  TWENTY_DIGITS,
  ...NO_TEXT,
];
const NO_AMOUNT: Values = [MISSING, null, '4999', 49.99, 0.1, ...NO_COUNT];
const NO_CURRENCY: Values = [MISSING, null, '', 'EURO', 'eur', '€', 'ZZZ', '__proto__', 978, ...NO_TEXT];

/** Path → what must not stand there. Written by hand: the schema cannot vouch for itself. */
const FAULTS: Readonly<Record<string, Values>> = {
  specversion: [MISSING, null, '', '0.3', '1', 1, 1.0, {}],
  id: [MISSING, null, '', 'a\u0000', 'a\nb', '\ud800', 'x'.repeat(257), 'ö'.repeat(129), ...NO_TEXT],
  source: [MISSING, null, '', 'a\u001bb', '\udfff', 'x'.repeat(513), 'ö'.repeat(257), ...NO_TEXT],
  type: [
    MISSING,
    null,
    '',
    'order.exploded',
    'ORDER.PLACED',
    'order.placed ',
    '__proto__',
    'constructor',
    'toString',
    ...NO_TEXT,
  ],
  time: NO_INSTANT,
  datacontenttype: ['', 'text/xml', 'text/json', 'application/jsonp', 'application/x-www-form-urlencoded', 7],
  dataschema: ['', 'urn:event:order.placed:2', 'urn:event:order.exploded:1', 'https://schemas.example/order', 7, {}],
  data: NO_OBJECT,
  'data.shop': NO_OBJECT,
  'data.customer': NO_OBJECT,
  'data.shop.name': [...NO_NAME, '\u200b', '\u202e\ufeff', '@'],
  'data.shop.language': NO_LOCALE,
  'data.shop.replyTo': NO_ADDRESS,
  'data.shop.supportAddress': NO_ADDRESS,
  'data.customer.name': NO_NAME,
  'data.customer.locale': NO_LOCALE,
  'data.customer.timeZone': NO_ZONE,
  'data.customer.country': [MISSING, null, '', 'Austria', 'at', 'A1', 'AUT', 43, ...NO_TEXT],
  'data.customer.region': [...NO_TEXT],
  'data.customer.channels': [MISSING, null, 'sms', {}, 2],
  'data.customer.channels[1]': ['pigeon', 'SMS', null, 2, ['sms'], '__proto__'],
  'data.revision': NO_COUNT,
};

/** What belongs to one family of events. */
const OF_FAMILY: Readonly<Record<Family, Readonly<Record<string, Values>>>> = {
  order: {
    'data.order': NO_OBJECT,
    'data.order.number': NO_NUMBER,
    'data.order.total': NO_OBJECT,
    'data.order.total.amount': NO_AMOUNT,
    'data.order.total.currency': NO_CURRENCY,
    'data.order.items': ['two', 2, {}, true],
    'data.order.items[0]': [null, [], 'Candle', 7],
    'data.order.items[2].name': NO_NAME,
    'data.order.items[1].quantity': [MISSING, null, 0, ...NO_COUNT],
    'data.order.trackingLink': [MISSING, null, ...NO_LINK],
    'data.expiresAt': NO_INSTANT,
  },
  appointment: {
    'data.appointment': NO_OBJECT,
    'data.appointment.number': NO_NUMBER,
    'data.appointment.service': [...NO_NAME, '\u200b', '@'],
    'data.appointment.type': ['', 'Check-up', 'x'.repeat(33), 'ö', ...NO_TEXT],
    'data.appointment.start': [MISSING, null, ...NO_INSTANT, ...ABSURD],
    'data.appointment.timeZone': NO_ZONE,
    'data.appointment.minutes': [MISSING, null, 0, 1_441, ...NO_COUNT],
    'data.appointment.staff': NO_TEXT,
    'data.appointment.place': NO_TEXT,
    'data.appointment.joinLink': NO_LINK,
    'data.appointment.manageLink': NO_LINK,
    'data.revision': [MISSING, null, 2 ** 31],
    'data.reminders': ['2h', {}, 2, Array.from({ length: 6 }, () => '2h')],
    'data.reminders[1]': ['', 'tomorrow', '0h', '1d', '1d@24:00', '2H', null, 7, ['2h']],
  },
};

const NO_CARRIER = { 'data.carrier': [...NO_NAME, '\u200b', '@'] };

/** Fields of single events that are no instants. */
const OF_ONE_EVENT: Partial<Record<string, Readonly<Record<string, Values>>>> = {
  'order.shipped': NO_CARRIER,
  'order.out-for-delivery': NO_CARRIER,
  'order.delivered': { 'data.leftAt': ['', 'mars', '__proto__', ...NO_TEXT], 'data.leftWith': NO_TEXT },
  'order.cancelled': {
    'data.reason': [MISSING, null, '', 'boredom', 'constructor', ...NO_TEXT],
    'data.refundFollows': [MISSING, null, '', 'true', 0, 1, {}],
  },
  'appointment.cancelled': { 'data.reason': [MISSING, null, '', 'boredom', 'constructor', ...NO_TEXT] },
  'appointment.completed': { 'data.feedbackLink': NO_LINK },
  'order.refunded': {
    'data.refund': NO_OBJECT,
    'data.refund.amount': NO_AMOUNT,
    'data.refund.currency': NO_CURRENCY,
  },
};

/** Of two instants the second has to lie behind the first: path of the fault → values that contradict the other. */
const CONTRADICTIONS: Readonly<Record<string, (data: RawEvent['data']) => Values>> = {
  'data.newPromisedBy': ({ promisedBy }) => [promisedBy, '2020-01-01T00:00:00Z'],
  'data.expectedFrom': () => ['2099-01-01T00:00:00Z'],
};

/** Every other instant of an event has to be there. */
const OPTIONAL_INSTANTS = new Set(['data.expectedFrom']);

/** Puts exactly one fault into a good event. */
export function withFault(raw: RawEvent, draw: Draw): Fault {
  if (draw.once(12)) return { path: '$', body: draw.of(BROKEN)(Buffer.from(JSON.stringify(raw)), draw) };
  const [path, values] = draw.of(faultsOf(raw));
  const json = JSON.stringify(withValue(raw, path, draw.of(values)));
  return { path, body: Buffer.from(json.replace(`"${TWENTY_DIGITS}"`, '12345678901234567890')) };
}

function faultsOf(raw: RawEvent): [path: string, values: Values][] {
  const family = OF_FAMILY[familyOf(raw['type'] as EventType)];
  const instants = Object.entries(raw.data).flatMap(([field, value]): [string, Values][] => {
    const path = `data.${field}`;
    const isListed = [FAULTS, ...Object.values(OF_FAMILY)].some((paths) => path in paths);
    if (isListed || typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT/.test(value)) return [];
    const missing = OPTIONAL_INSTANTS.has(path) ? [] : [MISSING, null];
    return [[path, [...NO_INSTANT, ...ABSURD, ...missing, ...(CONTRADICTIONS[path]?.(raw.data) ?? [])]]];
  });
  const own = Object.entries(OF_ONE_EVENT[raw['type'] as string] ?? {});
  return [...Object.entries(FAULTS), ...Object.entries(family), ...own, ...instants];
}

/** A copy with the value at the path; lists and objects on the way are made where there are none. */
function withValue(raw: RawEvent, path: string, value: unknown): RawEvent {
  const copy = structuredClone(raw);
  const steps = path.split(/[.[\]]+/).filter((step) => step !== '');
  let parent = copy as Record<string, unknown>;
  for (const [index, step] of steps.slice(0, -1).entries()) {
    const isList = /^\d+$/.test(steps[index + 1]!);
    if (isList) parent[step] = FILLED[step]!.map((each) => structuredClone(each));
    parent = parent[step] as Record<string, unknown>;
  }
  parent[steps.at(-1)!] = value;
  return copy;
}

/** Good entries around the one that gets the fault. */
const FILLED: Readonly<Record<string, Values>> = {
  reminders: ['2h', 'day-before', '1d@17:00'],
  items: Array.from({ length: 4 }, () => ({ name: 'Candle', quantity: 1 })),
  channels: ['sms', 'email', 'sms'],
};

const text = (change: (json: string) => string) => (body: Buffer) => Buffer.from(change(body.toString()));

const withByte = (body: Buffer, at: number, byte: number) =>
  Buffer.concat([body.subarray(0, at), Buffer.from([byte]), body.subarray(at)]);

/** What makes a body unreadable as a whole. */
const BROKEN: readonly ((body: Buffer, draw: Draw) => Buffer)[] = [
  () => Buffer.alloc(0),
  () => Buffer.from(' \r\n'),
  (body, draw) => body.subarray(0, draw.number(1, body.length - 1)),
  (body, draw) => withByte(body, body.indexOf('"id":"') + 6, draw.number(0x80, 0xbf)),
  (body) => Buffer.from(body.toString(), 'utf16le'),
  (body) => Buffer.concat([body, Buffer.alloc(256 * 1024, ' ')]),
  text((json) => `${json}${json}`),
  text((json) => `[${json}]`),
  text((json) => JSON.stringify(json)),
  text((json) => json.replaceAll('"', "'")),
  text((json) => json.replace('{', '{"nothing":NaN,')),
  text((json) => json.replace('{', '{/* note */')),
  text((json) => json.replace(/\}$/, ',}')),
  text(() => '<event/>'),
  text(() => 'null'),
  text(() => '7'),
  text(() => '['.repeat(100_000)),
  text(() => '{"a":'.repeat(40_000)),
];
