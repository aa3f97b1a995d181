import { ServiceBusClient } from '@azure/service-bus';
import { TableClient, TableServiceClient } from '@azure/data-tables';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awaitAgreement, type Seen } from '../../demo/agreement.ts';
import { play, SCENARIO, SETTINGS, takeAccount } from '../../demo/demonstration.ts';
import type { Stream } from '../../demo/expectation.ts';
import { FREE_PORTS, type LaptopCloud, startLaptopCloud } from '../../demo/laptop-cloud.ts';
import { publishAll } from '../../demo/publish.ts';
import { createReader } from '../../demo/reader.ts';
import { REMINDER } from '../../demo/published-event.ts';
import { demonstrationStream } from '../../demo/stream.ts';
import { INSTRUMENTS, type InstrumentName } from '../../shared/measurements.ts';
import { until } from './until.ts';

const now = new Date();
const base = { seed: 3, now, length: 8_000, customers: 30 };
const stream = demonstrationStream({ ...base, times: now });
const atOnce = ({ publications, deliveries }: Stream): Stream => ({
  publications: publications.map((publication) => ({ ...publication, at: 0 })),
  deliveries,
  optedOut: [],
});
const again = atOnce(stream);
const newTimes = atOnce(demonstrationStream({ ...base, times: new Date(now.getTime() + 1_000) }));

const folder = mkdtempSync(join(tmpdir(), 'demonstration-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SHOPS_AND_CODES = /^(Nordlicht|Alpenkaffee|Lakeside Books|Thistle.*)$|^[^\p{L}\d]*$|^.{1,2}$/u;

/** What one value may leave behind: a number without its plus, a name as a whole and each longer word of it with a capital. */
const tracesOf = (value: string): string[] => {
  if (value.startsWith('+')) return [value.slice(1)];
  return value.includes('@')
    ? [value]
    : [value, ...value.split(/[^\p{L}]+/u).filter((word) => /^\p{Lu}.{3}/u.test(word))];
};

/** Names, numbers and mail addresses of everybody in the stream. */
const people = [
  ...new Set(
    stream.publications.flatMap(({ body }) => {
      const found = Buffer.from(body)
        .toString()
        .matchAll(/"(?:name|phone|email)":"((?:[^"\\]|\\.)+)"/g);
      return [...found]
        .map(([, value]) => value!)
        .filter((value) => !SHOPS_AND_CODES.test(value))
        .flatMap(tracesOf);
    }),
  ),
];

const leaks = (text: string, markers: readonly string[]): string[] => markers.filter((marker) => text.includes(marker));

async function tableKeys(cloud: LaptopCloud): Promise<string[]> {
  const connection = cloud.settings['Tables']!;
  const options = { allowInsecureConnection: true };
  const keys: string[] = [];
  for await (const { name } of TableServiceClient.fromConnectionString(connection, options).listTables())
    for await (const row of TableClient.fromConnectionString(connection, name!, options).listEntities({
      queryOptions: { select: ['PartitionKey', 'RowKey'] },
    }))
      keys.push(`${name} ${row.partitionKey} ${row.rowKey}`);
  return keys;
}

