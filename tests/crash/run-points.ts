import { setTimeout as wait } from 'node:timers/promises';
import { ServiceBusClient } from '@azure/service-bus';
import type { EventIdentity } from '../../demo/expectation.ts';
import type { LaptopCloud } from '../../demo/laptop-cloud.ts';
import { identityOf } from '../../demo/published-event.ts';
import { publishAll } from '../../demo/publish.ts';
import { createReader, type Reader } from '../../demo/reader.ts';
import { createScript, type Script } from '../../demo/script.ts';
import { UNPACED } from '../../demo/senders.ts';
import { SHOPS } from '../../demo/shops.ts';
import type { Visit } from '../../demo/visits.ts';
import { parseAttemptId } from '../../shared/delivery-id.ts';
import { EVENT_TOPICS, NOTIFICATIONS, ORDER_EVENTS } from '../../shared/entities.ts';
import { familyOf } from '../../shared/events.ts';
import { LIMITS } from '../../shared/limits.ts';
import { startProxiedCloud } from '../proxies/proxied-cloud.ts';
import { repeatedTooLate, setScenario } from '../long/provider.ts';
import { BATCH, type Case, lineOf, linesExpectedOf, REMINDER, UNTIL_VISIT } from './cases.ts';
import { createGate, type Gate } from './gate.ts';
import type { Point } from './points.ts';

const limits = LIMITS.short;
const MEMORY = limits.providerMemory / 1_000;
const TO_THE_POINT = 30_000;
/** The longest that nothing is seen to happen: an unanswered SMS is repeated for so long, and then given up. */
const TO_THE_END = 2 * limits.repeatUntil + 4 * limits.lock;

export type PointResult = Case & { ended: readonly string[]; expected: readonly string[] };

/** `deliveries`: of all cases so far. */
type Stage = { cloud: LaptopCloud; gate: Gate; began: Date; deliveries: number; reader: Reader; script: Script };

const BOOKED_FOR_TODAY: Visit = { types: ['appointment.booked'], isToday: true, isReminded: true };

/** Kills the functions host at each point and starts it again, one after the other on one laptop cloud. */
export async function runPoints(
  cases: readonly Case[],
  { folder, progress = () => undefined }: { folder: string; progress?: (line: string) => void },
): Promise<PointResult[]> {
  const gate = createGate();
  const cloud = await startProxiedCloud(
    {
      folder,
      settings: { LIMITS: 'short', SENDERS: UNPACED, HOUSEKEEPING_SCHEDULE: '*/5 * * * * *' },
      scenario: { memory: MEMORY, quotas: { sms: null, email: null }, magicRecipients: false },
    },
    gate.passes,
  );
  const now = new Date();
  const stage = {
    cloud,
    gate,
    began: now,
    deliveries: 0,
    reader: createReader(cloud),
    script: createScript({ seed: 7, now, times: now, length: 0 }),
  };
  const results: PointResult[] = [];
  try {
    for (const one of cases) {
      const ended = await runCase(one, stage);
      const expected = linesExpectedOf(one);
      progress(`${ended.join() === expected.join() ? ' ok ' : 'MISS'}  ${one.title}: ${summary(ended)}`);
      results.push({ ...one, ended, expected });
    }
    return results;
  } finally {
    gate.open();
    await cloud.stop();
  }
}

async function runCase(one: Case, stage: Stage): Promise<string[]> {
  const { point, memory } = one;
  const { cloud, gate } = stage;
  await setScenario(cloud, {
    faults: point.given === 'throttled' ? [{ kind: 'error', status: 429, retryAfter: 1, count: 1 }] : [],
    // A report would settle what the next process has to decide; where one is wanted it comes once all else is done.
    reports: { timing: { lost: point.given === 'reported' ? 0 : 1 } },
  });
  const tooLateBefore = await repeatedTooLate(cloud);
  const { events, publish } = newsOf(one, stage);
  // So that a host finds all of the batch at once, and no event that is to be a dead letter.
  const waitsForHost = point.given === 'batch' || point.given === 'dead letter';
  if (waitsForHost) await cloud.stopPart('functions-host');

  const seen: string[] = [];
  let isAsked = false;
  const reached = gate.watch(point.mark, (operation, moment) => {
    seen.push(`${moment} ${operation}`);
    if (moment === 'before' && operation === point.askedToEndAt && !isAsked) {
      isAsked = true;
      process.kill(cloud.pidOf('functions-host'), 'SIGTERM');
    }
  });
  await publish();
  if (point.given === 'dead letter') await bury(cloud);
  if (waitsForHost) await cloud.startPart('functions-host');
  await orGiveUp(reached, point, seen);
  await cloud.crash('functions-host');
  gate.open();
  if (memory === 'beyond') await wait(limits.providerMemory);
  await cloud.startPart('functions-host');
  const ends = await endsOf(events, linesExpectedOf(one).length, stage);
  const tooLate = (await repeatedTooLate(cloud)) - tooLateBefore;
  return tooLate > 0 ? [...ends, `${tooLate} repeated too late`] : ends;
}

