import { type FakeBroker, fakeBroker } from './broker.ts';
import type { OnCall } from './calls.ts';
import { type FakeClock, fakeClock } from './clock.ts';
import { fakeDeliveries } from './deliveries.ts';
import { fakeHours } from './hours.ts';
import { recordingLog } from './log.ts';
import { seededRandom } from './random.ts';
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
}: { clock?: FakeClock; onCall?: OnCall } = {}) {
  const broker: FakeBroker = fakeBroker(clock, onCall);
  return {
    clock,
    random: seededRandom(),
    ...recordingLog(),
    deliveries: fakeDeliveries(onCall),
    subjects: fakeSubjects(onCall),
    hours: fakeHours(onCall),
    failures: fakeFailures(onCall),
    suppressions: fakeSuppressions(onCall),
    rejectedEvents: fakeRejectedEvents(onCall),
    unmatchedReports: fakeUnmatchedReports(onCall),
    deadLetters: fakeDeadLetters(onCall),
    staffActions: fakeStaffActions(onCall),
    queues: broker.queues,
    broker,
  };
}
