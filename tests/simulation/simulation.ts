import type { Channel, Plan } from '../../shared/delivery.ts';
import { LIMITS } from '../../shared/limits.ts';
import { isOpen } from '../../shared/status.ts';
import { fakePorts } from '../fakes/ports.ts';
import { seededRandom } from '../fakes/random.ts';
import { fakeStorageTime } from '../fakes/sender-calendars.ts';
import { type App, type Plant, createApp, hashOf } from './app.ts';
import { createBroker } from './broker.ts';
import { harmCalendars } from './calendar-faults.ts';
import { type FaultCounts, faultsFrom } from './faults.ts';
import { createJournal } from './journal.ts';
import { createOrchestrations } from './orchestrations.ts';
import { type Settings, changeLimits, switchChannels } from './people.ts';
import { type Process, createProcesses } from './processes.ts';
import { type Effect, createProvider } from './provider.ts';
import { publications } from './publications.ts';
import { waitsForPerson } from './given-up.ts';
import { quietHoursOf } from './quiet.ts';
import { createQuota, drawWindows, scopeWith } from './quota.ts';
import { createReporting } from './reporting.ts';
import { createServices } from './services.ts';
import { letStrangerIn } from './stranger.ts';
import { virtualTime } from './virtual-time.ts';
import { violationsOf } from './violations.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = new Date('2026-11-20T13:00:00.000Z');
/** From then on nothing more goes wrong of itself, so that everything can come to its end. */
const CALM = 20 * MINUTE;
const LONGEST = 30 * HOUR;
/** What was under way at the end, such as a failure row, and a last look by housekeeping. */
const AFTERWARDS = 15 * MINUTE;
const HOUSEKEEPING = 5 * MINUTE;
const PROCESSES = 3;
const CANARIES: Record<Channel, string> = { sms: '+436641234567', email: 'anna.berg@mail.example' };

export type SimulationOptions = {
  seed: number;
  deliveries: number;
  /** Share of visits among orders and visits, of 1. */
  visits?: number;
  plant?: Plant;
};

const VISITS = 0.08;

export type SimulationResult = {
  seed: number;
  deliveries: number;
  reminders: number;
  /** Events of which nothing becomes by itself any more. */
  givenUp: number;
  /** Planned once more, because what was planned before had been skipped for a state in between. */
  anew: number;
  effects: number;
  uncertain: number;
  /** Calls that found no room in the quota, each with a reason that is not ours. */
  refused: number;
  faults: FaultCounts;
  violations: readonly string[];
};

