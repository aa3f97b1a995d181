import type { Channel } from '../../shared/delivery.ts';
import { EVENT_TYPES, type EventType, familyOf } from '../../shared/events.ts';
import { LINK_HOSTS, type RawEvent, rawEvent } from '../shared/order-event.ts';
import type { Draw } from './draw.ts';
import { anyText, oddName, visibleName } from './odd-texts.ts';

/** What has to become of an event on one channel: sent to this address, or an end without a call. */
export type Expected = { channel: Channel; address: string } | { channel: Channel; unsendable: string };

export type OddEvent = { type: EventType; raw: RawEvent; expected: readonly Expected[] };

type Address = { text: unknown; address?: string };

const PHONES: readonly Address[] = [
  { text: '+43 664 1234567', address: '+436641234567' },
  { text: '0664/123 45 67', address: '+436641234567' },
  { text: '0043 (664) 1234-567', address: '+436641234567' },
  { text: '＋４３ ６６４ １２３４５６７', address: '+436641234567' },
  { text: '+٤٣٦٦٤١٢٣٤٥٦٧', address: '+436641234567' },
  { text: '\u200e+43 664 1234567 ', address: '+436641234567' },
  { text: '+1 (202) 555-0123', address: '+12025550123' },
  { text: '+49 1512 3456789', address: '+4915123456789' },
  { text: '+44 7400 123456', address: '+447400123456' },
  { text: '' },
  { text: '12' },
  { text: '+' },
  { text: 'ask my neighbour' },
  { text: '+43 664 1234567 ext. 9' },
  { text: '+43 664 1234567 / +43 664 7654321' },
  { text: '+999 1234567' },
  { text: '+43664123456789012345' },
  { text: '0900 123456' },
  { text: '+1 900 555 1234' },
  { text: '00000000000' },
  { text: '9'.repeat(5_000) },
  { text: 436641234567 },
  { text: ['+436641234567'] },
  { text: { number: '+436641234567' } },
  { text: true },
];

const MAILS: readonly Address[] = [
  { text: 'anna.berg@mail.example', address: 'anna.berg@mail.example' },
  { text: ' Anna.Berg@MAIL.Example ', address: 'Anna.Berg@mail.example' },
  { text: "o'neil+shop@mail.example", address: "o'neil+shop@mail.example" },
  { text: 'anna@Bücher.example', address: 'anna@xn--bcher-kva.example' },
  { text: '_@mail.example', address: '_@mail.example' },
  { text: '' },
  { text: 'anna' },
  { text: 'anna@@mail.example' },
  { text: 'anna@mail@example.com' },
  { text: 'anna@mail.example,eve@evil.example' },
  { text: 'anna,berg@mail.example' },
  { text: '"anna berg"@mail.example' },
  { text: 'Anna Berg <anna@mail.example>' },
  { text: 'ännä@mail.example' },
  { text: 'anna@mail.example\r\nBcc: eve@evil.example' },
  { text: 'anna@localhost' },
  { text: 'anna@[127.0.0.1]' },
  { text: `${'a'.repeat(65)}@mail.example` },
  { text: '@'.repeat(5_000) },
  { text: 7 },
  { text: {} },
];

