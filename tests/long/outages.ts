import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { FREE_PORTS, type LaptopCloud, startLaptopCloud } from '../../demo/laptop-cloud.ts';
import { publishAll } from '../../demo/publish.ts';
import { UNPACED } from '../../demo/senders.ts';
import { LIMITS } from '../../shared/limits.ts';
import { burst, outcomeOf, type Result } from './burst.ts';
import { providerState, setScenario, untilProvider } from './provider.ts';

export type OutageOptions = {
  events: number;
  /** Milliseconds. */
  length: number;
  limits: keyof typeof LIMITS;
  folder: string;
  progress?: (line: string) => void;
};

export type OutageResult = Result & {
  /** How often it was felt: events and copies parked, or calls refused. */
  felt: number;
};

const WRONG_KEY = Buffer.from('not the key of this resource').toString('base64');

/** Table Storage refuses every connection for a while in the middle of a burst. */
export const runTablesOutage = (options: OutageOptions): Promise<OutageResult> =>
  runOutage(options, {
    begin: (cloud) => cloud.stopPart('tables'),
    end: (cloud) => cloud.startPart('tables'),
    felt: async (_, log) => log.match(/"event":"(events|copy)-parked"/g)?.length ?? 0,
  });

/** The provider accepts our key no more, and after a while does again. */
export const runWrongKey = (options: OutageOptions): Promise<OutageResult> =>
  runOutage(options, {
    begin: (cloud) => setScenario(cloud, { accessKey: WRONG_KEY }),
    end: (cloud) => setScenario(cloud, { accessKey: keyOf(cloud) }),
    felt: async (cloud) => (await providerState(cloud, 0)).requests.byStatus['401'] ?? 0,
  });

type Outage = {
  begin: (cloud: LaptopCloud) => Promise<void>;
  end: (cloud: LaptopCloud) => Promise<void>;
  /** @param log what the functions host has printed */
  felt: (cloud: LaptopCloud, log: string) => Promise<number>;
};

async function runOutage(
  { events, length, limits, folder, progress = () => undefined }: OutageOptions,
  { begin, end, felt }: Outage,
): Promise<OutageResult> {
  const stream = burst(events);
  const cloud = await startLaptopCloud({
    folder,
    ports: FREE_PORTS,
    settings: { LIMITS: limits, SENDERS: UNPACED, HOUSEKEEPING_SCHEDULE: '*/5 * * * * *' },
    scenario: { quotas: { sms: null, email: null }, reports: { delay: { sms: [0.1, 0.5], email: [0.1, 0.5] } } },
  });
  try {
    const half = Math.ceil(stream.publications.length / 2);
    await publish(cloud, stream.publications.slice(0, half));
    await untilProvider(cloud, 1_000, ({ sends }) => sends.total > events / 10, 60_000);
    await begin(cloud);
    progress(`the outage begins; ${events - half} more events come during it`);
    await publish(cloud, stream.publications.slice(half));
    await wait(length);
    await end(cloud);
    progress(`the outage is over after ${length / 1_000} s; waiting for the rest`);
    const result = await outcomeOf(cloud, stream, 4 * LIMITS[limits].lock + 2 * LIMITS[limits].pauseLongest);
    return { ...result, felt: await felt(cloud, readFileSync(join(folder, 'logs', 'functions-host.log'), 'utf8')) };
  } finally {
    await cloud.stop();
  }
}

const publish = (cloud: LaptopCloud, publications: Parameters<typeof publishAll>[1]) =>
  publishAll(cloud.settings['ServiceBus']!, publications, () => undefined, new AbortController().signal);

const keyOf = ({ settings }: LaptopCloud): string => /accesskey=([^;]+)/i.exec(settings['CommunicationServices']!)![1]!;