/** The real parsing, planning, booking, sending, reporting and housekeeping, with everything around them made of one seed. */
export async function simulate({
  seed,
  deliveries,
  visits = VISITS,
  plant = {},
}: SimulationOptions): Promise<SimulationResult> {
  const random = seededRandom(seed);
  const faults = faultsFrom(random);
  const time = virtualTime(START);
  const calmFrom = START.getTime() + CALM;
  const services = createServices(time, faults, calmFrom);
  const processes = createProcesses({ time, faults, services, calmFrom }, PROCESSES);
  const surroundings = { time, faults, processes, calmFrom };

  const quietHours = quietHoursOf(seed);
  const settings: Settings = { windows: drawWindows(faults), changing: 0, changed: 0 };
  const { windows } = settings;
  const quotas = { sms: createQuota(windows.sms, faults), email: createQuota(windows.email, faults) };
  const strangers = letStrangerIn(windows, quotas, surroundings);

  const broker = createBroker({ ...surroundings, limits: LIMITS.real, appOf });
  const trueClock = {
    now: () => new Date(time.now()),
    monotonic: time.now,
    wait: time.wait,
    learn: async () => undefined,
    advance: time.wait,
    waiting: 0,
  };
  const fakes = fakePorts({
    clock: trueClock,
    onCall: processes.onCall,
    onEnqueued: broker.onEnqueued(() => fakes.broker),
  });
  const orchestrations = createOrchestrations(
    { ...surroundings, remind: (due, process) => appOf(process).remind(due) },
    processes.onCall,
  );
  const usual = { ...fakes, random, reminders: { ...fakes.reminders, ...orchestrations.reminders } };
  const ports = { ...usual, ...plant.ports?.(usual) };
  const journal = createJournal(time, fakes.senderCalendars.rows);

  const reporting = createReporting(surroundings, (event, process) => appOf(process).report(event));
  const effects: Effect[] = [];
  const provider = createProvider({ ...surroundings, quotas }, (effect) => {
    effects.push(effect);
    reporting.of(effect);
  });
  const handedIn = {
    sms: plant.provider?.(provider.sms) ?? provider.sms,
    email: plant.provider?.(provider.email) ?? provider.email,
  };

  let runs = 0;
  const newRun = (): string => `run-${(runs += 1)}`;
  const apps = new WeakMap<Process, App>();
  function appOf(process: Process): App {
    const known = apps.get(process);
    if (known) return known;
    const app = createApp(
      { ports, provider: handedIn, journal, random, newRun, plant, quietHours },
      {
        local: process.local,
        storageTime: fakeStorageTime(trueClock.now, processes.onCall),
        scopes: {
          sms: scopeWith('sms', settings.windows.sms),
          email: scopeWith('email', settings.windows.email),
        },
      },
    );
    apps.set(process, app);
    return app;
  }

  const harm = harmCalendars(fakes, windows, surroundings);
  const heldBack = switchChannels(
    fakes.channelSwitches.rows,
    { sms: hashOf(CANARIES.sms), email: hashOf(CANARIES.email) },
    surroundings,
  );
  changeLimits(settings, quotas, fakes.senderCalendars.rows, surroundings);

  const published = publications({ deliveries, expiring: heldBack.length > 0, visits, start: START.getTime() }, faults);
  let unpublished = published.length;
  for (const { at, arrived = at, body } of published)
    time.at(at, () => {
      unpublished -= 1;
      broker.topic.put({ body, arrived: new Date(arrived), parked: 0, resubmitted: 0 });
    });

  const housekeep = (): void => {
    const process = processes.any();
    if (process) processes.runIn(process, () => appOf(process).sweep()).catch(() => undefined);
    time.after(HOUSEKEEPING, housekeep);
  };
  time.after(HOUSEKEEPING, housekeep);

  const rows = fakes.deliveries.rows;
  const { sms, email, retriedEvents, dropped } = fakes.broker;
  const isOver = (): boolean =>
    time.now() > calmFrom &&
    unpublished +
      broker.open() +
      reporting.open() +
      orchestrations.open() +
      sms.length +
      email.length +
      retriedEvents.length ===
      0 &&
    ![...rows.values()].some(({ progress }) => isOpen(progress));
  const ended = await time.pass(isOver, LONGEST);
  await time.pass(() => false, AFTERWARDS);
  for (const _ of dropped) faults.met('dropped-as-duplicate');

  const { calls } = provider;
  const reminders = [...rows.values()].flatMap(({ plan }) => (plan.reminder ? [plan] : []));
  return {
    seed,
    deliveries: rows.size,
    reminders: reminders.length,
    givenUp: published.filter(({ event, again }) => event && !again && waitsForPerson({ fakes }, event)).length,
    anew: reminders.length - new Set(reminders.map(reminderOf)).size,
    effects: effects.length,
    uncertain: [...rows.values()].filter(({ progress }) => progress.status === 'uncertain').length,
    refused: calls.filter(({ refused }) => refused).length,
    faults: faults.counts,
    violations: [
      ...(ended ? [] : ['it never came to an end']),
      ...violationsOf({
        published,
        fakes,
        effects,
        reporting,
        calls,
        journal,
        quotas,
        strangers,
        harm,
        heldBack,
        settings,
        quietHours,
      }),
    ],
  };
}

const reminderOf = ({ subject, reminder, channel }: Plan): string =>
  [subject, reminder?.start.toISOString(), reminder?.offset, channel].join(' ');
