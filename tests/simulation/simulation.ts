import { takeDeadLetter } from '../../shared/dead-letters.ts';
import type { Channel } from '../../shared/delivery.ts';
import { writeFailure } from '../../shared/failures.ts';
import { sweep } from '../../shared/housekeeping.ts';
import { type IncomingEvent, takeEvents } from '../../shared/intake.ts';
import { type Limits, LIMITS } from '../../shared/limits.ts';
import type { Copy, DeadLetter, EmailProvider } from '../../shared/ports.ts';
import { sendCopy } from '../../shared/send.ts';
import type { StorageClock } from '../../shared/storage-clock.ts';
import { takeReport } from '../../shared/take-report.ts';
import { fakePacing } from '../fakes/pacing.ts';
import { fakePorts } from '../fakes/ports.ts';
import { seededRandom } from '../fakes/random.ts';
import { INTAKE_SETTINGS } from '../shared/order-event.ts';
import { workOff } from './entity.ts';
import { type FaultCounts, faultsFrom } from './faults.ts';
import { type Process, createProcesses } from './processes.ts';
import { createProvider, type Effect } from './provider.ts';
import { publications } from './publications.ts';
import { createReporting } from './reporting.ts';
import { virtualTime } from './virtual-time.ts';
import { violationsOf } from './violations.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = new Date('2026-11-20T13:00:00.000Z');
/** From then on nothing more goes wrong of itself, so that everything can come to its end. */
const CALM = 20 * MINUTE;
const REPORT_DEADLINE = 3 * HOUR;
const LONGEST = 30 * HOUR;
/** What was under way at the end, such as a failure row, and a last look by housekeeping. */
const AFTERWARDS = 15 * MINUTE;
const PROCESSES = 3;
const CHANNELS: readonly Channel[] = ['sms', 'email'];

type Ports = ReturnType<typeof fakePorts>;

/** What a planted bug replaces: always something that is handed in. */
export type Plant = {
  ports?: (ports: Ports) => Partial<Ports>;
  provider?: (provider: EmailProvider) => EmailProvider;
  limits?: Partial<Limits>;
  /** Tells Event Grid that all is well, whatever happened. */
  reportsSwallowErrors?: true;
  housekeepingSleeps?: true;
};

export type SimulationOptions = { seed: number; orders: number; plant?: Plant };

export type SimulationResult = {
  seed: number;
  deliveries: number;
  effects: number;
  uncertain: number;
  faults: FaultCounts;
  violations: readonly string[];
};

