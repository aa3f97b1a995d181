import { AsyncLocalStorage } from 'node:async_hooks';
import { takeDeadLetter } from '../../shared/dead-letters.ts';
import type { Channel, Delivery } from '../../shared/delivery.ts';
import { writeFailure } from '../../shared/failures.ts';
import { type IncomingEvent, takeEvents } from '../../shared/intake.ts';
import { LIMITS } from '../../shared/limits.ts';
import type { Copy, DeadLetter, EmailProvider } from '../../shared/ports.ts';
import { remind } from '../../shared/remind.ts';
import { sendCopy } from '../../shared/send.ts';
import type { StorageClock } from '../../shared/storage-clock.ts';
import { takeReport } from '../../shared/take-report.ts';
import type { PortCall } from '../fakes/calls.ts';
import { fakePacing } from '../fakes/pacing.ts';
import { fakePorts } from '../fakes/ports.ts';
import { seededRandom } from '../fakes/random.ts';
import { bytesOf, INTAKE_SETTINGS, rawEvent } from '../shared/order-event.ts';
import { emailReport, smsReport } from '../shared/event-grid.ts';
import { createBroker } from '../simulation/broker.ts';
import { workOff } from '../simulation/entity.ts';
import { faultsFrom } from '../simulation/faults.ts';
import { createOrchestrations } from '../simulation/orchestrations.ts';
import type { Process } from '../simulation/processes.ts';
import { virtualTime } from '../simulation/virtual-time.ts';
import { BATCH, REMINDER, UNTIL_VISIT } from './cases.ts';
import type { Moment } from '../proxies/seen.ts';
import { type Memory, type Operation, type Point, watchFor } from './points.ts';
import { rememberingProvider } from './provider.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const START = new Date('2026-11-20T13:00:00.000Z');
/** From the death of the process to the next one. */
const RESTART: Record<Memory, number> = { inside: 2 * SECOND, beyond: 10 * MINUTE };
const REPORT_AFTER = 3 * SECOND;
const LONGEST = 60 * MINUTE;
const ENVIRONMENT = 'crash';

type Ports = ReturnType<typeof fakePorts>;

/** What is broken on purpose: always something that is handed in. */
export type Plant = { ports?: (ports: Ports) => Partial<Ports>; provider?: (provider: EmailProvider) => EmailProvider };

export type Outcome = { deliveries: readonly Delivery[]; effective: readonly string[]; deaths: number };

const buried = (): never => {
  throw new Error('a report was taken too often');
};

const never = (): Promise<never> => new Promise(() => {});

/**
 * The real intake, sending, reporting and dead letters over fake ports, in one process that dies at a point and is
 * followed by another one. Housekeeping never runs: nothing may need it.
 */
