/** Made-up orders and appointments for the preview, in three kinds: as they mostly are, as long as they may be, and as odd as they come. */
import type { AppointmentEventType } from '../shared/appointment-events.ts';
import { type EventType, familyOf } from '../shared/events.ts';
import type { Language } from '../shared/formats.ts';
import type { OrderEventType } from '../shared/order-events.ts';

export const KINDS = ['realistic', 'longest', 'oddest'] as const;
export type Kind = (typeof KINDS)[number];

export const LINK_HOST = 'track.example.com';

type Home = {
  locale: string;
  timeZone: string;
  /** Of that zone in November. */
  offset: string;
  country: string;
  phone: string;
  currency: string;
  shop: string;
  carrier: string;
  name: string;
  neighbour: string;
  items: readonly [string, string];
  service: string;
  staff: string;
  place: string;
};

const HOMES: Record<Language, Home> = {
  en: {
    locale: 'en-GB',
    timeZone: 'Europe/London',
    offset: '+00:00',
    country: 'GB',
    phone: '+447402412345',
    currency: 'GBP',
    shop: 'Thistle & Thread',
    carrier: 'Swift Parcels',
    name: 'Grace Whitfield',
    neighbour: 'Mr Marsh, no. 14',
    items: ['Wool blanket, moss green', 'Beeswax candle'],
    service: 'Physiotherapy, first visit',
    staff: 'Olivia Marsh',
    place: '12 Harbour Lane, Bristol',
  },
  de: {
    locale: 'de-AT',
    timeZone: 'Europe/Vienna',
    offset: '+01:00',
    country: 'AT',
    phone: '+436641234567',
    currency: 'EUR',
    shop: 'Nordlicht Ausrüstung',
    carrier: 'Gelbe Post',
    name: 'Jürgen Weiß',
    neighbour: 'Familie Köhler, Tür 5',
    items: ['Wolldecke, moosgrün', 'Bienenwachskerze'],
    service: 'Physiotherapie, Ersttermin',
    staff: 'Dr. Köhler',
    place: 'Hauptstraße 5, 1010 Wien',
  },
  fr: {
    locale: 'fr-FR',
    timeZone: 'Europe/Paris',
    offset: '+01:00',
    country: 'FR',
    phone: '+33639981234',
    currency: 'EUR',
    shop: 'Maison Forêt',
    carrier: 'Colis Éclair',
    name: 'Chloé Lefèvre',
    neighbour: 'M. Garçon, 2e étage',
    items: ['Couverture en laine vert mousse', 'Bougie à la cire d’abeille'],
    service: 'Kinésithérapie, première séance',
    staff: 'Mme Garçon',
    place: '8 rue des Érables, Lyon',
  },
  it: {
    locale: 'it-IT',
    timeZone: 'Europe/Rome',
    offset: '+01:00',
    country: 'IT',
    phone: '+393201234567',
    currency: 'EUR',
    shop: 'Bottega Città Alta',
    carrier: 'Corriere Rapido',
    name: 'Niccolò Ferrara',
    neighbour: 'Famiglia Conti, int. 3',
    items: ['Coperta di lana verde muschio', 'Candela di cera d’api'],
    service: 'Fisioterapia, prima seduta',
    staff: 'Dott.ssa Conti',
    place: 'Via Garibaldi 7, Bergamo',
  },
  'pt-BR': {
    locale: 'pt-BR',
    timeZone: 'America/Sao_Paulo',
    offset: '-03:00',
    country: 'BR',
    phone: '+5511961234567',
    currency: 'BRL',
    shop: 'Livraria São João',
    carrier: 'Correio Azul',
    name: 'Conceição Araújo',
    neighbour: 'Dona Inês, apto. 12',
    items: ['Cobertor de lã verde-musgo', 'Vela de cera de abelha'],
    service: 'Fisioterapia, primeira sessão',
    staff: 'Dra. Inês Rocha',
    place: 'Rua das Flores 123, São Paulo',
  },
};

const REALISTIC_LINK = `https://${LINK_HOST}/o/2026-1042?k=7f3a`;
const LONGEST_LINK = `https://${LINK_HOST}/`.padEnd(128, 'abcdefghij');

/** A whole event, as a publisher would send it. */
export function sampleEvent(type: EventType, language: Language, kind: Kind): object {
  const home = HOMES[language];
  const { name, shop, ...names } = NAMES[kind](home);
  return {
    specversion: '1.0',
    id: `preview-${type}`,
    source: '/preview',
    type,
    time: '2026-11-21T08:59:30Z',
    data: {
      ...(familyOf(type) === 'order'
        ? orderDataOf(type as OrderEventType, home, names, kind)
        : appointmentDataOf(type as AppointmentEventType, home, names, kind)),
      shop: { name: shop, language: home.locale, replyTo: 'answers@shop.example', supportAddress: 'help@shop.example' },
      customer: {
        name,
        phone: home.phone,
        email: 'customer@mail.example',
        locale: home.locale,
        timeZone: home.timeZone,
        country: home.country,
        channels: ['sms', 'email'],
      },
    },
  };
}

const NUMBERS: Record<Kind, string> = {
  realistic: '2026/1042',
  longest: 'N'.padEnd(64, '0123456789'),
  oddest: '注 #42/Ä',
};

function orderDataOf(type: OrderEventType, home: Home, { carrier, neighbour }: Details, kind: Kind): object {
  const times = kind === 'longest' ? LONGEST_TIMES : realisticTimes(home.offset);
  return {
    order: {
      number: NUMBERS[kind],
      total: { amount: kind === 'longest' ? Number.MAX_SAFE_INTEGER : 12_990, currency: home.currency },
      items: itemsOf(home, kind),
      trackingLink: kind === 'longest' ? LONGEST_LINK : REALISTIC_LINK,
    },
    ...happened(type, { ...times, carrier, neighbour, currency: home.currency, isOdd: kind === 'oddest' }),
  };
}

