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
export type Country = 'AT' | 'BR' | 'CA' | 'CH' | 'DE' | 'FR' | 'GB' | 'IT' | 'US';

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
  regions: ['US-NY', 'US-VT', 'US-OH'],
};
const WEST: Home = {
  locale: 'en-US',
  timeZone: 'America/Los_Angeles',
  country: 'US',
  regions: ['US-OR', 'US-NV', 'US-CA'],
};
const CANADA: Home = {
  locale: 'en-CA',
  timeZone: 'America/Toronto',
  country: 'CA',
  regions: ['CA-ON', 'CA-NS'],
};

const FRANCE: Home = {
  locale: 'fr-FR',
  timeZone: 'Europe/Paris',
  country: 'FR',
  regions: ['Bretagne', 'Occitanie', 'Île-de-France'],
};
const ROMANDY: Home = {
  locale: 'fr-CH',
  timeZone: 'Europe/Zurich',
  country: 'CH',
  regions: ['Vaud', 'Genève'],
};
const ITALY: Home = {
  locale: 'it-IT',
  timeZone: 'Europe/Rome',
  country: 'IT',
  regions: ['Lombardia', 'Toscana', 'Sicilia'],
};
const BRAZIL: Home = {
  locale: 'pt-BR',
  timeZone: 'America/Sao_Paulo',
  country: 'BR',
  regions: ['São Paulo', 'Minas Gerais', 'Bahia'],
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
  {
    source: '/shops/maison-foret',
    name: 'Maison Forêt',
    language: 'fr',
    domain: 'maison-foret.example',
    currency: 'EUR',
    trackingHost: 'track.example.com',
    carrier: 'Colis Éclair',
    homes: [FRANCE, FRANCE, ROMANDY],
    orderNumber: (n) => `MF-${40_000 + n}`,
  },
  {
    source: '/shops/bottega',
    name: 'Bottega Città Alta',
    language: 'it',
    domain: 'bottega.example',
    currency: 'EUR',
    trackingHost: 'parcels.example.net',
    carrier: 'Corriere Rapido',
    homes: [ITALY],
    orderNumber: (n) => `${n}/2026`,
  },
  {
    source: '/shops/sao-joao',
    name: 'Livraria São João',
    language: 'pt-BR',
    domain: 'sao-joao.example',
    currency: 'BRL',
    trackingHost: 'track.example.com',
    carrier: 'Correio Azul',
    homes: [BRAZIL],
    orderNumber: (n) => `SJ${100_000 + n}`,
  },
];
