import { describe, expect, it } from 'vitest';
import { EMPTY_CALENDAR } from '../../shared/calendar.ts';
import { OPEN_GATE } from '../../shared/gate.ts';
import { LIMITS } from '../../shared/limits.ts';
import { KEY } from './bookings-world.ts';
import { sendWorld } from './send-world.ts';

const { lookAge, shortWait } = LIMITS.real;

describe('a delivery that waits at a loan', () => {
  it('is not called there when it was taken back by a write that took long', async () => {
    const world = sendWorld();
    const { clock, plan, dependencies, senderCalendars } = world;
    const slot = new Date(clock.now().getTime() + shortWait + lookAge - 100);
    Object.assign(world.deliveries.rows.get(plan.id)!.plan, { firstSlot: slot, firstBooking: 'loan' });
    await dependencies.bookings.look(dependencies.scopeOf('sms', ''), dependencies.log);
    await clock.wait(lookAge - 50);
    const calendar = { ...EMPTY_CALENDAR, voids: [slot.getTime()] };
    senderCalendars.rows.set(KEY, { etag: 'late', state: { calendar, gate: OPEN_GATE } });
    await world.drain();
    expect(world.effective).toHaveLength(1);
    const row = senderCalendars.rows.get(KEY)!;
    expect(
      'state' in row && Math.max(row.state.calendar.normal.last, row.state.calendar.urgent.last),
    ).toBeGreaterThanOrEqual(slot.getTime());
  });
});
