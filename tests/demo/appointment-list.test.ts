import { describe, expect, it } from 'vitest';
import { appointmentRun } from '../../demo/appointment-list.ts';
import { visitSummary } from '../../demo/visit-summary.ts';
import { parseEvent } from '../../shared/events.ts';
import { clockIn } from '../../shared/local-time.ts';
import { parseQuietHours, quietHoursIn } from '../../shared/quiet-hours-setting.ts';
import { quietUntil } from '../../shared/quiet-hours.ts';
import { REMINDERS_SETTING } from '../../shared/reminder-settings.ts';
import { remindersOf } from '../../shared/reminder-offsets.ts';

const HEAD = 'appointment_id,patient,booked,appointment_day,place,reminded_by_sms,missed';
const ROWS = [
  'a1,p1,2024-03-01T15:00:00Z,2024-03-29,Centro,1,0',
  'a2,p2,2024-03-28T14:00:00Z,2024-03-29,Praia,0,1',
  'a3,p1,2024-03-29T19:58:00Z,2024-03-29,Centro,0,0',
  'a4,p3,2024-03-20T12:00:00Z,2024-03-22,Praia,0,0',
];
const ZONE = 'America/Sao_Paulo';
const now = new Date('2026-11-21T15:00:30Z');
const run = (rows: readonly string[] = ROWS, at = now) => appointmentRun([HEAD, ...rows].join('\n'), at);
const local = (at: Date) => clockIn(ZONE, at).toPlainDateTime().toString({ smallestUnit: 'minute' });

describe('an appointment list', () => {
  it('has its visits tomorrow, whichever day they were, between eight and six', () => {
    for (const { start } of run().visits) expect(local(start)).toMatch(/^2026-11-22T(0[89]|1[0-7]):/);
    expect(run().visits.map(({ start }) => start)).toEqual(run().visits.map(({ start }) => start));
  });

  it('moves each booking with its visit, which begins after it', () => {
    const { visits } = run();
    expect(visits.map(({ booked }) => booked.toISOString())).toEqual([
      '2026-10-25T15:00:00.000Z',
      '2026-11-21T14:00:00.000Z',
      '2026-11-22T19:58:00.000Z',
      '2026-11-20T12:00:00.000Z',
    ]);
    for (const { booked, start } of visits) expect(start > booked).toBe(true);
  });

  it('publishes what is booked by now, in the order of time', () => {
    const { stream, booked } = run();
    expect(booked.map(({ number }) => number)).toEqual(['a1', 'a4', 'a2']);
    expect(stream.publications.map(({ event }) => event?.id.split(':')[0])).toEqual(['a1', 'a4', 'a2']);
    for (const { body } of stream.publications)
      expect(parseEvent(body, now, ['track.example.com'])).toMatchObject({ ok: true });
  });

  it('expects a reminder on each channel, and a confirmation unless it is too old', () => {
    const ends = new Map(
      run().stream.deliveries.map(({ event, message, channel, ends: of }) => [`${event.id} ${message} ${channel}`, of]),
    );
    expect(ends.size).toBe(12);
    for (const channel of ['sms', 'email']) {
      for (const id of ['a1', 'a2', 'a4'])
        expect(ends.get(`${id}:appointment.booked appointment-reminder ${channel}`)).toEqual(['delivered/arrived']);
      expect(ends.get(`a1:appointment.booked appointment-booked ${channel}`)).toEqual(['expired/deadline-passed']);
      expect(ends.get(`a2:appointment.booked appointment-booked ${channel}`)).toEqual(['delivered/arrived']);
    }
  });

  it.each(['2026-11-21T15:00:30Z', '2026-11-22T02:58:00Z', '2026-11-22T02:59:00Z', '2026-11-21T23:59:59Z'])(
    'has all of them due at one local time, two minutes after it starts at %s, outside of quiet hours',
    (from) => {
      const at = new Date(from);
      const { visits, due, settings } = run(ROWS, at);
      const wait = due.getTime() - at.getTime();
      expect(wait >= 120_000 && wait < 180_000).toBe(true);
      for (const { start } of visits)
        expect(
          remindersOf({ start, timeZone: ZONE }, REMINDERS_SETTING.parse(settings.REMINDERS)).map((one) => one.due),
        ).toEqual([due]);
      const hours = parseQuietHours(settings.QUIET_HOURS);
      if ('faults' in hours) throw new Error(hours.faults.join());
      const night = quietUntil(quietHoursIn(hours, 'BR')!, ZONE, due);
      expect(night).toEqual(due);
    },
  );

  it.each([
    ['a day', 'a9,p9,2024-03-01T15:00:00Z,29/03/2024,Centro,1,0', /row 5, appointment_day: expected a day/],
    ['an instant', 'a9,p9,2024-03-01,2024-03-29,Centro,1,0', /row 5, booked: expected an instant/],
    ['a flag', 'a9,p9,2024-03-01T15:00:00Z,2024-03-29,Centro,1,maybe', /row 5, missed: expected 0 or 1/],
    ['a booking', 'a9,p9,2024-03-31T15:00:00Z,2024-03-29,Centro,1,0', /row 5, booked: expected no later than/],
    ['an id', 'a1,p9,2024-03-01T15:00:00Z,2024-03-29,Centro,1,0', /row 5, appointment_id: a1 stands there twice/],
  ])('says which cell is wrong: %s', (_, row, message) => {
    expect(() => run([...ROWS, row])).toThrow(message);
  });

  it('says that a file of something else is none', () => {
    expect(() => appointmentRun('order_id,customer\no1,c1', now)).toThrow(
      /^The appointment list cannot be used: columns appointment_id, patient, /,
    );
    expect(() => run([])).toThrow('The appointment list holds no appointments.');
  });
});

