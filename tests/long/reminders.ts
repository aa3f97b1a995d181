/** Runs of visits on one laptop cloud whose functions host is killed meanwhile. */
import { ServiceBusClient } from '@azure/service-bus';
import { TableClient } from '@azure/data-tables';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type LaptopCloud, startLaptopCloud } from '../../demo/laptop-cloud.ts';
import { createReader, type Reader } from '../../demo/reader.ts';
import { UNPACED } from '../../demo/senders.ts';
import { tableClient } from '../../shared/azure/identity.ts';
import { publisherOf } from '../../shared/azure/publisher.ts';
import { openTables } from '../../shared/azure/tables.ts';
import { parseAttemptId } from '../../shared/delivery-id.ts';
import { APPOINTMENT_EVENTS } from '../../shared/entities.ts';
import { LIMITS } from '../../shared/limits.ts';
import type { Random } from '../../shared/ports.ts';
import { isOpen } from '../../shared/status.ts';
import { seededRandom } from '../fakes/random.ts';
import { bytesOf, rawEvent } from '../shared/order-event.ts';
import { portsOfItsOwn } from './ports.ts';
import { type Findings, findingsOf, type Taken, type Told } from './reminder-checks.ts';
import { drawVisits, type News, OFFSETS, type Visit } from './reminder-news.ts';

export type ReminderRun = Findings & { seed: number; visits: number; published: number; kills: number };

export type Options = { runs: number; seed: number; folder: string; progress: (line: string) => void };

const CLOUDS = 4;
const VISITS = 6;
/** Kills happen while news comes and reminders are due. */
const KILLS = { first: 2_000, last: 14_000 };
const DUE_BY = 20_000;
const PATIENCE = 20 * LIMITS.short.lock;

/** Each run has a seed of its own, the first one's is `seed`; several clouds play them, as a run mostly waits. */
export async function runReminders({ runs, seed, folder, progress }: Options): Promise<ReminderRun[]> {
  const results: ReminderRun[] = [];
  let next = seed;
  const playOn = (cloud: number): Promise<void> =>
    onCloud(join(folder, String(cloud)), async (play) => {
      while (next < seed + runs) {
        const result = await play(next++);
        const bad = faultsOf(result);
        progress(
          `seed ${result.seed}: ${result.visits} visits, ${result.published} messages, ${result.kills} kills, ${result.expected} reminders expected, ${bad.length} faults`,
        );
        for (const line of [...bad, ...result.uncertain]) progress(`  ${line}`);
        results.push(result);
      }
    });
  await Promise.all(Array.from({ length: Math.min(CLOUDS, runs) }, (_, cloud) => playOn(cloud)));
  return results;
}

async function onCloud(
  folder: string,
  use: (play: (seed: number) => Promise<ReminderRun>) => Promise<void>,
): Promise<void> {
  const cloud = await startLaptopCloud({
    folder,
    ports: portsOfItsOwn(),
    settings: {
      LIMITS: 'short',
      SENDERS: UNPACED,
      REMINDERS: JSON.stringify({ usual: OFFSETS }),
      DELIVERIES_PER_SUBJECT_AND_DAY: '200',
      HOUSEKEEPING_SCHEDULE: '*/5 * * * * *',
    },
    scenario: { quotas: { sms: null, email: null }, reports: { delay: { sms: [0.1, 0.5], email: [0.1, 0.5] } } },
  });
  const broker = new ServiceBusClient(cloud.settings['ServiceBus']!);
  try {
    await use((seed) => playRun(seed, cloud, broker));
  } finally {
    await broker.close();
    await cloud.stop();
  }
}

export const faultsOf = ({ missing, twice, wrong, outdated }: Findings): string[] => [
  ...missing.map((line) => `missing: ${line}`),
  ...twice.map((line) => `twice: ${line}`),
  ...wrong.map((line) => `known not to hold: ${line}`),
  ...outdated.map((line) => `not the newest: ${line}`),
];

async function playRun(seed: number, cloud: LaptopCloud, broker: ServiceBusClient): Promise<ReminderRun> {
  const random = seededRandom(seed);
  const visits = drawVisits(`s${seed}`, VISITS, random);
  const starts = Date.now();
  const kills = drawKills(random);
  const publishing = publishAll(visits, starts, broker);
  await killAt(kills, starts, cloud);
  await publishing;
  await until(starts + DUE_BY);

  const books = booksOf(cloud);
  await untilOver(visits, books);
  const sends = await sendsPerDelivery(books.reader);
  const findings = await Promise.all(
    visits.map(async (visit) =>
      findingsOf(visit.number, await books.taken(visit), await books.told(visit, sends), starts),
    ),
  );
  return {
    seed,
    visits: visits.length,
    published: visits.reduce((sum, { published }) => sum + published.length, 0),
    kills: kills.length,
    expected: findings.reduce((sum, { expected }) => sum + expected, 0),
    missing: findings.flatMap(({ missing }) => missing),
    twice: findings.flatMap(({ twice }) => twice),
    wrong: findings.flatMap(({ wrong }) => wrong),
    outdated: findings.flatMap(({ outdated }) => outdated),
    uncertain: findings.flatMap(({ uncertain }) => uncertain),
  };
}

