import { describe, expect, it } from 'vitest';
import { APPOINTMENT_EVENTS_DATA, type AppointmentEventType } from '../../shared/appointment-events.ts';
import { eventOf, parseRaw, rawEvent } from './order-event.ts';

const TYPES = Object.keys(APPOINTMENT_EVENTS_DATA) as AppointmentEventType[];
const LINK = 'https://track.example.com/';

type Overrides = Parameters<typeof rawEvent>[1];

function reasonsOf(type: AppointmentEventType, overrides: Overrides) {
  const parsed = parseRaw(rawEvent(type, overrides));
  return parsed.ok ? [] : parsed.reasons;
}

const booked = (appointment: Record<string, unknown>) => reasonsOf('appointment.booked', { appointment });

describe('an appointment event', () => {
  it.each(TYPES)('%s is about its appointment', (type) => {
    expect(eventOf(type)).toMatchObject({ type, subject: 'appointment:2026/77' });
  });

  it('takes everything that is optional as null, and empty names as none', () => {
    const { data } = eventOf('appointment.booked', {
      appointment: { type: null, staff: ' ', place: '\u200b', joinLink: LINK, manageLink: null },
      data: { reminders: null },
    });
    const { type, staff, place, manageLink } = data.appointment;
    expect([type, staff, place, manageLink, data.reminders]).toEqual(Array(5).fill(undefined));
    expect(eventOf('appointment.completed', { data: { feedbackLink: null } }).data.feedbackLink).toBeUndefined();
  });

  it('cuts names that are too long', () => {
    const long = 'x'.repeat(5_000);
    const { appointment } = eventOf('appointment.booked', {
      appointment: { service: long, staff: long, place: long },
    }).data;
    expect([appointment.service.length, appointment.staff?.length, appointment.place?.length]).toEqual([100, 60, 200]);
  });

  it('may name its reminders, or none', () => {
    for (const reminders of [[], ['day-before', 'same-day', 'hour-before', '1d@17:00', '20s']])
      expect(eventOf('appointment.booked', { data: { reminders } }).data.reminders).toEqual(reminders);
  });

  it('knows no end of its own: expiresAt is ignored like any other field', () => {
    const { data } = eventOf('appointment.booked', { data: { expiresAt: 'never' } });
    expect(data).not.toHaveProperty('expiresAt');
  });

  it('is not asked for a link that its type does not have', () => {
    const feedbackLink = 'https://evil.example/';
    expect(reasonsOf('appointment.booked', { data: { feedbackLink } })).toEqual([]);
    expect(reasonsOf('appointment.completed', { data: { feedbackLink } })).toHaveLength(1);
  });

  it('has a content hash that is the same in every release', () => {
    const parsed = parseRaw(rawEvent('appointment.rescheduled'));
    expect(parsed.ok && parsed.contentHash).toMatchInlineSnapshot(
      `"33869fcbc95f3bff703a9f374f0ee16be69499171d860511c0c00ea4a548f66c"`,
    );
  });
});