function newsOf({ point, channels }: Case, { script, cloud, began }: Stage) {
  const count = point.given === 'batch' ? BATCH : 1;
  const events = Array.from({ length: count }, () => {
    const shop = script.dice.pick(SHOPS);
    const customer = script.people.person(shop, { channels: [...channels] });
    if (point.given !== 'appointment') return script.event(script.order(shop, customer), 'order.placed', 0);
    const visit = script.appointment(shop, customer, BOOKED_FOR_TODAY);
    const now = Date.now();
    const start = new Date(now + UNTIL_VISIT);
    return script.event({ ...visit, start, reminders: [REMINDER] }, 'appointment.booked', now - began.getTime());
  });
  const publications = events.map((event) => ({
    at: 0,
    topic: EVENT_TOPICS[familyOf(event.type)],
    body: Buffer.from(JSON.stringify(event)),
    verdict: 'taken' as const,
  }));
  return {
    events: events.map(identityOf),
    publish: () =>
      publishAll(cloud.settings['ServiceBus']!, publications, () => undefined, new AbortController().signal),
  };
}

/** Gives the one event on the topic up, as the broker does with what was delivered too often. */
async function bury({ settings }: LaptopCloud): Promise<void> {
  const client = new ServiceBusClient(settings['ServiceBus']!);
  try {
    const receiver = client.createReceiver(ORDER_EVENTS, NOTIFICATIONS);
    const [message] = await receiver.receiveMessages(1);
    if (!message) throw new Error('the event that was published is not on the topic');
    await receiver.deadLetterMessage(message, {
      deadLetterReason: 'MaxDeliveryCountExceeded',
      deadLetterErrorDescription: '',
    });
  } finally {
    await client.close();
  }
}

async function orGiveUp(reached: Promise<void>, { number, name, mark }: Point, seen: readonly string[]): Promise<void> {
  const giveUp = new AbortController();
  try {
    await Promise.race([
      reached,
      wait(TO_THE_POINT, undefined, { signal: giveUp.signal }).then(() => {
        const after = mark.since ? ` after ${mark.since}` : '';
        throw new Error(
          `Point ${number} (${name}) was not reached in ${TO_THE_POINT / 1_000} s: nobody asked for "${mark.moment} ${mark.operation}"${after}. If the product works differently now, change the mark in tests/crash/points.ts. Seen: ${seen.join(', ') || 'nothing'}.`,
        );
      }),
    ]);
  } finally {
    giveUp.abort();
  }
}

/** Until so many deliveries of all are there, and nothing is on its way any more. */
async function untilTheEnd(least: number, { reader, cloud }: Stage): Promise<void> {
  const started = performance.now();
  for (let quiet = 0; quiet < 2; await wait(100)) {
    const [{ deliveries }, { reports }, messages] = await Promise.all([
      reader.figures(),
      reader.pending(),
      messagesOn(cloud),
    ]);
    const open = deliveries.filter(({ status }) => status === 'planned' || status === 'sending').length;
    quiet = deliveries.length >= least && open + messages + reports === 0 ? quiet + 1 : 0;
    if (performance.now() - started > TO_THE_END)
      throw new Error(
        `it never came to an end: ${deliveries.length} deliveries of ${least}, ${open} open, ${messages} messages, ${reports} reports`,
      );
  }
}

/** Dead letters among them: the product takes those, too. */
async function messagesOn({ brokerHealth }: LaptopCloud): Promise<number> {
  type Counts = { active?: number; scheduled?: number };
  const entities = (await (await fetch(`${brokerHealth}/entities`)).json()) as Record<string, Counts>;
  return Object.values(entities).reduce((sum, { active = 0, scheduled = 0 }) => sum + active + scheduled, 0);
}

async function endsOf(events: readonly EventIdentity[], count: number, stage: Stage): Promise<string[]> {
  stage.deliveries += count;
  await untilTheEnd(stage.deliveries, stage);
  const [{ deliveries }, sends] = await Promise.all([stage.reader.books(), stage.reader.sends()]);
  const ours = new Set(events.map(({ source, id }) => `${source} ${id}`));
  return deliveries
    .filter(({ event: { source, id } }) => ours.has(`${source} ${id}`))
    .map(({ id, channel, status }) =>
      lineOf(channel, status, sends.filter(({ attemptId }) => parseAttemptId(attemptId ?? '')?.delivery === id).length),
    )
    .toSorted();
}

const summary = (lines: readonly string[]): string =>
  [...Map.groupBy(lines, (line) => line)]
    .map(([line, { length }]) => (length > 1 ? `${length} × ${line}` : line))
    .join('; ') || 'no delivery at all';
