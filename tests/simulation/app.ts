import { type Bookings, createBookings } from '../../shared/bookings.ts';
import { takeDeadLetter } from '../../shared/dead-letters.ts';
import type { Channel } from '../../shared/delivery.ts';
import { writeFailure } from '../../shared/failures.ts';
import { sweep } from '../../shared/housekeeping.ts';
import { type IncomingEvent, takeEvents } from '../../shared/intake.ts';
import { remind } from '../../shared/remind.ts';
import type { DueReminder } from '../../shared/reminders.ts';
import { type Limits, LIMITS } from '../../shared/limits.ts';
import type { Clock, Copy, DeadLetter, EmailProvider, Random } from '../../shared/ports.ts';
import type { QuietHours } from '../../shared/quiet-hours.ts';
import type { Scope } from '../../shared/scopes.ts';
import { sendCopy } from '../../shared/send.ts';
import { type StorageClock, type StorageTime, storageClock } from '../../shared/storage-clock.ts';
import { createSwitches } from '../../shared/switches.ts';
import { takeReport } from '../../shared/take-report.ts';
import { URGENT } from '../fakes/pacing.ts';
import type { fakePorts } from '../fakes/ports.ts';
import { INTAKE_SETTINGS } from '../shared/order-event.ts';
import type { Journal } from './journal.ts';

export type Ports = ReturnType<typeof fakePorts>;

/** What a planted bug replaces: always something that is handed in. */
export type Plant = {
  ports?: (ports: Ports) => Partial<Ports>;
  provider?: (provider: EmailProvider) => EmailProvider;
  bookings?: (bookings: Bookings, clock: Clock) => Bookings;
  clock?: (clock: StorageClock, local: Clock) => StorageClock;
  /** Of everything but the calendar's own rules. */
  limits?: Partial<Limits>;
  /** Of the calendar's own rules. */
  calendar?: Partial<Limits>;
  /** What the app takes for them, at another time of the day. */
  quietHours?: QuietHours;
  /** The invocation id of every run. */
  run?: string;
  /** Tells Event Grid that all is well, whatever happened. */
  reportsSwallowErrors?: true;
  housekeepingSleeps?: true;
};

export const REPORT_DEADLINE = 60 * 60_000;

type World = {
  ports: Ports;
  provider: Record<Channel, EmailProvider>;
  journal: Journal;
  random: Random;
  /** Never the same one twice. */
  newRun: () => string;
  plant: Plant;
  quietHours: QuietHours | undefined;
};

type Instance = {
  local: Clock;
  /** The row of its own by which it learns the storage service's time. */
  storageTime: StorageTime;
  scopes: Record<Channel, Scope>;
};

/** The app as one process runs it: what it remembers of time, calendars and channels dies with it. */
export function createApp(
  { ports, provider, journal, random, newRun, plant, quietHours }: World,
  { local, storageTime, scopes }: Instance,
) {
  const limits = { ...LIMITS.real, ...plant.limits };
  const learnt = storageClock(storageTime, local);
  const clock = plant.clock?.(learnt, local) ?? learnt;
  const senderCalendars = journal.ofCalendars(ports.senderCalendars);
  const bookings = createBookings({
    senderCalendars,
    clock,
    random,
    limits: { ...LIMITS.real, ...plant.calendar },
    urgent: URGENT,
  });
  const common = {
    ...ports,
    ...INTAKE_SETTINGS,
    clock: local,
    random,
    limits,
    environment: 'simulation',
    reportDeadline: REPORT_DEADLINE,
  };
  const paced = {
    ...common,
    clock,
    subjects: journal.ofSubjects(ports.subjects),
    bookings: journal.ofBookings(plant.bookings?.(bookings, clock) ?? bookings),
    switches: createSwitches({ ...ports, clock, limits }),
    scopeOf: (channel: Channel) => scopes[channel],
    unitsOf: () => 1,
    quietHoursOf: () => plant.quietHours ?? quietHours,
    senderFor: ({ channel }: { channel: Channel }) => scopes[channel].name,
    addressHashes: (_channel: Channel, address: string) => [hashOf(address)],
  };
  return {
    intake: (events: IncomingEvent[]) => takeEvents(events, paced),
    send: (channel: Channel, copy: Copy) =>
      sendCopy(copy, plant.run ?? newRun(), {
        ...paced,
        ...(channel === 'sms' ? { channel, provider: provider.sms } : { channel, provider: provider.email }),
        writeFailure: (delivery) => writeFailure(delivery, ports.failures, local.now()),
      }),
    async report(event: unknown) {
      const taken = takeReport(event, common);
      await (plant.reportsSwallowErrors ? taken.catch(() => undefined) : taken);
    },
    remind: (due: DueReminder) => remind(due, paced),
    bury: (letter: DeadLetter) => takeDeadLetter(letter, common),
    sweep: async () => {
      if (!plant.housekeepingSleeps) await sweep(common);
    },
  };
}

export type App = ReturnType<typeof createApp>;

export const hashOf = (address: string): string => `k1:${address}`;