describe('the demonstration', () => {
  let cloud: LaptopCloud;

  beforeAll(async () => {
    cloud = await startLaptopCloud({
      folder: join(folder, 'whole'),
      ports: { ...FREE_PORTS, telemetry: 0 },
      settings: { ...SETTINGS, REPORT_DEADLINE_SECONDS: '8', HOUSEKEEPING_SCHEDULE: '*/2 * * * * *' },
      scenario: { ...SCENARIO, reports: { ...SCENARIO.reports, lateBy: 12 } },
    });
    await play(cloud, stream);
  }, 150_000);
  afterAll(() => cloud?.stop());

  async function received<Answer>(what: 'metrics' | 'traces'): Promise<Answer> {
    return (await (await fetch(`${cloud.addresses.telemetry}/${what}`)).json()) as Answer;
  }

  async function agreement(...later: Stream[]) {
    const reader = createReader(cloud);
    const [accounted, sends, throttled] = await Promise.all([
      takeAccount(reader, [stream, ...later]),
      reader.sends(),
      reader.throttled(),
    ]);
    const seen: Seen = { ...accounted, expected: stream.deliveries.length, sends, throttled };
    return awaitAgreement(seen, cloud.addresses.telemetry!);
  }

  it('accounts for every message, every delivery and every effective send', async () => {
    const { account } = await takeAccount(createReader(cloud), [stream]);
    expect(account.mismatches).toEqual([]);
    expect(account.byOthers).toEqual({ events: 0, deliveries: 0, sends: 0 });
    expect(account.recorded + account.copies + account.rejected).toBe(stream.publications.length);
    expect(account.copies).toBeGreaterThan(0);
    expect(account.rejected).toBeGreaterThan(0);
  });

  it('measures what tables and provider say, and hangs every delivery on its event', async () => {
    expect(await agreement()).toMatchObject({ title: 'The metrics say the same' });
  });

  it('tells nobody a second time when the same stream comes again, with the same and with new times', async () => {
    const reader = createReader(cloud);
    const before = await reader.sends();
    await play(cloud, again);
    await play(cloud, newTimes);
    const { account } = await takeAccount(reader, [stream, again, newTimes]);
    expect(account.mismatches).toEqual([]);
    expect(account.byOthers).toEqual({ events: 0, deliveries: 0, sends: 0 });
    expect(await reader.sends()).toEqual(before);
    expect(await agreement(again, newTimes)).toMatchObject({ title: 'The metrics say the same' });
  }, 120_000);

  it('measures nothing that is not declared', async () => {
    const { metrics } = await received<{ metrics: { name: string; points: { attributes: object }[] }[] }>('metrics');
    expect(metrics.length).toBeGreaterThan(20);
    for (const { name, points } of metrics) {
      expect(Object.keys(INSTRUMENTS)).toContain(name);
      const by: readonly string[] = INSTRUMENTS[name as InstrumentName].by;
      const attributes = new Set(points.flatMap((point) => Object.keys(point.attributes)));
      expect([name, [...attributes].filter((attribute) => !by.includes(attribute))]).toEqual([name, []]);
    }
  });

  it('leaves no name, number, address or text in logs, telemetry or table keys', async () => {
    const log = readFileSync(join(folder, 'whole', 'logs', 'functions-host.log'), 'utf8');
    const texts = await sentTexts(cloud);
    expect(people.length).toBeGreaterThan(50);
    expect(texts.length).toBeGreaterThan(50);
    expect(log).toContain('"event":"delivery-settled"');
    expect(leaks(log, [...people, ...texts])).toEqual([]);
    const telemetry = JSON.stringify([await received('metrics'), await received('traces')]);
    expect(telemetry).toContain('deliveries.handed_over');
    expect(leaks(telemetry, [...people, ...texts])).toEqual([]);
    const keys = await tableKeys(cloud);
    expect(keys.length).toBeGreaterThan(100);
    expect(leaks(keys.join('\n'), people)).toEqual([]);
  });
});

/** The first line of every SMS and the subject of every mail. */
async function sentTexts({ addresses }: LaptopCloud): Promise<string[]> {
  const response = await fetch(`${addresses['communication-services']}/control/sends?limit=10000`);
  const { items } = (await response.json()) as { items: { subject: string | null; body: string }[] };
  return items.map(({ subject, body }) => subject ?? body.split('\n')[0]!);
}

describe('copies on the send queues', () => {
  it('carry ids and slots only', { timeout: 60_000 }, async () => {
    const cloud = await startLaptopCloud({
      folder: join(folder, 'queues'),
      ports: FREE_PORTS,
      settings: { 'AzureWebJobs.send-sms.Disabled': 'true', 'AzureWebJobs.send-email.Disabled': 'true' },
    });
    const client = new ServiceBusClient(cloud.settings['ServiceBus']!);
    try {
      await publishAll(
        cloud.settings['ServiceBus']!,
        again.publications,
        () => undefined,
        new AbortController().signal,
      );
      const reader = createReader(cloud);
      // With the usual offsets no reminder is due meanwhile.
      const planned = stream.deliveries.filter(({ message }) => message !== REMINDER).length;
      await until(async () => (await reader.figures()).deliveries.length >= planned);
      const peek = async (queue: string) => {
        const receiver = client.createReceiver(queue);
        const found = await receiver.peekMessages(2_000);
        await receiver.close();
        return found;
      };
      const all = async () => [...(await peek('sms')), ...(await peek('email'))];
      await until(async () => (await all()).length === planned);
      const copies = await all();
      const texts = copies.map(({ messageId, applicationProperties, subject, body }) =>
        JSON.stringify([messageId, applicationProperties, subject, body]),
      );
      expect(leaks(texts.join('\n'), people)).toEqual([]);
      for (const { body } of copies) expect(Object.keys(body as object).sort()).toEqual(['copy', 'delivery', 'slot']);
    } finally {
      await client.close();
      await cloud.stop();
    }
  });
});
