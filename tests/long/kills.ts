import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startLaptopCloud } from '../../demo/laptop-cloud.ts';
import { publishAll } from '../../demo/publish.ts';
import { REMINDER } from '../../demo/published-event.ts';
import { UNPACED } from '../../demo/senders.ts';
import { LIMITS } from '../../shared/limits.ts';
import { seededRandom } from '../fakes/random.ts';
import { beginningOf, burst, outcomeOf, type Result, WITH_VISITS } from './burst.ts';
import { portsOfItsOwn } from './ports.ts';
import { repeatedTooLate, untilProvider } from './provider.ts';

export type KillOptions = {
  kills: number;
  limits: keyof typeof LIMITS;
  /** Seconds that the provider remembers an attempt id, and of an SMS where that differs. */
  memory: number;
  smsMemory?: number;
  /** Seconds from a kill to the next start. */
  down?: number;
  seed?: number;
  folder: string;
  progress?: (line: string) => void;
};

export type KillResult = Result & {
  kills: number;
  deliveries: number;
  /** Of the deliveries. */
  reminders: number;
  /** Provider calls that were unanswered, or answered in the last 100 ms, at each kill. */
  inFlight: readonly number[];
  /** Calls that the provider refused because they came after it may have forgotten. */
  tooLate: number;
  /** Deliveries that were uncertain, if only until their report came. */
  wereUncertain: number;
};

/** Event Grid comes again after five minutes when its first pushes met a host that was down. */
const EVENT_GRID = 6 * 60_000;
const JUST = 100;
const AT_LEAST = 8;
/** Sends from one kill to the next, at most. */
const BETWEEN = 60;
/** Deliveries under way at least, so that no kill meets an idle host. */
const BACKLOG = 2 * BETWEEN;
/** Events that are published at once. */
const REFILL = WITH_VISITS;
/** Seconds from one kill to the next, about. */
const A_KILL = 2.5;

/** SIGKILLs the functions host at random moments of a burst, each time while at least 8 provider calls are in flight. */
export async function runKills(options: KillOptions): Promise<KillResult> {
  const { kills, limits, memory, smsMemory, down = 0, seed = 1, folder, progress = () => undefined } = options;
  const { lock } = LIMITS[limits];
  const random = seededRandom(seed);
  // After the locks of the killed host have run out: a report that came first would settle what was in flight.
  const late = down + (1.5 * lock) / 1_000;
  const cloud = await startLaptopCloud({
    folder,
    ports: portsOfItsOwn(),
    settings: { LIMITS: limits, SENDERS: UNPACED, HOUSEKEEPING_SCHEDULE: '*/5 * * * * *' },
    scenario: {
      memory,
      ...(smsMemory !== undefined && { smsMemory }),
      quotas: { sms: null, email: null },
      faults: [{ kind: 'slow', when: 'after', delay: 0.25 }],
      reports: { delay: { sms: [late, late + 1], email: [late, late + 1] } },
    },
  });
  try {
    // Their events are published before the first kill, and the reminders are due while it goes on.
    const reminders = kills * (down + A_KILL);
    const whole = burst((kills * BETWEEN + BACKLOG) / 2 + REFILL, { seed, reminders });
    let published = 0;
    let sent = 0;
    const refill = async (): Promise<void> => {
      if (2 * published - sent >= BACKLOG) return;
      const more = whole.publications.slice(published, published + REFILL);
      await publishAll(cloud.settings['ServiceBus']!, more, () => undefined, new AbortController().signal);
      published += more.length;
    };
    const inFlight: number[] = [];
    for (let kill = 1; kill <= kills; kill++) {
      await refill();
      const until = sent + 1 + Math.floor(random() * BETWEEN);
      const state = await untilProvider(
        cloud,
        JUST,
        ({ unanswered, acceptedLast, sends }) => unanswered + acceptedLast >= AT_LEAST && sends.total >= until,
        6 * lock,
      );
      await cloud.crash('functions-host');
      inFlight.push(state.unanswered + state.acceptedLast);
      sent = state.sends.total;
      progress(
        `kill ${kill} of ${kills}: ${state.unanswered} calls unanswered, ${state.acceptedLast} just accepted, ${sent} sent so far`,
      );
      await wait(down * 1_000);
      await cloud.startPart('functions-host');
    }
    progress('waiting for locks and leases to run out and for the rest to be sent');
    const stream = beginningOf(whole, published);
    const result = await outcomeOf(cloud, stream, EVENT_GRID + 6 * lock + late * 1_000);
    const log = readFileSync(join(folder, 'logs', 'functions-host.log'), 'utf8');
    const wereUncertain = new Set(
      log
        .split('\n')
        .flatMap((line) => /"delivery-settled".*"delivery":"([^"]+)".*"status":"uncertain"/.exec(line)?.[1] ?? []),
    ).size;
    return {
      ...result,
      kills,
      deliveries: stream.deliveries.length,
      reminders: stream.deliveries.filter(({ message }) => message === REMINDER).length,
      inFlight,
      wereUncertain,
      tooLate: await repeatedTooLate(cloud),
    };
  } finally {
    await cloud.stop();
  }
}