const SOURCES: readonly string[] = [
  '/shops/nordlicht',
  'urn:shop:Ö',
  'https://shop.example/%2F?a=b#c',
  '__proto__',
  '注文',
];
const CURRENCIES: readonly string[] = ['EUR', 'USD', 'JPY', 'KWD', 'HUF', 'CLF', 'BRL', 'CHF', 'VED'];
const AMOUNTS: readonly number[] = [0, 1, 99, 100, 4_999, 1_000_000_007, Number.MAX_SAFE_INTEGER];
const LOCALES: readonly string[] = [
  'de-AT',
  'en',
  'fr-CA',
  'it-CH',
  'pt-BR',
  'ar-EG-u-nu-arab',
  'th-TH-u-ca-buddhist',
  'zh-Hant',
  'und',
  'DE-at',
  'en-x-private',
  'sr-Latn-RS',
  'tlh',
];
const ZONES: readonly string[] = [
  'Europe/Vienna',
  'UTC',
  'america/NEW_york',
  'Pacific/Apia',
  'Asia/Kathmandu',
  '+05:30',
  'Etc/GMT+12',
  'Antarctica/Troll',
];
const NUMBERS: readonly string[] = [
  '2026/1042',
  '#1 %2F\\?',
  '注文-7',
  '__proto__',
  '20260000000000001042',
  "'; DROP TABLE",
  '<b>7</b>',
  'ö'.repeat(32),
  '-',
  'a  b',
  '$&',
];
const LINKS: readonly string[] = [
  '',
  '/',
  '/o/1?k=7f3a&x=%20',
  '?a=b',
  '#top',
  '/..//.;/~x',
  ':443/o',
  `/${'x'.repeat(102)}`,
];
const CHANNELS: readonly (readonly Channel[])[] = [['sms'], ['email'], ['sms', 'email'], ['email', 'sms', 'sms']];

/** An event that the contract allows and nobody expects. Id and source hold the seed, so that no case meets another. */
export function oddEvent(draw: Draw, seed: number): OddEvent {
  const type = draw.of(EVENT_TYPES);
  const channels = draw.of(CHANNELS);
  const phone = draw.once(3) ? draw.of(PHONES) : draw.of(PHONES.slice(0, 9));
  const mail = draw.once(3) ? draw.of(MAILS) : draw.of(MAILS.slice(0, 5));
  const raw = rawEvent(type, {
    envelope: {
      id: draw.once(2) ? `case-${seed}` : `${anyText(draw, 20).replace(/\p{C}/gu, '')}#${seed}`,
      source: `${draw.of(SOURCES)}#${seed}`,
      ...oddEnvelope(draw, type),
    },
    ...(familyOf(type) === 'order' ? { order: oddOrder(draw) } : { appointment: oddAppointment(draw) }),
    shop: { name: visibleName(draw), language: draw.of(LOCALES) },
    customer: {
      name: oddName(draw),
      phone: phone.text,
      email: mail.text,
      locale: draw.of(LOCALES),
      timeZone: draw.of(ZONES),
      country: 'AT',
      channels,
      region: draw.of([undefined, null, '', 'Tirol', oddName(draw)]),
    },
    data: { ...oddData(draw), ...oddRevision(type, draw), ...oddDataOf(type, draw) },
  });
  return { type, raw, expected: expectedOf(channels, phone, mail) };
}

const oddOrder = (draw: Draw) => ({
  number: draw.of(NUMBERS),
  total: { amount: draw.of(AMOUNTS), currency: draw.of(CURRENCIES) },
  trackingLink: oddLink(draw),
  items: oddItems(draw),
});

/** Begin what no SMS may name. */
export const SECRETS = ['Qservice', 'Qstaff'] as const;

function oddAppointment(draw: Draw): Record<string, unknown> {
  const place = draw.of([undefined, null, '', '\u200b', visibleName(draw), visibleName(draw)]);
  const hasPlace = typeof place === 'string' && place.length > 1;
  return {
    number: draw.of(NUMBERS),
    service: `${SECRETS[0]} ${oddName(draw)}`,
    type: draw.of([undefined, null, 'check-up', '-', '0'.repeat(32)]),
    start: draw.of([
      '2026-11-24T13:30:00Z',
      '2026-11-21T09:00:00.001+14:00',
      '2000-01-01T00:00:00Z',
      '2099-12-31T23:59:59Z',
    ]),
    timeZone: draw.of(ZONES),
    minutes: draw.of([1, 45, 1_440]),
    staff: draw.of([undefined, null, '', `${SECRETS[1]} ${oddName(draw)}`]),
    place,
    joinLink: hasPlace ? draw.of([undefined, null, oddLink(draw)]) : oddLink(draw),
    manageLink: draw.of([undefined, null, oddLink(draw)]),
  };
}

