/** What mails about orders list in the same words: label and value. */
import type { Formats, Language, Moments } from '../formats.ts';
import type { Fact } from '../mail.ts';
import type { Order } from '../order-events.ts';
import { cut, plainName } from '../plain-text.ts';

const MOST_ITEMS = 10;
const LONGEST_ITEM = 80;
const LONGEST_CARRIER = 60;

type Words = {
  order: string;
  items: string;
  more: (count: number) => string;
  total: string;
  carrier: string;
  expected: string;
  by: string;
};

const WORDS: Record<Language, Words> = {
  en: {
    order: 'Order',
    items: 'Items',
    more: (count) => `and ${count} more`,
    total: 'Total',
    carrier: 'Carrier',
    expected: 'Expected',
    by: 'by',
  },
  de: {
    order: 'Bestellung',
    items: 'Artikel',
    more: (count) => `und ${count} weitere`,
    total: 'Gesamtbetrag',
    carrier: 'Zustellung durch',
    expected: 'Voraussichtlich',
    by: 'bis',
  },
  fr: {
    order: 'Commande',
    items: 'Articles',
    more: (count) => `et ${count} de plus`,
    total: 'Total',
    carrier: 'Transporteur',
    expected: 'Livraison prévue',
    by: 'au plus tard le',
  },
  it: {
    order: 'Ordine',
    items: 'Articoli',
    more: (count) => `e ancora ${count}`,
    total: 'Totale',
    carrier: 'Corriere',
    expected: 'Consegna prevista',
    by: 'entro',
  },
  'pt-BR': {
    order: 'Pedido',
    items: 'Itens',
    more: (count) => `e mais ${count}`,
    total: 'Total',
    carrier: 'Transportadora',
    expected: 'Entrega prevista',
    by: 'até',
  },
};

export const numberOf = (order: Order, language: Language): Fact => [WORDS[language].order, order.number];

/** `2 × Wool blanket`, one line each; no fact when the event names no items. */
export function itemsOf({ items }: Order, language: Language): Fact[] {
  if (!items || items.length === 0) return [];
  const words = WORDS[language];
  const lines = items
    .slice(0, MOST_ITEMS)
    .map(({ name, quantity }) => `${quantity} × ${cut(plainName(name), LONGEST_ITEM)}`);
  return [[words.items, items.length > MOST_ITEMS ? [...lines, words.more(items.length - MOST_ITEMS)] : lines]];
}

export const totalOf = (order: Order, language: Language, formats: Formats): Fact => [
  WORDS[language].total,
  formats.money(order.total),
];

export const carrierOf = ({ carrier }: { carrier: string }, language: Language): Fact => [
  WORDS[language].carrier,
  carrierName(carrier),
];

export const carrierName = (carrier: string): string => cut(plainName(carrier), LONGEST_CARRIER);

type Window = { expectedFrom?: string | undefined; expectedBy: string };

/** `Tuesday, 24 November, 14:00–16:00`, or `by Tuesday, 24 November, 16:00` when no start is known. */
export const expected = (window: Window, language: Language, moments: Moments): string =>
  window.expectedFrom
    ? moments.between(window.expectedFrom, window.expectedBy)
    : by(window.expectedBy, language, moments);

export const expectedOf = (window: Window, language: Language, { long }: Formats): Fact => [
  WORDS[language].expected,
  expected(window, language, long),
];

/** `by Tuesday, 24 November, 18:00` */
export const by = (instant: string, language: Language, moments: Moments): string =>
  `${WORDS[language].by} ${moments.at(instant)}`;
