/** A made-up day of a clinic, in the shape of a real one: when its visits are, and when they were booked. */
import type { Random } from '../../../shared/ports.ts';

export type Visit = { number: string; booked: Date; start: Date };

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Of the visits, so many are booked on their day itself; the others up to so many days before it. */
const SAME_DAY = 0.32;
export const LONGEST_WAIT = 30;

/**
 * Visits begin on a grid of five minutes between eight and six, most of them are booked in the morning.
 * @param midnight with which the day begins
 */
export function drawDay(midnight: Date, visits: number, random: Random): Visit[] {
  const grid = (from: number, until: number): number =>
    from + 5 * MINUTE * Math.floor((random() * (until - from)) / (5 * MINUTE));
  return Array.from({ length: visits }, (_, index) => {
    const isSameDay = random() < SAME_DAY;
    const start = isSameDay ? grid(9 * HOUR, 18 * HOUR) : grid(8 * HOUR, 18 * HOUR);
    // More shortly before than long before.
    const days = 1 + Math.floor(LONGEST_WAIT * random() ** 2);
    const booked = isSameDay
      ? 7 * HOUR + random() * (start - 8 * HOUR)
      : -days * DAY + 7 * HOUR + random() ** 1.5 * 12 * HOUR;
    return {
      number: `A-${index + 1}`,
      booked: new Date(midnight.getTime() + Math.floor(booked)),
      start: new Date(midnight.getTime() + start),
    };
  });
}
