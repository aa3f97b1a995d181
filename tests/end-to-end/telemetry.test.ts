import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { FREE_PORTS, type LaptopCloud, startLaptopCloud } from '../../demo/laptop-cloud.ts';
import { publishAll } from '../../demo/publish.ts';
import { readTelemetry } from '../../demo/telemetry.ts';
import { event } from './markers.ts';
import { until } from './until.ts';

const folder = mkdtempSync(join(tmpdir(), 'telemetry-'));
let cloud: LaptopCloud | undefined;
afterEach(() => cloud?.stop());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = async (name: string, settings: Record<string, string>): Promise<LaptopCloud> =>
  (cloud = await startLaptopCloud({ folder: join(folder, name), ports: { ...FREE_PORTS, telemetry: 0 }, settings }));

async function publishOne({ settings }: LaptopCloud): Promise<void> {
  const publications = [{ at: 0, body: Buffer.from(JSON.stringify(event())), verdict: 'taken' as const }];
  await publishAll(settings['ServiceBus']!, publications, () => undefined, new AbortController().signal);
}

const received = ({ addresses }: LaptopCloud) => readTelemetry(addresses.telemetry!);

/** How often the functions host has logged that. */
const logged = (name: string, line: string): number =>
  readFileSync(join(folder, name, 'logs', 'functions-host.log'), 'utf8').split(`"event":"${line}"`).length - 1;

describe('telemetry', () => {
  it('is sent before the process ends, whatever the interval', { timeout: 60_000 }, async () => {
    const running = await start('stopped', {
      OTEL_METRIC_EXPORT_INTERVAL: '3600000',
      OTEL_BSP_SCHEDULE_DELAY: '3600000',
    });
    await publishOne(running);
    await until(async () => logged('stopped', 'delivery-settled') >= 2);
    expect((await received(running)).exports).toBe(0);
    await running.stopPart('functions-host');
    const found = await received(running);
    expect([found.sum('events.taken'), found.sum('deliveries.handed_over'), found.tracedDeliveries]).toEqual([1, 2, 2]);
  });

  it('that cannot be sent hinders nothing, and is said once', { timeout: 60_000 }, async () => {
    const running = await start('away', { OTEL_EXPORTER_OTLP_TIMEOUT: '500' });
    await running.stopPart('telemetry');
    await until(async () => {
      await publishOne(running);
      return logged('away', 'telemetry-not-exported') > 0;
    });
    const before = logged('away', 'delivery-settled');
    await publishOne(running);
    await until(async () => logged('away', 'delivery-settled') >= before + 2);
    expect(logged('away', 'telemetry-not-exported')).toBe(1);

    await running.startPart('telemetry');
    await until(async () => {
      await publishOne(running);
      return logged('away', 'telemetry-exported-again') > 0;
    });
    await until(async () => (await received(running)).sum('events.taken') === logged('away', 'event-taken'));
    expect([logged('away', 'telemetry-not-exported'), logged('away', 'telemetry-exported-again')]).toEqual([1, 1]);
  });
});
