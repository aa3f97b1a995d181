import { describe, expect, it } from 'vitest';
import { daysFrom, hoursFrom, sinceOf } from '../../commands/since.ts';

const NOW = new Date('2026-11-21T09:30:00Z');

describe('sinceOf', () => {
  it.each([
    ['90m', '2026-11-21T08:00:00.000Z'],
    ['2h', '2026-11-21T07:30:00.000Z'],
    ['7d', '2026-11-14T09:30:00.000Z'],
    ['09:00', '2026-11-21T09:00:00.000Z'],
    ['10:00', '2026-11-20T10:00:00.000Z'],
    ['2026-11-20', '2026-11-20T00:00:00.000Z'],
    ['2026-11-20T13:00+01:00', '2026-11-20T12:00:00.000Z'],
  ])('reads %s', (text, instant) => {
    expect(sinceOf(text, NOW).toISOString()).toBe(instant);
  });

  it.each(['', 'yesterday', '2', '2w', '-2h', '25:00', '2026-13-01', '2026-11-22', '9999999h', '401d'])(
    'refuses %s',
    (text) => {
      expect(() => sinceOf(text, NOW)).toThrow(/^--since .*: expected 90m, 2h/);
    },
  );
});

describe('the partitions since then', () => {
  it('are days, the latest first', () => {
    expect(daysFrom(new Date('2026-11-19T23:59:59Z'), NOW)).toEqual(['2026-11-21', '2026-11-20', '2026-11-19']);
  });

  it('are hours, the earliest first', () => {
    expect(hoursFrom(new Date('2026-11-21T07:59:59Z'), NOW)).toEqual([
      '2026-11-21T07',
      '2026-11-21T08',
      '2026-11-21T09',
    ]);
  });

  it('reach into the next one just before it begins, because clocks differ', () => {
    const late = new Date('2026-11-21T23:58:00Z');
    expect(daysFrom(late, late)).toEqual(['2026-11-22', '2026-11-21']);
    expect(hoursFrom(late, late)).toEqual(['2026-11-21T23', '2026-11-22T00']);
  });
});
