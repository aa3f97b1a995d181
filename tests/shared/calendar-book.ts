import {
  type Calendar,
  type CalendarRules,
  EMPTY_CALENDAR,
  type Slot,
  type SlotRequest,
  bookSlots,
} from '../../shared/calendar.ts';

export const START = Date.parse('2026-11-20T13:00:00Z');
const FAR = new Date(START + 4_000 * 86_400_000);

/** A request with the slot that it got, and what held when it was booked. */
export type Booked = { request: SlotRequest; slot: Slot; units: number; now: number; rules: CalendarRules };

/** Books batch after batch into one calendar, as any number of processes do, and keeps every slot that was given. */
export function createBook(first: CalendarRules) {
  let calendar: Calendar = EMPTY_CALENDAR;
  const all: Booked[] = [];
  /** By its instant: since when the holder of a loan could know that it was taken back. */
  const takenBack = new Map<number, number>();
  return {
    all,
    takenBack,
    calendar: () => calendar,
    book(now: number, requests: readonly Partial<SlotRequest>[], rules = first): (Booked | undefined)[] {
      const whole = requests.map((request): SlotRequest => ({ lane: 'normal', units: 1, deadline: FAR, ...request }));
      const lent = calendar.loans;
      const result = bookSlots(calendar, whole, new Date(now), rules);
      for (const at of result.calendar.voids) if (!takenBack.has(at)) takenBack.set(at, now + rules.notice);
      ({ calendar } = result);
      const { most } = calendar.urgentShares!;
      return result.slots.map((slot, index) => {
        if (!slot) return undefined;
        const request = whole[index]!;
        const units = Math.min(
          request.units,
          ...rules.windows.map((window) => normalOf(window, most, rules.urgentUnits)),
        );
        // Who is given the slot of a loan has one that was booked under the rules of that time.
        const loan =
          request.lane === 'again' && lent.includes(slot.at.getTime()) && !calendar.loans.includes(slot.at.getTime())
            ? all.find((one) => one.slot.booking === 'loan' && timeOf(one) === slot.at.getTime())
            : undefined;
        const booked = { request, slot, units, now, rules: loan?.rules ?? rules };
        all.push(booked);
        return booked;
      });
    },
    /** Every slot at which somebody may call: a loan that was taken back counts where its holder may not have seen that. */
    used: (): readonly Booked[] =>
      all.filter(
        ({ slot: { at, booking } }) => booking !== 'loan' || at.getTime() < (takenBack.get(at.getTime()) ?? Infinity),
      ),
  };
}

export type Book = ReturnType<typeof createBook>;

/** What is left of a limit without the urgent lane's reserve. */
export const normalOf = ({ limit }: { limit: number }, urgentShare = 0.02, urgentUnits = 1): number =>
  limit - Math.min(Math.floor(limit / 2), Math.max(urgentUnits, Math.floor(limit * urgentShare)));

export const times = (count: number, request: Partial<SlotRequest> = {}): Partial<SlotRequest>[] =>
  Array.from({ length: count }, () => request);

export const timeOf = (booked: Booked | undefined): number => {
  if (!booked) throw new Error('there is no slot');
  return booked.slot.at.getTime();
};
