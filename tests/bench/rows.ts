/** One measure against its goal. */
import type { Row } from '../long/record.ts';

type Measure = { name: string; value: number; unit: string };

const DIGITS = 3;

export const rounded = (value: number): number => Math.round(value * 10 ** DIGITS) / 10 ** DIGITS;

const row = ({ name, value, unit }: Measure, goal: string, met: boolean): Row => ({
  name,
  value: rounded(value),
  unit,
  goal,
  met,
});

export const atMost = (goal: number, measure: Measure): Row => row(measure, `<= ${goal}`, measure.value <= goal);

export const below = (goal: number, measure: Measure): Row => row(measure, `< ${goal}`, measure.value < goal);

export const atLeast = (goal: number, measure: Measure): Row => row(measure, `>= ${goal}`, measure.value >= goal);

/** Published for comparison; nothing is demanded of it. */
export const asItIs = (measure: Measure): Row => row(measure, 'as it is', true);
