import { FREE_PORTS, startLaptopCloud } from '../../demo/laptop-cloud.ts';
import { publishAll } from '../../demo/publish.ts';
import { UNPACED } from '../../demo/senders.ts';
import { LIMITS } from '../../shared/limits.ts';
import { burst, outcomeOf, type Result } from './burst.ts';
import { untilProvider } from './provider.ts';

export type KillOptions = {
  events: number;
  kills: number;
  limits: keyof typeof LIMITS;
  /** Seconds that the provider remembers an attempt id. */
  memory: number;
  folder: string;
  progress?: (line: string) => void;
};

export type KillResult = Result & {
  /** Provider calls that were unanswered, or answered in the last 100 ms, at each kill. */
  inFlight: readonly number[];
};

/** Seconds from acceptance, least and most. */
const reportsAfter = (lock: number): [number, number] => [(1.5 * lock) / 1_000, (1.5 * lock) / 1_000 + 1];

const JUST = 100;
const AT_LEAST = 8;

/** SIGKILLs the functions host again and again in a burst, each time while at least 8 provider calls are in flight. */
export async function runKills(options: KillOptions): Promise<KillResult> {
  const { events, kills, limits, memory, folder, progress = () => undefined } = options;
  const { lock } = LIMITS[limits];
  const stream = burst(events);
  const cloud = await startLaptopCloud({
    folder,
    ports: FREE_PORTS,
    settings: { LIMITS: limits, SENDERS: UNPACED, HOUSEKEEPING_SCHEDULE: '*/5 * * * * *' },
    scenario: {
      memory,
      quotas: { sms: null, email: null },
      faults: [{ kind: 'slow', when: 'after', delay: 0.25 }],
      // After the locks of the killed host have run out: a report that came first would settle what was in flight.
      reports: { delay: { sms: reportsAfter(lock), email: reportsAfter(lock) } },
    },
  });
  try {
    await publishAll(cloud.settings['ServiceBus']!, stream.publications, () => undefined, new AbortController().signal);
    const inFlight: number[] = [];
    let sent = 0;
    for (let kill = 1; kill <= kills; kill++) {
      // A share of the burst between two kills, so that the last one still meets work.
      const share = (stream.deliveries.length / (kills + 2)) * kill;
      const state = await untilProvider(
        cloud,
        JUST,
        ({ unanswered, acceptedLast, sends }) =>
          unanswered + acceptedLast >= AT_LEAST && sends.total >= Math.max(share, sent + 1),
        4 * lock,
      );
      await cloud.crash('functions-host');
      inFlight.push(state.unanswered + state.acceptedLast);
      sent = state.sends.total;
      progress(
        `kill ${kill}: ${state.unanswered} calls unanswered, ${state.acceptedLast} just accepted, ${sent} sent so far`,
      );
      await cloud.startPart('functions-host');
    }
    progress('waiting for locks and leases to run out and for the rest to be sent');
    return { ...(await outcomeOf(cloud, stream, 4 * lock)), inFlight };
  } finally {
    await cloud.stop();
  }
}
