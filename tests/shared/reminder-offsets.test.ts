import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { isOffset, type Reminded, type ReminderSettings, remindersOf } from '../../shared/reminder-offsets.ts';
import { REMINDERS_SETTING } from '../../shared/reminder-settings.ts';

const USUAL: ReminderSettings = REMINDERS_SETTING.parse('{}');
const VISIT: Reminded = { start: new Date('2026-11-24T10:30:00+01:00'), timeZone: 'Europe/Vienna' };

const dueOf = (appointment: Partial<Reminded>, settings = USUAL) =>
  remindersOf({ ...VISIT, ...appointment }, settings).map(({ offset, due }) => [offset, due.toISOString()]);

describe('reminders of an appointment', () => {
  it('are by default the day before at 17:00 and an hour before', () => {
    expect(dueOf({})).toEqual([
      ['1d@17:00', '2026-11-23T16:00:00.000Z'],
      ['1h', '2026-11-24T08:30:00.000Z'],
    ]);
  });

  it('are those of its event, else of its type, else the usual ones', () => {
    const settings = { ...USUAL, byType: { video: ['30m'] } };
    expect(dueOf({ type: 'video' }, settings)).toEqual([['30m', '2026-11-24T09:00:00.000Z']]);
    expect(dueOf({ type: 'video', reminders: ['same-day'] }, settings)).toEqual([
      ['0d@08:00', '2026-11-24T07:00:00.000Z'],
    ]);
    expect(dueOf({ type: 'video', reminders: [] }, settings)).toEqual([]);
    expect(dueOf({ type: 'visit' }, settings)).toHaveLength(2);
  });

  it('come in the order of time, once for each instant, and never at or after the start', () => {
    expect(dueOf({ reminders: ['hour-before', '60m', '1d@17:00', 'day-before', '0d@10:30', '0d@11:00'] })).toEqual([
      ['1d@17:00', '2026-11-23T16:00:00.000Z'],
      ['1h', '2026-11-24T08:30:00.000Z'],
    ]);
  });

  it('keep the local time over a change of the clocks', () => {
    const start = new Date('2026-10-25T09:00:00+01:00');
    expect(dueOf({ start, reminders: ['day-before'] })).toEqual([['1d@17:00', '2026-10-24T15:00:00.000Z']]);
  });

  it('take the hour after one that clocks skip, and the first of one that they show twice', () => {
    const spring = new Date('2026-03-29T12:00:00+02:00');
    const autumn = new Date('2026-10-25T12:00:00+01:00');
    expect(dueOf({ start: spring, reminders: ['0d@02:30'] })).toEqual([['0d@02:30', '2026-03-29T01:30:00.000Z']]);
    expect(dueOf({ start: autumn, reminders: ['0d@02:30'] })).toEqual([['0d@02:30', '2026-10-25T00:30:00.000Z']]);
  });

  it.each(Intl.supportedValuesOf('timeZone'))(
    'are at 17:00 of the local day before in %s, all through two years',
    (zone) => {
      for (let start = Date.UTC(2026, 0, 1, 9, 7); start < Date.UTC(2028, 0, 1); start += 311 * 3_600_000) {
        const [reminder] = remindersOf({ start: new Date(start), timeZone: zone, reminders: ['day-before'] }, USUAL);
        const local = Temporal.Instant.fromEpochMilliseconds(reminder!.due.getTime()).toZonedDateTimeISO(zone);
        const day = Temporal.Instant.fromEpochMilliseconds(start).toZonedDateTimeISO(zone).toPlainDate();
        expect(local.toPlainTime().toString()).toBe('17:00:00');
        expect(local.toPlainDate().until(day).days).toBe(1);
      }
    },
  );

  it.each(['', '1d', '1d@24:00', '1d@9:00', '0h', '1.5h', '-1h', '100d@09:00', 'tomorrow', '1h '])(
    'know no offset "%s"',
    (text) => {
      expect(isOffset(text)).toBe(false);
    },
  );
});

describe('REMINDERS', () => {
  it('says what presets mean, and leaves the others as they are', () => {
    const settings = REMINDERS_SETTING.parse('{"presets":{"hour-before":"20s"},"usual":["hour-before"]}');
    expect(dueOf({}, settings)).toEqual([['20s', '2026-11-24T09:29:40.000Z']]);
    expect(settings.presets['day-before']).toBe('1d@17:00');
  });

  it.each([
    ['no', 'expected JSON'],
    ['{"presets":{"day-before":"yesterday"}}', 'expected an offset such as 1d@17:00, 2h, 90m or 20s'],
    ['{"usual":["soon"]}', 'expected day-before, same-day, hour-before or an offset such as 2h'],
    ['{"usual":["1h","2h","3h","4h","5h","6h"]}', 'expected at most 5'],
    ['{"often":true}', 'expected presets, usual and byType'],
  ])('says what is wrong with %s', (text, message) => {
    expect(REMINDERS_SETTING.safeParse(text).error?.issues.map((issue) => issue.message)).toEqual([message]);
  });
});
