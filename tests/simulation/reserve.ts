import type { SenderCalendar, SenderCalendars } from '../../shared/bookings.ts';

import { LIMITS } from '../../shared/limits.ts';
import type { QuotaWindow } from '../../shared/senders.ts';
import type { Runs } from '../../shared/slot-sequence.ts';
import type { VirtualTime } from './virtual-time.ts';

const { shortWait, lookAge, guard } = LIMITS.real;
/** How long before its slot a loan of the urgent lane cannot be taken back any more. */
export const NOTICE = shortWait + lookAge + guard;
const CELLS = 600;
/** How exactly the grid of a window knows an instant. */
export const cellOf = ({ seconds }: QuotaWindow): number => Math.max(1, Math.round((seconds * 1_000) / CELLS));

/** Everything that anybody ever wrote into the urgent lane of a scope, also what the calendar has forgotten since. */
export function createReserve(time: VirtualTime) {
  const units = new Map<string, Map<number, number>>();
  const of = (key: string): Map<number, number> => {
    const known = units.get(key) ?? new Map<number, number>();
    units.set(key, known);
    return known;
  };
  const keep = (key: string, runs: Readonly<Record<string, Runs>>): void => {
    for (const [seconds, cells] of Object.entries(runs)) {
      const known = of(`${key} ${seconds}`);
      for (const [cell, count] of cells) known.set(cell, Math.max(count, known.get(cell) ?? 0));
    }
  };
  const keepAll = (name: string, { calendar: { urgent, lent } }: SenderCalendar): void => {
    keep(`${name} urgent`, urgent.runs);
    keep(`${name} lent`, lent.runs);
  };
  const sum = (key: string, from: number, until: number): number =>
    [...of(key)].reduce((all, [cell, count]) => (cell >= from && cell <= until ? all + count : all), 0);

  return {
    ofCalendars: <Table extends SenderCalendars>(calendars: Table): Table => ({
      ...calendars,
      write(scope, state, seen) {
        keepAll(scope.name, state);
        return calendars.write(scope, state, seen);
      },
    }),
    /** Units that may still count against one who books now, but for loans that can be taken back. */
    standing(name: string, window: QuotaWindow): number {
      const cell = cellOf(window);
      const from = (time.now() - window.seconds * 1_000) / cell - 1;
      const key = `${window.seconds}`;
      return (
        sum(`${name} urgent ${key}`, from, Infinity) +
        sum(`${name} lent ${key}`, from, (time.now() + NOTICE) / cell + 1)
      );
    },
  };
}
