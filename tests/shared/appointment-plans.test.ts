import { describe, expect, it } from 'vitest';
import type { AppointmentEventType } from '../../shared/appointment-events.ts';
import { deliveriesIn } from '../../shared/azure/deliveries.ts';
import { REMINDER } from '../../shared/messages/catalogue.ts';
import { planEvent } from '../../shared/plan.ts';
import { canBecomeOld, isOldNews, newestAfter } from '../../shared/subject.ts';
import { ONLY_LIMITS } from '../harm/only-limits.ts';
import { ARRIVED, eventOf } from './order-event.ts';

/** All of them start on 24 November at 13:30 UTC and last 45 minutes, and were to start on the day before at 8:00 UTC. */
const plansAt = (time: string, type: AppointmentEventType, overrides: Parameters<typeof eventOf>[1] = {}) =>
  planEvent(eventOf(type, { ...overrides, envelope: { time } }), ARRIVED);

const deadlineAt = (time: string, type: AppointmentEventType) => plansAt(time, type)[0]!.deadline.toISOString();
const latestAt = (time: string, type: AppointmentEventType) => plansAt(time, type)[0]!.quiet?.latest?.toISOString();

describe('a message about an appointment', () => {
  it.each<[AppointmentEventType, string, string]>([
    ['appointment.booked', '2026-11-21T08:00:00Z', '2026-11-23T08:00:00.000Z'],
    ['appointment.booked', '2026-11-21T07:59:00Z', '2026-11-23T07:59:00.000Z'],
    ['appointment.completed', '2026-11-20T15:00:00Z', '2026-11-22T15:00:00.000Z'],
    ['appointment.missed', '2026-11-20T15:00:00Z', '2026-11-21T15:00:00.000Z'],
  ])('%s of %s is given up at %s', (type, time, deadline) => {
    expect(deadlineAt(time, type)).toBe(deadline);
  });

  it.each<[AppointmentEventType, Record<string, unknown>, string]>([
    ['appointment.booked', {}, '2026-11-21T12:00:00.000Z'],
    ['appointment.rescheduled', {}, '2026-11-21T12:00:00.000Z'],
    ['appointment.cancelled', {}, '2026-11-21T12:45:00.000Z'],
  ])('%s is pointless once the visit has begun, or is over', (type, data, end) => {
    const plans = plansAt('2026-11-21T08:00:00Z', type, { appointment: { start: '2026-11-21T12:00:00Z' }, data });
    for (const plan of plans) expect([plan.deadline.toISOString(), plan.expiresAt?.toISOString()]).toEqual([end, end]);
  });

  it('is held at night, but for an hour before the next visit that is still to come', () => {
    expect(latestAt('2026-11-21T08:00:00Z', 'appointment.booked')).toBe('2026-11-24T12:30:00.000Z');
    expect(latestAt('2026-11-21T08:00:00Z', 'appointment.cancelled')).toBe('2026-11-24T12:30:00.000Z');
    expect(latestAt('2026-11-21T08:00:00Z', 'appointment.rescheduled')).toBe('2026-11-23T07:00:00.000Z');
    const movedLate = plansAt('2026-11-21T08:00:00Z', 'appointment.rescheduled', {
      data: { previousStart: '2026-11-20T09:00:00Z' },
    });
    expect(movedLate[0]!.quiet?.latest?.toISOString()).toBe('2026-11-24T12:30:00.000Z');
    for (const type of ['appointment.completed', 'appointment.missed'] as const)
      expect(plansAt('2026-11-21T08:00:00Z', type)[0]!.quiet).toEqual({ zone: 'Europe/Vienna', tooLate: 'expire' });
  });

  it('keeps to the nights of its customer, not of its place', () => {
    const [sms] = plansAt('2026-11-21T08:00:00Z', 'appointment.booked', { customer: { timeZone: 'America/New_York' } });
    expect(sms!.quiet?.zone).toBe('America/New_York');
  });

  it('that somebody may be about to leave for is urgent', () => {
    const lanes = (['booked', 'rescheduled', 'cancelled', 'completed', 'missed'] as const).map(
      (what) => plansAt('2026-11-21T08:00:00Z', `appointment.${what}`)[0]!.lane,
    );
    expect(lanes).toEqual(['normal', 'urgent', 'urgent', 'normal', 'normal']);
  });
});

it('the longest appointment that there is fits a row of the table, entry and all', async () => {
  const long = (words: string, length: number) => words.repeat(length).slice(0, length);
  const link = 'https://track.example.com/'.padEnd(128, 'x,;');
  const plans = plansAt('2026-11-21T08:00:00Z', 'appointment.rescheduled', {
    appointment: {
      number: 'ö'.repeat(32),
      service: long('店🎁', 100).toWellFormed(),
      staff: long('店', 60),
      place: long('<&"店', 200),
      joinLink: link,
      manageLink: link,
    },
    shop: { name: long('<店', 100) },
    customer: { name: long('"店', 200) },
  });
  for (const { content } of plans) expect(content).toBeDefined();
  await expect(deliveriesIn(ONLY_LIMITS).plan(plans)).resolves.toBeUndefined();
});

describe('what is newest about an appointment', () => {
  it('has its start', () => {
    const current = newestAfter({}, eventOf('appointment.rescheduled'));
    expect(current['appointment.rescheduled']).toEqual({
      revision: 1,
      time: '2026-11-21T08:59:30.000Z',
      id: 'evt-1',
      start: '2026-11-24T13:30:00.000Z',
    });
    expect(newestAfter({}, eventOf('order.placed'))['order.placed']).not.toHaveProperty('start');
  });

  it('makes a message old by its own rule, not by that of its event’s type, unless it is unknown', () => {
    const [plan] = planEvent(eventOf('appointment.booked'), ARRIVED);
    const cancelled = eventOf('appointment.cancelled', { envelope: { id: 'b' }, data: { revision: 2 } });
    const isOld = (message: string) => isOldNews({ ...plan!, message }, newestAfter({}, cancelled));
    expect([REMINDER.name, 'appointment-booked', 'gone', 'appointment-completed'].map(isOld)).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(canBecomeOld({ ...plan!, message: 'order-placed' })).toBe(false);
  });
});
