import { fakeAgeing } from './ageing.ts';
import { fakeAppointments } from './appointments.ts';
import { type FakeBroker, type OnEnqueued, fakeBroker } from './broker.ts';
import type { OnCall } from './calls.ts';
import { type FakeClock, fakeClock } from './clock.ts';
import { fakeDeliveries } from './deliveries.ts';
import { fakeHours } from './hours.ts';
import { recordingLog } from './log.ts';
import { fakePacing } from './pacing.ts';
import { seededRandom } from './random.ts';
import { fakeReminders } from './reminders.ts';
import { fakeChannelSwitches, fakeSenderCalendars, fakeStorageTime } from './sender-calendars.ts';
import {
  fakeDeadLetters,
  fakeFailures,
  fakeRejectedEvents,
  fakeStaffActions,
  fakeSuppressions,
  fakeUnmatchedReports,
} from './staff-tables.ts';
import { fakeSubjects } from './subjects.ts';

/** Everything the core needs from the outside but for the provider, in memory. */
export function fakePorts({
  clock = fakeClock(),
  onCall = () => undefined,
  onEnqueued = () => undefined,
}: { clock?: FakeClock; onCall?: OnCall; onEnqueued?: OnEnqueued } = {}) {
  const broker: FakeBroker = fakeBroker(clock, onCall, onEnqueued);
  const tables = {
    deliveries: fakeDeliveries(onCall),
    failures: fakeFailures(onCall),
    appointments: fakeAppointments(onCall),
    rejectedEvents: fakeRejectedEvents(onCall),
    unmatchedReports: fakeUnmatchedReports(onCall),
    deadLetters: fakeDeadLetters(onCall),
    staffActions: fakeStaffActions(onCall),
  };
  const pacing = {
    senderCalendars: fakeSenderCalendars(onCall),
    channelSwitches: fakeChannelSwitches(onCall),
    clock,
    random: seededRandom(),
  };
  return {
    ...tables,
    ...pacing,
    ...fakePacing(pacing),
    ageing: fakeAgeing(tables, onCall),
    ...recordingLog(),
    subjects: fakeSubjects(onCall),
    reminders: fakeReminders(onCall),
    hours: fakeHours(onCall),
    suppressions: fakeSuppressions(onCall),
    storageTime: fakeStorageTime(() => clock.now(), onCall),
    queues: broker.queues,
    broker,
  };
}