/** The longest one takes place elsewhere and online, the oddest one online alone, in another zone, with no link to change it. */
function appointmentDataOf(
  type: AppointmentEventType,
  home: Home,
  { service, staff, place }: Details,
  kind: Kind,
): object {
  const isLong = kind === 'longest';
  const isOdd = kind === 'oddest';
  const [start, previousStart] = isLong
    ? ['2026-09-23T21:22:00Z', '2026-09-16T21:22:00Z']
    : [`2026-11-24T14:30:00${home.offset}`, `2026-11-23T09:00:00${home.offset}`];
  const link = isLong ? LONGEST_LINK : `https://${LINK_HOST}/a/7f3a9c`;
  return {
    appointment: {
      number: NUMBERS[kind],
      service,
      start,
      timeZone: isOdd ? 'Pacific/Chatham' : home.timeZone,
      minutes: isLong ? 1_440 : 45,
      staff,
      ...(isOdd ? { joinLink: link } : { place, manageLink: link }),
      ...(isLong ? { joinLink: link } : {}),
    },
    revision: 1,
    ...{
      'appointment.booked': {},
      'appointment.rescheduled': { previousStart },
      'appointment.cancelled': { reason: isOdd ? 'other' : 'staff-unavailable' },
      'appointment.completed': isOdd ? {} : { feedbackLink: link },
      'appointment.missed': {},
    }[type],
  };
}

type Names = Pick<Home, 'name' | 'shop' | 'carrier' | 'neighbour' | 'service' | 'staff' | 'place'>;
type Details = Omit<Names, 'name' | 'shop'>;

const NAMES: Record<Kind, (home: Home) => Names> = {
  realistic: (home) => home,
  longest: ({ name, shop, carrier, neighbour, service, staff, place }) => ({
    name: `${name} `.repeat(20).slice(0, 200),
    shop: `${shop} `.repeat(10).slice(0, 100),
    carrier: `${carrier} `.repeat(6).slice(0, 60),
    neighbour: `${neighbour} `.repeat(6).slice(0, 60),
    service: `${service} `.repeat(6).slice(0, 100),
    staff: `${staff} `.repeat(6).slice(0, 60),
    place: `${place} `.repeat(12).slice(0, 200),
  }),
  oddest: () => ({
    name: 'Eve\r\nBcc: all@example.com <b>https://prize.example</b> {{name}} \u202Eeve',
    shop: '店 “Łódź” 🎁 shop.example',
    carrier: 'Пошта & <i>Söhne</i>',
    neighbour: 'עמית 👩‍👩‍👧',
    service: 'Röntgen; "Knie", <b>links</b>\r\nDTSTART:20000101T000000Z',
    staff: 'עמית 👩‍👩‍👧',
    place: 'Ring 5\n2. Stock, Tür 7; \\ evil.example',
  }),
};

const realisticTimes = (offset: string) => ({
  promisedBy: `2026-11-24T23:59:00${offset}`,
  newPromisedBy: `2026-11-26T18:00:00${offset}`,
  expectedFrom: `2026-11-24T14:00:00${offset}`,
  expectedBy: `2026-11-24T16:00:00${offset}`,
  deliveredAt: `2026-11-24T14:42:00${offset}`,
  refundedBy: `2026-11-30T23:59:00${offset}`,
});

type Times = ReturnType<typeof realisticTimes>;

/** Days and months with long names, a window over two days. */
const LONGEST_TIMES: Times = {
  promisedBy: '2026-09-16T21:22:00Z',
  newPromisedBy: '2026-09-23T21:22:00Z',
  expectedFrom: '2026-09-16T20:22:00Z',
  expectedBy: '2026-09-23T21:22:00Z',
  deliveredAt: '2026-09-23T21:22:00Z',
  refundedBy: '2026-09-23T21:22:00Z',
};

type OrderDetails = Times & { carrier: string; neighbour: string; currency: string; isOdd: boolean };

function happened(type: OrderEventType, details: OrderDetails): object {
  const { promisedBy, newPromisedBy, expectedFrom, expectedBy, deliveredAt, refundedBy, carrier, isOdd } = details;
  const window = isOdd ? { expectedBy } : { expectedFrom, expectedBy };
  return {
    'order.placed': { promisedBy },
    'order.confirmed': { promisedBy },
    'order.delayed': { promisedBy, newPromisedBy },
    'order.shipped': { carrier, ...window },
    'order.out-for-delivery': { carrier, ...window },
    'order.delivered': { deliveredAt, leftAt: isOdd ? 'pickup-point' : 'neighbour', leftWith: details.neighbour },
    'order.cancelled': { reason: isOdd ? 'other' : 'out-of-stock', refundFollows: !isOdd },
    'order.refunded': {
      refund: { amount: isOdd ? 1 : 4_990, currency: isOdd ? 'KWD' : details.currency },
      refundedBy,
    },
  }[type];
}

function itemsOf({ items }: Home, kind: Kind): object[] {
  if (kind === 'realistic') return items.map((name, index) => ({ name, quantity: index + 1 }));
  if (kind === 'oddest') return [{ name: '<script>alert(1)</script> 🕯️ a@b.example', quantity: 1_000_000 }];
  return Array.from({ length: 30 }, () => ({ name: `${items[0]} `.repeat(8).slice(0, 200), quantity: 99 }));
}
