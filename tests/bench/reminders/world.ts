import pLimit from 'p-limit';
import { personOf } from '../../../demo/people-of-files.ts';
import { LIMITS } from '../../../shared/limits.ts';
import type { QuietHours } from '../../../shared/quiet-hours.ts';
import type { Scope } from '../../../shared/scopes.ts';
import { QUOTAS } from '../../../shared/senders.ts';
import type { PortCall } from '../../fakes/calls.ts';
import { fakePorts } from '../../fakes/ports.ts';
import { fakeStorageTime } from '../../fakes/sender-calendars.ts';
import { seededRandom } from '../../fakes/random.ts';
import { bytesOf, rawEvent } from '../../shared/order-event.ts';
import { createApp } from '../../simulation/app.ts';
import { faultsFrom } from '../../simulation/faults.ts';
import { createJournal } from '../../simulation/journal.ts';
import { createOrchestrations } from '../../simulation/orchestrations.ts';
import { virtualTime } from '../../simulation/virtual-time.ts';
import { wakeLateness } from '../virtual/lateness.ts';
import { createNumber, providerOf } from '../virtual/provider.ts';
import { createWorkers } from '../virtual/workers.ts';
import type { Visit } from './day.ts';

export const ZONE = 'America/Sao_Paulo';
export const QUIET: QuietHours = { start: 21 * 60, end: 8 * 60 };
const [WINDOW] = QUOTAS['toll-free'];
export const QUOTA = WINDOW!;
const PROCESSES = 2;
/** Activities that one process runs at once. */
const ACTIVITIES = 10;
/** What an operation of a table or the broker takes, in ms. */
const OPERATION = { least: 2, most: 8 };
/** Local clocks are up to so many ms off. */
const SKEW = 2_000;

/** Two processes of the app from event to provider, over fakes in virtual time, with the quota of one number. */
export function createWorld(start: Date, seed: number) {
  const time = virtualTime(start);
  const random = seededRandom(seed);
  const between = (least: number, most: number): number => least + random() * (most - least);
  const onCall = async ({ moment }: PortCall): Promise<void> => {
    if (moment === 'before') await time.wait(between(OPERATION.least, OPERATION.most));
  };
  const trueClock = {
    now: () => new Date(time.now()),
    monotonic: () => time.now() - start.getTime(),
    wait: time.wait,
    learn: async () => undefined,
    advance: time.wait,
    waiting: 0,
  };
  const scope: Scope = { channel: 'sms', kind: 'toll-free', name: '+18005550199', windows: [QUOTA] };
  const number = createNumber({ ...QUOTA, fixed: false, refusalsCount: true, stranger: 0 }, time, random);
  const provider = providerOf(number);

  const fakes = fakePorts({ clock: trueClock, onCall });
  const orchestrations = createOrchestrations(
    {
      time,
      faults: faultsFrom(random),
      processes: {
        any: () => anyInstance(),
        runIn: ({ activities }, run) => activities(run),
      },
      calmFrom: start.getTime(),
      remind: (due, { app }) => app.remind(due),
    },
    onCall,
  );
  const ports = {
    ...fakes,
    reminders: { ...fakes.reminders, ...orchestrations.reminders },
    queues: {
      ...fakes.queues,
      async sendCopies(_channel: string, copies: Parameters<typeof fakes.queues.sendCopies>[1]) {
        await onCall({ port: 'queues', operation: 'sendCopies', moment: 'before' });
        workers.put(copies);
      },
    },
  };
  const journal = createJournal(time, fakes.senderCalendars.rows);
  let runs = 0;
  const surroundings = {
    ports,
    provider: { sms: provider, email: provider },
    journal,
    random,
    newRun: () => `run-${(runs += 1)}`,
    plant: {},
    quietHours: QUIET,
  };
  const instances = Array.from({ length: PROCESSES }, () => {
    const skew = between(-SKEW, SKEW);
    const local = { ...trueClock, now: () => new Date(time.now() + skew) };
    const storageTime = fakeStorageTime(trueClock.now, onCall);
    const app = createApp(surroundings, { local, storageTime, scopes: { sms: scope, email: scope } });
    return { app, busy: 0, activities: pLimit(ACTIVITIES), onDeath: new Set<() => void>() };
  });
  const anyInstance = () => instances[Math.floor(random() * instances.length)]!;
  const workers = createWorkers(
    {
      instances,
      concurrency: LIMITS.real.concurrency,
      lateness: wakeLateness(random, LIMITS.real.shortWait),
      run: (copy, { app }) => app.send('sms', copy),
    },
    time,
    random,
  );

  return {
    time,
    arrivals: number.arrivals,
    deliveries: fakes.deliveries.rows,
    /** Tells intake of a visit when it is booked. */
    book(visit: Visit): void {
      time.at(visit.booked.getTime(), () => {
        const body = bytesOf(bookedEvent(visit));
        void anyInstance().app.intake([{ body, arrived: visit.booked, parked: 0, resubmitted: 0 }]);
      });
    },
    isIdle: () => workers.isIdle() && orchestrations.open() === 0,
  };
}

function bookedEvent({ number, booked, start }: Visit) {
  return rawEvent('appointment.booked', {
    envelope: { id: `${number}-0`, time: booked.toISOString() },
    appointment: { number, start: start.toISOString(), timeZone: ZONE },
    customer: { ...personOf(number, ['pt-BR']), channels: ['sms'] },
    data: { revision: 0 },
  });
}