describe('a bad appointment event', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['number', { number: '10\n42' }, 'a printable appointment number'],
    ['number', { number: 'ö'.repeat(33) }, 'at most 64 bytes of UTF-8'],
    ['service', { service: '\u200b' }, 'text that a reader can see'],
    ['service', { service: undefined }, 'text, but it is missing'],
    ['type', { type: 'Check-up' }, '1 to 32 of a-z, 0-9 and -'],
    ['type', { type: 'x'.repeat(33) }, '1 to 32 of a-z, 0-9 and -'],
    ['start', { start: '2026-11-24' }, 'an instant such as 2026-11-24T18:00:00+01:00'],
    ['start', { start: '1970-01-01T00:00:00Z' }, 'an instant of the years 2000 to 2099'],
    ['timeZone', { timeZone: 'Vienna' }, 'an IANA time zone such as Europe/Vienna'],
    ['minutes', { minutes: 0 }, 'at least 1'],
    ['minutes', { minutes: 1_441 }, 'at most 1440'],
    ['minutes', { minutes: 7.5 }, 'a whole number'],
    ['place', { place: null }, 'a place, or a joinLink instead'],
    ['place', { place: ' ', joinLink: null }, 'a place, or a joinLink instead'],
    ['joinLink', { joinLink: 'http://track.example.com/' }, 'an https link without user name'],
    ['joinLink', { joinLink: `${LINK}${'x'.repeat(103)}` }, 'at most 128 characters'],
    ['joinLink', { joinLink: 'https://evil.example/' }, 'a link to one of track.example.com'],
    ['manageLink', { manageLink: 'https://evil.example/' }, 'a link to one of track.example.com'],
    ['manageLink', { manageLink: '' }, 'an https link without user name'],
  ])('says that data.appointment.%s is wrong: %j', (field, appointment, expected) => {
    expect(booked(appointment)).toEqual([{ path: `data.appointment.${field}`, expected }]);
  });

  it.each<[AppointmentEventType, string, Record<string, unknown>, string]>([
    ['appointment.booked', 'revision', { revision: null }, 'a number'],
    ['appointment.booked', 'revision', { revision: undefined }, 'a number, but it is missing'],
    ['appointment.booked', 'revision', { revision: -1 }, 'at least 0'],
    ['appointment.booked', 'revision', { revision: 2 ** 31 }, 'at most 2147483647'],
    ['appointment.booked', 'reminders', { reminders: 'none' }, 'a list'],
    ['appointment.booked', 'reminders', { reminders: Array(6).fill('2h') }, 'at most 5'],
    [
      'appointment.rescheduled',
      'previousStart',
      { previousStart: null },
      'an instant such as 2026-11-24T18:00:00+01:00',
    ],
    ['appointment.cancelled', 'reason', { reason: 'weather' }, 'one of customer-request, staff-unavailable, other'],
    ['appointment.completed', 'feedbackLink', { feedbackLink: 'x' }, 'an https link without user name'],
    [
      'appointment.completed',
      'feedbackLink',
      { feedbackLink: 'https://evil.example/' },
      'a link to one of track.example.com',
    ],
  ])('%s says that data.%s is wrong', (type, field, data, expected) => {
    expect(reasonsOf(type, { data })).toEqual([{ path: `data.${field}`, expected }]);
  });

  it.each(['', 'tomorrow', '0h', '1d', '1d@24:00', '100d@10:00', '-2h', '2h ', 'Day-before'])(
    'says which reminder is none: %j',
    (reminder) => {
      expect(reasonsOf('appointment.booked', { data: { reminders: ['2h', reminder] } })).toEqual([
        {
          path: 'data.reminders[1]',
          expected: 'day-before, same-day, hour-before, or an offset such as 1d@17:00 or 2h',
        },
      ]);
    },
  );

  it('gives every link that leads elsewhere its own reason', () => {
    const evil = 'https://evil.example/';
    const reasons = reasonsOf('appointment.completed', {
      appointment: { joinLink: evil, manageLink: evil },
      data: { feedbackLink: evil },
    });
    expect(reasons.map(({ path }) => path)).toEqual([
      'data.appointment.joinLink',
      'data.appointment.manageLink',
      'data.feedbackLink',
    ]);
    expect(JSON.stringify(reasons)).not.toContain('evil');
  });

  it('is told of by its subject as far as it can be read', () => {
    const parsed = parseRaw(rawEvent('appointment.booked', { envelope: { type: 'appointment.lost' } }));
    expect(parsed).toMatchObject({ ok: false, subject: 'appointment:2026/77', reasons: [{ path: 'type' }] });
  });

  it('may carry an order too, which is ignored', () => {
    const raw = rawEvent('appointment.booked', { data: { order: { number: '1' } } });
    expect(parseRaw(raw)).toMatchObject({ ok: true, event: { subject: 'appointment:2026/77' } });
  });
});
