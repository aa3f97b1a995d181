import { describe, expect, it } from 'vitest';
import { type QuietHours, quietFrom, quietUntil } from '../../shared/quiet-hours.ts';

const minutes = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
const hours = (text: string): QuietHours => ({ start: minutes(text.slice(0, 5)), end: minutes(text.slice(6)) });
const NIGHT = hours('21:00-08:00');

const until = (zone: string, at: string, quiet = NIGHT) => quietUntil(quiet, zone, new Date(at)).toISOString();
const from = (zone: string, at: string, quiet = NIGHT) => quietFrom(quiet, zone, new Date(at)).toISOString();

describe('quiet hours', () => {
  it.each([
    ['before midnight', '2026-11-20T20:00:00.000Z', '2026-11-21T07:00:00.000Z'],
    ['at their last instant', '2026-11-21T06:59:59.999Z', '2026-11-21T07:00:00.000Z'],
    ['and not at their end', '2026-11-21T07:00:00.000Z', '2026-11-21T07:00:00.000Z'],
    ['and not just before their start', '2026-11-20T19:59:59.999Z', '2026-11-20T19:59:59.999Z'],
  ])('of Vienna hold %s', (_, at, end) => {
    expect(until('Europe/Vienna', at)).toBe(end);
  });

  it('may lie within one day', () => {
    const siesta = hours('13:00-15:30');
    expect(until('Europe/Madrid', '2026-07-01T11:00:00.000Z', siesta)).toBe('2026-07-01T13:30:00.000Z');
    expect(until('Europe/Madrid', '2026-07-01T10:59:00.000Z', siesta)).toBe('2026-07-01T10:59:00.000Z');
  });

  it('keep the seconds of an instant that is not quiet', () => {
    expect(until('UTC', '2026-07-01T12:34:56.789Z')).toBe('2026-07-01T12:34:56.789Z');
  });

  it.each([
    ['of half an hour', 'Asia/Kolkata', '2026-11-20T16:00:00.000Z', '2026-11-21T02:30:00.000Z'],
    ['of three quarters', 'Asia/Kathmandu', '2026-11-20T16:00:00.000Z', '2026-11-21T02:15:00.000Z'],
    ['at the far east of the date line', 'Pacific/Kiritimati', '2026-11-20T08:00:00.000Z', '2026-11-20T18:00:00.000Z'],
    ['at its far west', 'Pacific/Pago_Pago', '2026-11-20T09:00:00.000Z', '2026-11-20T19:00:00.000Z'],
    ['written as an offset', '+05:30', '2026-11-20T16:00:00.000Z', '2026-11-21T02:30:00.000Z'],
    ['in lower case', 'europe/vienna', '2026-11-20T20:00:00.000Z', '2026-11-21T07:00:00.000Z'],
  ])('know a zone %s', (_, zone, at, end) => {
    expect(until(zone, at)).toBe(end);
  });

  it('are an hour shorter or longer when the clock changes in them', () => {
    expect(until('Europe/Vienna', '2026-03-28T20:00:00.000Z')).toBe('2026-03-29T06:00:00.000Z');
    expect(until('Europe/Vienna', '2026-10-24T19:00:00.000Z')).toBe('2026-10-25T07:00:00.000Z');
  });

  it('change by half an hour on Lord Howe', () => {
    expect(until('Australia/Lord_Howe', '2026-04-04T11:00:00.000Z')).toBe('2026-04-04T21:30:00.000Z');
    expect(until('Australia/Lord_Howe', '2026-10-03T11:00:00.000Z')).toBe('2026-10-03T21:00:00.000Z');
  });

  it('end where the clock jumps over their end, and are left out where it jumps over them', () => {
    const [endsInGap, liesInGap] = [hours('22:00-02:30'), hours('02:10-02:50')];
    expect(until('Europe/Vienna', '2026-03-29T00:30:00.000Z', endsInGap)).toBe('2026-03-29T01:00:00.000Z');
    expect(until('Europe/Vienna', '2026-03-29T01:00:00.000Z', liesInGap)).toBe('2026-03-29T01:00:00.000Z');
    expect(from('Europe/Vienna', '2026-03-29T00:00:00.000Z', liesInGap)).toBe('2026-03-30T00:10:00.000Z');
  });

  it('come twice where the clock goes back over their end', () => {
    const ends = hours('22:00-02:30');
    expect(until('Europe/Vienna', '2026-10-25T00:20:00.000Z', ends)).toBe('2026-10-25T00:30:00.000Z');
    expect(until('Europe/Vienna', '2026-10-25T01:00:00.000Z', ends)).toBe('2026-10-25T01:30:00.000Z');
    const endsAtChange = hours('22:00-03:00');
    expect(until('Europe/Vienna', '2026-10-25T00:20:00.000Z', endsAtChange)).toBe('2026-10-25T02:00:00.000Z');
  });

  it('are right where a whole day was left out', () => {
    expect(until('Pacific/Apia', '2011-12-30T09:30:00.000Z')).toBe('2011-12-30T18:00:00.000Z');
  });

  it('begin again in the evening', () => {
    expect(from('Europe/Vienna', '2026-11-20T12:00:00.000Z')).toBe('2026-11-20T20:00:00.000Z');
    expect(from('Europe/Vienna', '2026-11-20T23:00:00.000Z')).toBe('2026-11-20T23:00:00.000Z');
  });
});