export async function die(
  point: Point,
  { channels, memory, plant = {} }: { channels: readonly Channel[]; memory: Memory; plant?: Plant },
): Promise<Outcome> {
  const time = virtualTime(START);
  const limits = LIMITS.real;
  const isReached = watchFor(point.mark);
  const clock: StorageClock = {
    now: () => new Date(time.now()),
    monotonic: () => time.now() - START.getTime(),
    wait: time.wait,
    learn: async () => undefined,
  };
  const inside = new AsyncLocalStorage<Process>();
  let living: Process | undefined;
  let isEnding = false;
  let deaths = 0;
  const start = (): void =>
    void (living = { alive: true, stillUntil: 0, local: clock, onDeath: new Set(), onPause: new Set() });
  start();

  function kill(process: Process): void {
    deaths += 1;
    process.alive = false;
    living = undefined;
    isEnding = false;
    for (const tell of process.onDeath) tell();
    time.after(RESTART[memory], start);
  }

  async function see(operation: string, moment: Moment): Promise<void> {
    const process = inside.getStore();
    if (!process) return;
    if (process.alive) await time.wait(1);
    if (process.alive && operation === point.askedToEndAt) isEnding = true;
    if (process.alive && isReached(operation as Operation, moment)) kill(process);
    if (!process.alive) await never();
  }
  const onCall = ({ port, operation, moment }: PortCall): Promise<void> => see(`${port}.${operation}`, moment);

  const fakes = fakePorts({
    clock: { ...clock, advance: time.wait, waiting: 0 },
    onCall,
    onEnqueued: (entity, at) => broker.onEnqueued(() => fakes.broker)(entity, at),
  });
  const processes = {
    any: () => (isEnding ? undefined : living),
    runIn: <Result>(process: Process, run: () => Promise<Result>) => inside.run(process, run),
  };
  const context = { time, faults: faultsFrom(seededRandom()), processes, limits, calmFrom: START.getTime() };
  const orchestrations = createOrchestrations(
    { ...context, remind: (due, process) => remind(due, { ...common, ...pacingOf(process) }) },
    onCall,
  );
  const usual = { ...fakes, reminders: { ...fakes.reminders, ...orchestrations.reminders } };
  const ports: Ports = { ...usual, ...plant.ports?.(usual) };
  const common = { ...ports, ...INTAKE_SETTINGS, clock, limits, environment: ENVIRONMENT };
  /** What a process remembers of calendars and channels dies with it. */
  const pacings = new WeakMap<Process, ReturnType<typeof fakePacing>>();
  function pacingOf(process: Process): ReturnType<typeof fakePacing> {
    const pacing = pacings.get(process) ?? fakePacing({ ...ports, clock }, { limits });
    pacings.set(process, pacing);
    return pacing;
  }

  const broker = createBroker({ ...context, appOf: (process) => appOf(process) });
  const { sms, email, retriedEvents } = fakes.broker;

  // Event Grid comes again as well when its push is not answered.
  const reports = workOff<unknown>(
    { handle: ([report]) => takeReport(report, common), batch: 1, concurrency: 1, deadLetter: buried },
    context,
  );
  const provider = rememberingProvider({
    onCall,
    now: time.now,
    refusesFirst: point.given === 'throttled',
    taken: (channel, attempt) => {
      if (point.given === 'reported') time.after(REPORT_AFTER, () => reports.put(reportOf(channel, attempt)));
    },
  });

  let runs = 0;
  const send = (channel: Channel, copy: Copy, process: Process): Promise<void> => {
    const own = plant.provider?.(provider.of(channel)) ?? provider.of(channel);
    return sendCopy(copy, `run-${(runs += 1)}`, {
      ...common,
      ...pacingOf(process),
      channel,
      provider: own,
      writeFailure: (delivery) => writeFailure(delivery, ports.failures, clock.now()),
    });
  };

  const completed = (operation: Operation, handled: Promise<void>): Promise<void> =>
    handled.then(() => see(operation, 'before'));
  const appOf = (process: Process) => ({
    intake: (events: readonly IncomingEvent[]) =>
      completed('intake.complete', takeEvents(events, { ...common, ...pacingOf(process) })),
    send: (channel: Channel, copy: Copy) => completed('send.complete', send(channel, copy, process)),
    bury: (letter: DeadLetter) => takeDeadLetter(letter, common),
  });
  for (const body of eventsOf(point, channels)) {
    const event = { body, arrived: clock.now(), parked: 0, resubmitted: 0 };
    if (point.given === 'dead letter') broker.deadLetters.put(letterOf(event));
    else broker.topic.put(event);
  }

  const rows = (): Delivery[] => [...fakes.deliveries.rows.values()];
  const isOver = (): boolean =>
    deaths > 0 &&
    living !== undefined &&
    broker.open() + orchestrations.open() + reports.open() + sms.length + email.length + retriedEvents.length === 0 &&
    rows().every(({ progress: { status } }) => status !== 'planned' && status !== 'sending');
  if (!(await time.pass(isOver, LONGEST))) throw new Error(`it never came to an end: ${deaths} deaths`);
  return { deliveries: rows(), effective: provider.effective, deaths };
}

function eventsOf({ given }: Point, channels: readonly Channel[]): Uint8Array[] {
  if (given === 'appointment')
    return [
      bytesOf(
        rawEvent('appointment.booked', {
          envelope: { id: 'booked', time: START.toISOString() },
          appointment: { start: new Date(START.getTime() + UNTIL_VISIT).toISOString() },
          customer: { channels },
          data: { reminders: [REMINDER] },
        }),
      ),
    ];
  const count = given === 'batch' ? BATCH : 1;
  return Array.from({ length: count }, (_, index) =>
    bytesOf(
      rawEvent('order.placed', {
        envelope: { id: `placed-${index}`, time: START.toISOString() },
        order: { number: String(index) },
        customer: { channels },
      }),
    ),
  );
}

const letterOf = ({ body, arrived, resubmitted }: IncomingEvent): DeadLetter => ({
  at: arrived,
  entity: 'order-events/notifications',
  body,
  arrived,
  resubmitted,
  enqueued: arrived,
  sequenceNumber: '1',
  messageId: '',
  reason: 'MaxDeliveryCountExceeded',
  description: '',
  deliveryCount: LIMITS.real.maxDeliveryCount,
});

const reportOf = (channel: Channel, attempt: string): unknown =>
  channel === 'sms' ? smsReport({ tag: `${ENVIRONMENT}:${attempt}` }) : emailReport({ messageId: attempt });