function drawKills(random: Random): number[] {
  const one = (): number => KILLS.first + random() * (KILLS.last - KILLS.first);
  return random() < 0.5 ? [one()] : [one(), one()].sort((a, b) => a - b);
}

async function killAt(kills: readonly number[], starts: number, cloud: LaptopCloud): Promise<void> {
  for (const at of kills) {
    await until(starts + at);
    await cloud.crash('functions-host');
    await cloud.startPart('functions-host');
  }
}

const until = (instant: number): Promise<void> => wait(Math.max(0, instant - Date.now()));

async function publishAll(visits: readonly Visit[], starts: number, broker: ServiceBusClient): Promise<void> {
  const publisher = publisherOf(() => broker);
  const all = visits.flatMap(({ number, published }) => published.map((one) => ({ ...one, number })));
  for (const [index, { at, news, number }] of all.toSorted((a, b) => a.at - b.at).entries()) {
    await until(starts + at);
    // Each under a MessageId of its own: the broker would drop what is told again.
    const message = { id: `${number}/${index}`, body: bytesOf(eventOf(number, news, starts)) };
    await publisher.publish(APPOINTMENT_EVENTS, [message]);
  }
}

const idOf = (number: string, { revision }: News): string => `${number}-${revision}`;

function eventOf(number: string, news: News, starts: number) {
  const { type, revision, start, reminders } = news;
  return rawEvent(`appointment.${type}`, {
    envelope: { id: idOf(number, news), time: new Date(starts + revision).toISOString() },
    appointment: { number, start: new Date(starts + start).toISOString(), place: `Room ${revision}` },
    customer: { phone: '+12025550123', country: 'US' },
    data: { revision, ...(reminders && { reminders }) },
  });
}

function booksOf(cloud: LaptopCloud) {
  const connectionString = cloud.settings['Tables']!;
  const tables = openTables((name) => tableClient({ connectionString }, name));
  const subjects = TableClient.fromConnectionString(connectionString, 'Subjects', { allowInsecureConnection: true });
  const rowsOf = async ({ number }: Visit) => {
    const { deliveries } = await tables.subjects.find(`appointment:${number}`);
    const rows = await Promise.all(deliveries.map((id) => tables.deliveries.read(id)));
    return rows.filter((row) => row !== undefined);
  };
  return {
    reader: createReader(cloud),
    async taken({ number, news }: Visit): Promise<Taken[]> {
      const filter = `subject eq 'appointment:${number}' and RowKey ge 'event:' and RowKey lt 'event;'`;
      const found: Taken[] = [];
      for await (const row of subjects.listEntities<{ eventId: string; arrived: Date }>({ queryOptions: { filter } })) {
        const one = news.find((each) => idOf(number, each) === row.eventId);
        if (one) found.push({ news: one, arrived: row.arrived.getTime(), taken: Date.parse(row.timestamp!) });
      }
      return found;
    },
    async told(visit: Visit, sends: ReadonlyMap<string, number>): Promise<Told[]> {
      return (await rowsOf(visit)).flatMap(({ plan, progress }) =>
        plan.reminder
          ? [
              {
                start: plan.reminder.start.getTime(),
                offset: plan.reminder.offset,
                channel: plan.channel,
                status: progress.status,
                revision: Number(plan.eventId.split('-').at(-1)),
                sends: sends.get(plan.id) ?? 0,
                ...(progress.firstSent && { claimed: progress.firstSent.getTime() }),
              },
            ]
          : [],
      );
    },
    /** News that is not taken yet, deliveries that have not ended. */
    async open(visit: Visit): Promise<number> {
      const [taken, rows] = await Promise.all([this.taken(visit), rowsOf(visit)]);
      return visit.news.length - taken.length + rows.filter(({ progress }) => isOpen(progress)).length;
    },
    /** Whether any orchestration still waits for something. */
    async waits(): Promise<boolean> {
      const instances = `${cloud.addresses['functions-host']}/runtime/webhooks/durabletask/instances?code=local&pageSize=1`;
      const pages = await Promise.all(
        ['Running', 'Pending'].map(async (status) => {
          const response = await fetch(`${instances}&runtimeStatus=${status}`);
          return (await response.json()) as unknown[];
        }),
      );
      return pages.some(({ length }) => length > 0);
    },
  };
}

async function untilOver(visits: readonly Visit[], books: ReturnType<typeof booksOf>): Promise<void> {
  const started = performance.now();
  for (;;) {
    const [waits, { messages, reports }] = await Promise.all([books.waits(), books.reader.pending()]);
    const open = await Promise.all(visits.map((visit) => books.open(visit)));
    if (!waits && messages + reports + open.reduce((sum, count) => sum + count, 0) === 0) return;
    if (performance.now() - started > PATIENCE)
      throw new Error(
        `it is not over within ${PATIENCE} ms: ${JSON.stringify({ waits, messages, reports, open, visits })}`,
      );
    await wait(250);
  }
}

async function sendsPerDelivery(reader: Reader): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const { attemptId } of await reader.sends()) {
    const delivery = parseAttemptId(attemptId ?? '')?.delivery ?? 'none';
    counts.set(delivery, (counts.get(delivery) ?? 0) + 1);
  }
  return counts;
}
