import { describe, expect, it } from 'vitest';
import { createBookings } from '../../shared/bookings.ts';
import type { SlotRequest } from '../../shared/calendar.ts';
import { LIMITS } from '../../shared/limits.ts';
import type { Scope } from '../../shared/scopes.ts';
import { fakeClock } from '../fakes/clock.ts';
import { recordingLog } from '../fakes/log.ts';
import { URGENT } from '../fakes/pacing.ts';
import { seededRandom } from '../fakes/random.ts';
import { fakeSenderCalendars } from '../fakes/sender-calendars.ts';

const HOUR = 3_600_000;
const SCOPE: Scope = {
  channel: 'sms',
  kind: 'long-code',
  name: '+4915112345600',
  windows: [{ limit: 2_000, seconds: 86_400 }],
};

describe('a damaged calendar row', () => {
  it('is written anew, so that what it blocks ends although nobody can wait for it', async () => {
    const clock = fakeClock(undefined, 'skipped');
    const senderCalendars = fakeSenderCalendars(() => undefined);
    const { log } = recordingLog();
    const limits = LIMITS.real;
    senderCalendars.rows.set(`${SCOPE.kind} ${SCOPE.name}`, { etag: 'damaged', unreadable: 'damaged' });
    const bookings = createBookings({
      senderCalendars,
      clock,
      random: seededRandom(),
      limits,
      urgent: URGENT,
    });
    const book = async () => {
      const deadline = new Date(clock.now().getTime() + 4 * HOUR);
      const request: SlotRequest = { lane: 'normal', units: 1, deadline };
      return (await bookings.book(SCOPE, [request], log))[0];
    };
    for (let hour = 0; hour < 20; hour += 1) {
      expect(await book()).toBeUndefined();
      await clock.wait(HOUR);
    }
    await clock.wait(4 * HOUR);
    expect(await book()).toBeDefined();
  });
});
