import { beforeEach, describe, expect, it } from 'vitest';
import { takeEvents } from '../../shared/intake.ts';
import { remind } from '../../shared/remind.ts';
import { bytesOf, INTAKE_SETTINGS, rawEvent } from '../shared/order-event.ts';
import { fakeWorld, NOW } from './world.ts';

const HOUR = 3_600_000;
const at = (hours: number) => new Date(NOW.getTime() + hours * HOUR);
const SOURCE = '/shops/nordlicht';

describe('reminders', () => {
  let world: ReturnType<typeof fakeWorld>;
  const dependencies = () => ({ ...world, ...INTAKE_SETTINGS });

  const news = (
    number: string,
    revision: number,
    {
      type = 'booked',
      start,
      arrived = NOW,
      data = {},
    }: { type?: 'booked' | 'rescheduled' | 'cancelled'; start: Date; arrived?: Date; data?: object },
  ) => {
    const raw = rawEvent(`appointment.${type}`, {
      envelope: { id: `${number}-${revision}`, source: SOURCE, time: arrived.toISOString() },
      appointment: { number, start: start.toISOString(), timeZone: 'Europe/Vienna' },
      customer: { channels: ['sms'] },
      data: { revision, ...data },
    });
    return takeEvents([{ body: bytesOf(raw), arrived, parked: 0, resubmitted: 0 }], dependencies());
  };

  beforeEach(async () => {
    world = fakeWorld({ width: 140 });
    await news('7', 0, { start: at(70) });
    await news('8', 0, { start: at(100), data: { reminders: ['3h'] } });
    await news('9', 0, { start: at(90) });
    await news('9', 1, { type: 'cancelled', start: at(90) });
  });

  it('lists what waits, the next one first, and why', async () => {
    expect((await world.notify('reminders')).out).toMatchInlineSnapshot(`
      "3 reminders waiting, of appointments that begin within 31 days.

        due                                     appointment    begins            reminder               why
        2026-11-22 16:00  in 2 d 1 h   waiting  appointment:7  2026-11-23 12:30  at 17:00 1 day before  usual, booked by event 7-0
        2026-11-23 11:30  in 2 d 21 h  waiting  appointment:7  2026-11-23 12:30  1 h before             usual, booked by event 7-0
        2026-11-24 15:30  in 4 d 1 h   waiting  appointment:8  2026-11-24 18:30  3 h before             named by its event, booked by event 8-0
      "
    `);
  });

  it('says which are late: due, and planned by nobody', async () => {
    await news('6', 0, { start: at(3), arrived: at(-30), data: { reminders: ['2h', '4h'] } });
    const { out, err } = await world.notify('reminders');
    expect(out).toMatch(/1 late/);
    expect(out).toMatch(/late +appointment:6 .* 4 h before/);
    expect(err).toContain('docs/runbook.md');
  });

  it('looks no further than it is asked to', async () => {
    expect((await world.notify('reminders', '--days', '3')).out).not.toContain('appointment:8');
    const { out, err } = await world.notify('reminders', '--limit', '1');
    expect(out.split('\n').filter((line) => line.includes('appointment:'))).toHaveLength(1);
    expect(err).toContain('The next 1 of 3 are shown; --limit 0 shows all.');
  });

  it('tells of one appointment everything, also what is over and what was planned', async () => {
    await news('7', 1, { type: 'rescheduled', start: at(74) });
    await world.clock.advance(49 * HOUR);
    const due = {
      source: SOURCE,
      subject: 'appointment:7',
      start: at(74).toISOString(),
      event: '7-1',
      trace: 'f00d',
      late: false,
    };
    await remind({ ...due, offset: '1d@17:00' }, dependencies());
    expect((await world.notify('reminders', '7')).out).toMatchInlineSnapshot(`
      "appointment:7: 1 reminder waiting.

        due                                       appointment    begins            reminder               why
        2026-11-22 16:00  in 30 min 0 s  void     appointment:7  2026-11-23 12:30  at 17:00 1 day before  event 7-0 is no longer the newest
        2026-11-22 16:00  in 30 min 0 s  planned  appointment:7  2026-11-23 16:30  at 17:00 1 day before  its deliveries are planned
        2026-11-23 11:30  in 20 h 0 min  void     appointment:7  2026-11-23 12:30  1 h before             event 7-0 is no longer the newest
        2026-11-23 15:30  in 1 d 0 h     waiting  appointment:7  2026-11-23 16:30  1 h before             usual, rescheduled by event 7-1
      "
    `);
  });

  it('is there for programs, too', async () => {
    const { out } = await world.notify('reminders', '--json');
    expect((JSON.parse(out) as unknown[])[2]).toEqual({
      subject: 'appointment:8',
      source: SOURCE,
      event: '8-0',
      start: at(100).toISOString(),
      due: at(97).toISOString(),
      offset: '3h',
      standing: 'waiting',
      rule: 'named by its event',
    });
  });

  it('says when there is nothing, or nothing known', async () => {
    expect((await world.notify('reminders', '--days', '0')).out).toBe(
      'No reminders are waiting, of appointments that begin within 0 days.\n',
    );
    expect(await world.notify('reminders', '10')).toMatchObject({
      code: 1,
      err: expect.stringContaining('Nothing is known'),
    });
  });
});
