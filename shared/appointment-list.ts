/** A real appointment list as visits of a day to come: one row a visit, with the columns of `rowSchema`. Pure. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { CsvRowsError, rowsIn } from './csv-rows.ts';

export type Visit = {
  number: string;
  patient: string;
  booked: Date;
  start: Date;
  place: string;
  /** What the list says of it: an SMS reminded of it, nobody came. */
  wasReminded: boolean;
  isMissed: boolean;
};

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** The list knows days only: visits begin between these hours, on a grid of five minutes. */
const [OPENS, CLOSES] = [8 * HOUR, 18 * HOUR];
const GRID = 5 * MINUTE;

/** Local to São Paulo, which has kept to UTC-3 since 2019. */
const midnight = (day: string): number => Date.parse(`${day}T00:00-03:00`);

const flag = z.enum(['0', '1'], 'expected 0 or 1').transform((text) => text === '1');

const rowSchema = z
  .object({
    appointment_id: z.string().min(1, 'expected an id'),
    patient: z.string().min(1, 'expected an id'),
    booked: z.iso.datetime('expected an instant such as 2016-04-27T15:05:12Z').transform((text) => Date.parse(text)),
    appointment_day: z.iso.date('expected a day such as 2016-04-29').transform(midnight),
    place: z.string().min(1, 'expected a name'),
    reminded_by_sms: flag,
    missed: flag,
  })
  .refine(({ booked, appointment_day: day }) => booked < day + 24 * HOUR, {
    path: ['booked'],
    error: 'expected no later than its appointment_day',
  });

/**
 * Each visit moves to `day` by whole days, its booking with it; its time of the day is made up, always the same, and
 * after its booking.
 * @param day local, such as 2026-11-30
 * @throws CsvRowsError when the file is none
 */
export function visitsOn(day: string, csv: string): Visit[] {
  const rows = rowsIn(csv, rowSchema, 'The appointment list');
  if (rows.length === 0) throw new CsvRowsError('The appointment list holds no appointments.');
  const seen = new Set<string>();
  return rows.map((row, index) => {
    const { appointment_id: number, patient, booked, appointment_day: from, place } = row;
    if (seen.has(number))
      throw new CsvRowsError(
        `The appointment list cannot be used: row ${index + 1}, appointment_id: ${number} stands there twice`,
      );
    seen.add(number);
    const shift = midnight(day) - from;
    return {
      number,
      patient,
      booked: new Date(booked + shift),
      start: new Date(startOf(number, booked, from) + shift),
      place,
      wasReminded: row.reminded_by_sms,
      isMissed: row.missed,
    };
  });
}

function startOf(number: string, booked: number, day: number): number {
  const earliest = Math.max(day + OPENS, (Math.floor(booked / GRID) + 1) * GRID);
  const places = Math.max(1, Math.floor((day + CLOSES - earliest) / GRID));
  return earliest + (createHash('sha256').update(number).digest().readUInt32LE() % places) * GRID;
}
