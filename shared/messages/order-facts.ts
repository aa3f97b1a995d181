import type { Formats } from '../formats.ts';
import type { Fact } from '../mail.ts';
import type { Order } from '../order-events.ts';
import { cut, plainName } from '../plain-text.ts';

const MOST_ITEMS = 10;
const LONGEST_ITEM = 80;

export const totalOf = (order: Order, formats: Formats): string => formats.money(order.total);

/** `2 × Wool blanket`, one line each; no fact when the event names no items. */
export function itemsOf(order: Order, label: string, more: (count: number) => string): Fact[] {
  const { items } = order;
  if (!items || items.length === 0) return [];
  const lines = items
    .slice(0, MOST_ITEMS)
    .map(({ name, quantity }) => `${quantity} × ${cut(plainName(name), LONGEST_ITEM)}`);
  return [[label, items.length > MOST_ITEMS ? [...lines, more(items.length - MOST_ITEMS)] : lines]];
}
