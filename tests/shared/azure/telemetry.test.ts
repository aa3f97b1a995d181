import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startTelemetryReceiver, type TelemetryReceiver } from '../../../local/telemetry/telemetry.ts';
import type { Metric, Trace } from '../../../local/telemetry/store.ts';
import { openExporters } from '../../../shared/azure/telemetry.ts';
import { measurementsOf } from '../../../shared/measurements.ts';
import { spansOf } from '../../../shared/spans.ts';
import type { Exporters } from '../../../shared/telemetry.ts';

const NOW = new Date('2026-11-20T13:00:00.000Z');
const trace = '0123456789abcdef0123456789abcdef';
const TAKEN = { trace, span: 'a'.repeat(16), type: 'order.placed', arrivedAfter: 0.5, took: 2 };
const DUE = { entity: 'sms', active: 4, age: 12 };

let receiver: TelemetryReceiver;
beforeEach(async () => {
  receiver = await startTelemetryReceiver({ port: 0 });
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', receiver.endpoint);
  vi.stubEnv('OTEL_EXPORTER_OTLP_TIMEOUT', '500');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await receiver.close();
});

function open() {
  const told: (string | undefined)[] = [];
  const settings = { environment: 'test', otlp: true, interval: 3_600_000, traceShare: 1 };
  const credential = () => {
    throw new Error('nobody asked for Azure');
  };
  const opened = openExporters(settings, (_what, error) => void told.push(error?.name), credential);
  return { opened, told };
}

function observe(exporters: Exporters): void {
  for (const measured of [...measurementsOf('event-taken', TAKEN), ...measurementsOf('backlog-seen', DUE)])
    exporters.measure(measured);
  for (const span of spansOf('info', 'event-taken', TAKEN, NOW)) exporters.trace(span);
}

const read = async <Answer>(path: string): Promise<Answer> =>
  (await (await fetch(`${receiver.endpoint}/${path}`)).json()) as Answer;

describe('the exporters', () => {
  it('send counters, histograms, gauges and spans by OTLP', async () => {
    const { opened, told } = open();
    const exporters = await opened;
    observe(exporters);
    await exporters.flush();
    const { metrics } = await read<{ metrics: Metric[] }>('metrics');
    expect(metrics.map(({ name, kind, unit, points }) => [name, kind, unit, points[0]?.value])).toEqual([
      ['backlog.age', 'gauge', 's', 12],
      ['backlog.messages', 'gauge', '{message}', 4],
      ['event.arrival.duration', 'histogram', 's', undefined],
      ['events.taken', 'counter', '{event}', 1],
    ]);
    const { traces } = await read<{ traces: Trace[] }>('traces');
    expect(traces).toMatchObject([
      { traceId: trace, spans: [{ spanId: TAKEN.span, name: 'event', milliseconds: 2_000, failed: false }] },
    ]);
    expect(traces[0]!.spans[0]).not.toHaveProperty('parentSpanId');
    expect(told).toEqual([undefined, undefined]);
  });

  it('tell of each export that fails, go on, and lose no total', async () => {
    const { opened, told } = open();
    const exporters = await opened;
    await receiver.close();
    observe(exporters);
    await exporters.flush();
    expect(told).toHaveLength(2);
    expect(told).not.toContain(undefined);
    receiver = await startTelemetryReceiver({ port: Number(new URL(receiver.endpoint).port) });
    observe(exporters);
    await exporters.flush();
    expect(told.slice(2)).toEqual([undefined, undefined]);
    const { metrics } = await read<{ metrics: Metric[] }>('metrics');
    expect(metrics.find(({ name }) => name === 'events.taken')?.points[0]?.value).toBe(2);
  });

  it(
    'tell when Azure Monitor is away, which keeps the batch and calls that a success',
    { timeout: 60_000 },
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'azure-monitor-'));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      vi.stubEnv('TMPDIR', folder);
      vi.stubEnv('APPLICATION_INSIGHTS_NO_STATSBEAT', '1');
      const key = '00000000-0000-0000-0000-000000000001';
      const connectionString = `InstrumentationKey=${key};IngestionEndpoint=https://127.0.0.1:1/`;
      const told: (string | undefined)[] = [];
      const exporters = await openExporters(
        { environment: 'test', otlp: false, azureMonitor: { connectionString }, interval: 3_600_000, traceShare: 1 },
        (_what, error) => void told.push(error?.name),
        () => {
          throw new Error('no identity is named');
        },
      );
      observe(exporters);
      await exporters.flush();
      expect(told).toEqual(['RestError', 'RestError']);
    },
  );

  it('give up on a receiver that never answers', async () => {
    await receiver.close();
    const silent = createServer(() => undefined).listen(Number(new URL(receiver.endpoint).port), '127.0.0.1');
    await once(silent, 'listening');
    const { opened, told } = open();
    const exporters = await opened;
    observe(exporters);
    await exporters.flush();
    expect(told).toHaveLength(2);
    expect(told).not.toContain(undefined);
    silent.close();
    receiver = await startTelemetryReceiver({ port: 0 });
  });
});
