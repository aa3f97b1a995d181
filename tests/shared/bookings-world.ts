import { type Bookings, createBookings, rulesOf } from '../../shared/bookings.ts';
import type { SlotRequest } from '../../shared/calendar.ts';
import { LIMITS } from '../../shared/limits.ts';
import { URGENT } from '../fakes/pacing.ts';
import type { Scope } from '../../shared/scopes.ts';
import type { OnCall } from '../fakes/calls.ts';
import { fakeClock } from '../fakes/clock.ts';
import { recordingLog } from '../fakes/log.ts';
import { seededRandom } from '../fakes/random.ts';
import { fakeSenderCalendars } from '../fakes/sender-calendars.ts';

export const SCOPE: Scope = {
  channel: 'sms',
  kind: 'toll-free',
  name: '+18005550199',
  windows: [{ limit: 200, seconds: 60 }],
};
export const KEY = `${SCOPE.kind} ${SCOPE.name}`;

export const limits = LIMITS.real;
export const RULES = rulesOf(SCOPE, limits, URGENT);

/** One table, and as many processes at it as a test asks for. Waits are over at once, and time has gone on by then. */
export function bookingsWorld(onCall: OnCall = () => undefined) {
  const clock = fakeClock(undefined, 'skipped');
  let hook = onCall;
  const calls: string[] = [];
  const senderCalendars = fakeSenderCalendars((call) => {
    if (call.moment === 'before') calls.push(call.operation);
    return hook(call);
  });
  const { log, entries } = recordingLog();
  let processes = 0;
  return {
    clock,
    log,
    entries,
    calls,
    senderCalendars,
    rows: senderCalendars.rows,
    row: () => senderCalendars.rows.get(KEY),
    /** From now on, around every operation of the table. */
    setHook: (next: OnCall) => void (hook = next),
    process: (): Bookings =>
      createBookings({
        senderCalendars,
        clock,
        random: seededRandom((processes += 1)),
        limits,
        urgent: URGENT,
      }),
    request: (request: Partial<SlotRequest> = {}): SlotRequest => ({
      lane: 'normal',
      units: 1,
      deadline: new Date(clock.now().getTime() + 24 * 3_600_000),
      ...request,
    }),
    events: () => entries.map(({ level, event }) => `${level} ${event}`),
  };
}