const oddLink = (draw: Draw): string =>
  `https://${draw.once(9) ? LINK_HOSTS[0]!.toUpperCase() : LINK_HOSTS[0]}${draw.of(LINKS)}`;

const oddRevision = (type: EventType, draw: Draw): Record<string, unknown> => ({
  revision:
    familyOf(type) === 'order'
      ? draw.of([undefined, null, 0, 7, Number.MAX_SAFE_INTEGER])
      : draw.of([0, 7, 2 ** 31 - 1]),
});

function oddEnvelope(draw: Draw, type: EventType): Record<string, unknown> {
  return {
    time: draw.of([
      undefined,
      null,
      '2026-11-21T08:59:30Z',
      '2026-11-21T08:59:30.123456789+14:00',
      '2031-01-01T00:00:00Z',
      '2017-07-01T00:00:00Z',
    ]),
    datacontenttype: draw.of([
      undefined,
      null,
      'application/json',
      'application/json; charset=utf-8',
      'application/vnd.shop+json',
    ]),
    dataschema: draw.of([undefined, null, `urn:event:${type}:1`]),
    traceparent: draw.of([undefined, null, 7, '', {}, '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01']),
    subject: draw.of([undefined, oddName(draw)]),
    [draw.of(['extension', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'data_base64'])]: draw.of([
      1,
      null,
      {},
      [],
      'x',
    ]),
  };
}

function oddData(draw: Draw): Record<string, unknown> {
  return {
    expiresAt: draw.of([
      undefined,
      null,
      '2026-11-22T00:00:00Z',
      '0001-01-01T00:00:00Z',
      '9999-12-31T23:59:59.9999999Z',
    ]),
    [draw.of(['note', '__proto__', 'valueOf', 'prototype'])]: draw.of([
      null,
      0,
      [[[]]],
      { constructor: { prototype: 1 } },
    ]),
  };
}

function oddDataOf(type: EventType, draw: Draw): Record<string, unknown> {
  switch (type) {
    case 'order.shipped':
    case 'order.out-for-delivery':
      return { carrier: visibleName(draw), ...(draw.once(3) ? { expectedFrom: draw.of([undefined, null]) } : {}) };
    case 'order.delivered':
      return {
        leftAt: draw.of([undefined, null, 'neighbour', 'pickup-point']),
        leftWith: draw.of([undefined, null, '', '\u200b', oddName(draw)]),
      };
    case 'order.cancelled':
      return { refundFollows: draw.once(2) };
    case 'appointment.booked':
    case 'appointment.missed':
      return {
        reminders: draw.of([undefined, null, [], ['2h'], ['day-before', '1d@17:00', '90m', '20s', 'same-day']]),
      };
    case 'appointment.rescheduled':
      return { previousStart: draw.of(['2026-11-23T08:00:00Z', '2000-01-01T00:00:00Z']) };
    case 'appointment.completed':
      return { feedbackLink: draw.of([undefined, null, oddLink(draw)]) };
    case 'order.refunded':
      return { refund: { amount: draw.of(AMOUNTS), currency: draw.of(CURRENCIES) } };
    default:
      return {};
  }
}

function oddItems(draw: Draw): unknown {
  if (draw.once(3)) return draw.of([undefined, null, []]);
  const count = draw.once(200) ? 3_000 : draw.of([1, 2, 10, 11]);
  const quantity = draw.of([1, 2, Number.MAX_SAFE_INTEGER]);
  return Array.from({ length: count }, () => ({ name: count > 100 ? 'Candle' : oddName(draw), quantity }));
}

function expectedOf(channels: readonly Channel[], phone: Address, mail: Address): readonly Expected[] {
  const one = (channel: Channel, { address }: Address): Expected[] =>
    channels.includes(channel)
      ? [address === undefined ? { channel, unsendable: 'bad-address' } : { channel, address }]
      : [];
  const each = [...one('sms', phone), ...one('email', mail)];
  return each.some((expected) => 'address' in expected) ? each : [{ channel: 'sms', unsendable: 'no-usable-address' }];
}