describe('the summary of the visits', () => {
  const list = run();
  const reminded = (minutes: number) =>
    list.booked.flatMap(({ number }) =>
      (['sms', 'email'] as const).map((channel) => ({
        id: '01980000-0000-8000-8000-000000000000' as never,
        event: { source: '/clinics/boa-vista', subject: `appointment:${number}`, id: `${number}:appointment.booked` },
        message: 'appointment-reminder',
        channel,
        status: 'delivered' as const,
        cause: 'arrived' as const,
        end: 'delivered/arrived' as const,
        reported: true,
        eventTime: now,
        accepted: new Date(list.due.getTime() + minutes * 60_000),
        segments: channel === 'sms' ? 1 : 0,
      })),
    );
  const sentAt = (at: Date) => [{ attemptId: 'x', channel: 'sms' as const, at, segments: 1 }];
  it('counts who is booked, reminded and to come', () => {
    const { lines, isBad } = visitSummary(list, reminded(2), { sends: sentAt(list.due), throttled: 0 });
    expect(lines).toEqual([
      '4 visits in the list, of which 3 are booked by now; 1 not booked yet: nobody publishes them before their time',
      '3 of 3 reminded, all due at 12:03 in America/Sao_Paulo: 3 by SMS, 3 by mail',
      'the last reminder was accepted 2 min 0 s after that',
      'within quota: 0 calls refused by the provider (429)',
      'quiet hours 15:03-02:03: 0 SMS in them',
      'to come, and not in this run: 2 visits take place tomorrow, 1 are missed',
      'the list itself: 1 of 4 were reminded, by SMS',
    ]);
    expect(isBad).toBeUndefined();
  });

  it('is bad when somebody was not reminded, a call refused, or anybody called at night', () => {
    const night = sentAt(new Date(list.due.getTime() + 4 * 3_600_000));
    for (const [deliveries, sends, throttled] of [
      [reminded(2).slice(2), [], 0],
      [reminded(2), night, 0],
      [reminded(2), [], 1],
    ] as const)
      expect(visitSummary(list, deliveries, { sends, throttled }).isBad).toBe(true);
  });
});
