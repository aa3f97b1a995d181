/** Made-up shops; domains and hosts are reserved for examples (RFC 2606). */
export type Shop = {
  source: string;
  name: string;
  language: string;
  domain: string;
  currency: string;
  trackingHost: string;
  carrier: string;
  /** Where its customers live, as locale, time zone, country and regions. */
  homes: readonly [Home, ...Home[]];
  /** Its way to number orders. */
  orderNumber: (n: number) => string;
};

export type Home = { locale: string; timeZone: string; country: Country; regions: readonly [string, ...string[]] };
export type Country = 'AT' | 'CA' | 'CH' | 'DE' | 'GB' | 'US';

const GERMANY: Home = {
  locale: 'de-DE',
  timeZone: 'Europe/Berlin',
  country: 'DE',
  regions: ['Berlin', 'Bayern', 'Hamburg', 'Sachsen'],
};
const AUSTRIA: Home = {
  locale: 'de-AT',
  timeZone: 'Europe/Vienna',
  country: 'AT',
  regions: ['Wien', 'Tirol', 'Steiermark'],
};
const SWITZERLAND: Home = {
  locale: 'de-CH',
  timeZone: 'Europe/Zurich',
  country: 'CH',
  regions: ['Zürich', 'Bern', 'Luzern'],
};
const BRITAIN: Home = {
  locale: 'en-GB',
  timeZone: 'Europe/London',
  country: 'GB',
  regions: ['Scotland', 'Wales', 'Yorkshire', 'Kent'],
};
const EAST: Home = {
  locale: 'en-US',
  timeZone: 'America/New_York',
  country: 'US',
  regions: ['New York', 'Vermont', 'Ohio'],
};
const WEST: Home = {
  locale: 'en-US',
  timeZone: 'America/Los_Angeles',
  country: 'US',
  regions: ['Oregon', 'Nevada', 'California'],
};
const CANADA: Home = {
  locale: 'en-CA',
  timeZone: 'America/Toronto',
  country: 'CA',
  regions: ['Ontario', 'Nova Scotia'],
};

/** Whose customers a toll-free number reaches. */
export const IN_NORTH_AMERICA: Shop = {
  source: 'urn:shop:lakeside-books',
  name: 'Lakeside Books',
  language: 'en',
  domain: 'lakeside.example',
  currency: 'USD',
  trackingHost: 'parcels.example.net',
  carrier: 'Blue Van',
  homes: [EAST, WEST, CANADA],
  orderNumber: (n) => `${880_000 + n}`,
};

export const SHOPS: readonly [Shop, ...Shop[]] = [
  {
    source: '/shops/nordlicht',
    name: 'Nordlicht Ausrüstung',
    language: 'de',
    domain: 'nordlicht.example',
    currency: 'EUR',
    trackingHost: 'track.example.com',
    carrier: 'Eilbote',
    homes: [GERMANY, GERMANY, AUSTRIA, SWITZERLAND],
    orderNumber: (n) => `2026/${1_000 + n}`,
  },
  {
    source: 'https://shop.alpenkaffee.example/orders',
    name: 'Alpenkaffee & Söhne',
    language: 'de',
    domain: 'alpenkaffee.example',
    currency: 'EUR',
    trackingHost: 'parcels.example.net',
    carrier: 'Gelbe Post',
    homes: [AUSTRIA, GERMANY],
    orderNumber: (n) => `AK-${7_300 + n}`,
  },
  {
    source: '/shops/thistle',
    name: 'Thistle & Thread',
    language: 'en',
    domain: 'thistle.example',
    currency: 'GBP',
    trackingHost: 'track.example.com',
    carrier: 'Swift Parcels',
    homes: [BRITAIN],
    orderNumber: (n) => `TT ${52_000 + n}`,
  },
  IN_NORTH_AMERICA,
];