/** The real parsing, planning, sending, reporting and housekeeping, with everything around them made of one seed. */
export async function simulate({ seed, orders, plant = {} }: SimulationOptions): Promise<SimulationResult> {
  const random = seededRandom(seed);
  const faults = faultsFrom(random);
  const time = virtualTime(START);
  const calmFrom = START.getTime() + CALM;
  const processes = createProcesses(time, faults, PROCESSES, calmFrom);
  const limits = { ...LIMITS.real, ...plant.limits };

  const clock: StorageClock = {
    now: () => new Date(time.now()),
    monotonic: () => time.now() - START.getTime(),
    wait: time.wait,
    learn: async () => undefined,
  };
  const fakes = fakePorts({ clock: { ...clock, advance: time.wait, waiting: 0 }, onCall: processes.onCall });
  const ports: Ports = { ...fakes, random, ...plant.ports?.(fakes) };
  const common = {
    ...ports,
    ...INTAKE_SETTINGS,
    clock,
    limits,
    environment: 'simulation',
    reportDeadline: REPORT_DEADLINE,
  };

  const reporting = createReporting({ time, faults, processes }, async (event) => {
    const taken = takeReport(event, common);
    await (plant.reportsSwallowErrors ? taken.catch(() => undefined) : taken);
  });
  const effects: Effect[] = [];
  const provider = createProvider({ time, faults, processes, calmFrom }, (effect) => {
    effects.push(effect);
    reporting.of(effect);
  });
  const handedIn = { sms: provider.sms, email: provider.email };
  for (const channel of CHANNELS) handedIn[channel] = plant.provider?.(handedIn[channel]) ?? handedIn[channel];

  /** What a process remembers of calendars and channels dies with it. */
  const pacings = new WeakMap<Process, ReturnType<typeof fakePacing>>();
  function pacingOf(process: Process): ReturnType<typeof fakePacing> {
    const pacing = pacings.get(process) ?? fakePacing({ ...ports, clock }, { limits });
    pacings.set(process, pacing);
    return pacing;
  }

  let runs = 0;
  const send = (channel: Channel, copy: Copy, process: Process): Promise<void> =>
    sendCopy(copy, `run-${(runs += 1)}`, {
      ...common,
      ...pacingOf(process),
      ...(channel === 'sms' ? { channel, provider: handedIn.sms } : { channel, provider: handedIn.email }),
      senderFor: () => (channel === 'sms' ? '+18005550199' : 'news@shop.example'),
      addressHashes: (_channel, address) => [`k1:${address}`],
      writeFailure: (delivery) => writeFailure(delivery, ports.failures, clock.now()),
    });

  const published = publications(orders, faults, START);
  const topic: IncomingEvent[] = [];
  for (const { at, body } of published)
    time.at(at, () => topic.push({ body, arrived: new Date(time.now()), parked: 0, resubmitted: 0 }));
  let unpublished = published.length;
  for (const { at } of published) time.at(at, () => (unpublished -= 1));

  const deadLetters: DeadLetter[] = [];
  const bury = (entity: string, body: Uint8Array, arrived: Date, resubmitted: number): void => {
    const at = clock.now();
    deadLetters.push({
      at,
      entity,
      body,
      arrived,
      resubmitted,
      enqueued: at,
      sequenceNumber: String((runs += 1)),
      messageId: '',
      reason: 'MaxDeliveryCountExceeded',
      description: '',
      deliveryCount: limits.maxDeliveryCount,
    });
  };
  const context = { time, faults, processes, limits };
  const { broker } = fakes;
  const intake = (bodies: IncomingEvent[], process: Process): Promise<void> =>
    takeEvents(bodies, { ...common, ...pacingOf(process) });
  const buryEvent = (entity: string) => (event: IncomingEvent) =>
    bury(entity, event.body, event.arrived, event.resubmitted);
  const buryCopy = (entity: string) => (copy: Copy) => bury(entity, Buffer.from(JSON.stringify(copy)), clock.now(), 0);
  const takeDue =
    <Body>(queue: { messageId: string; body: Body; at: Date }[]) =>
    (most: number): Body[] => {
      const due = queue.findIndex(({ at }) => at > clock.now());
      return queue.splice(0, Math.min(most, due === -1 ? queue.length : due)).map(({ body }) => body);
    };
  const entities = [
    workOff(
      {
        take: (most) => topic.splice(0, most),
        handle: intake,
        batch: limits.intakeBatch,
        concurrency: PROCESSES,
        deadLetter: buryEvent('order-events/notifications'),
      },
      context,
    ),
    workOff(
      {
        take: takeDue(broker.retriedEvents),
        handle: intake,
        batch: limits.intakeBatch,
        concurrency: PROCESSES,
        deadLetter: buryEvent('retried-events'),
      },
      context,
    ),
    workOff(
      {
        take: (most) => deadLetters.splice(0, most),
        handle: ([letter]) => takeDeadLetter(letter!, common),
        batch: 1,
        concurrency: 1,
        deadLetter: (letter) => deadLetters.push(letter),
      },
      context,
    ),
    ...CHANNELS.map((channel) =>
      workOff(
        {
          take: takeDue(broker[channel]),
          handle: ([copy], process) => send(channel, copy!, process),
          batch: 1,
          concurrency: limits.concurrency,
          deadLetter: buryCopy(channel),
        },
        context,
      ),
    ),
  ];
  const POLL = 200;
  const poll = (): void => {
    for (const entity of entities) entity.poll();
    // Busy while something is under way, in larger steps while only time has to pass.
    const idle = unpublished + topic.length + deadLetters.length + waiting() === 0;
    time.after(idle ? MINUTE : POLL, poll);
  };
  const waiting = (): number =>
    entities.reduce((sum, { held }) => sum + held(), 0) +
    [broker.sms, broker.email, broker.retriedEvents].filter((queue) =>
      queue.some(({ at }) => at.getTime() <= time.now() + MINUTE),
    ).length;
  poll();

  const housekeep = (): void => {
    const process = processes.any();
    if (process && !plant.housekeepingSleeps) processes.runIn(process, () => sweep(common)).catch(() => undefined);
    time.after(5 * MINUTE, housekeep);
  };
  time.after(5 * MINUTE, housekeep);

  const isOver = (): boolean =>
    time.now() > calmFrom &&
    unpublished + topic.length + deadLetters.length + reporting.open() === 0 &&
    entities.every(({ held }) => held() === 0) &&
    broker.sms.length + broker.email.length + broker.retriedEvents.length === 0 &&
    [...fakes.deliveries.rows.values()].every(
      ({ progress: { status } }) => !['planned', 'sending', 'accepted'].includes(status),
    );
  const ended = await time.pass(isOver, LONGEST);
  await time.pass(() => false, AFTERWARDS);

  const rows = [...fakes.deliveries.rows.values()];
  return {
    seed,
    deliveries: rows.length,
    effects: effects.length,
    uncertain: rows.filter(({ progress }) => progress.status === 'uncertain').length,
    faults: faults.counts,
    violations: [
      ...(ended ? [] : ['it never came to an end']),
      ...violationsOf({ published, fakes, effects, verdicts: reporting.verdicts }),
    ],
  };
}
