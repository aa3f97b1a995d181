import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AggregationTemporality, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { context, trace } from '@opentelemetry/api';
import { startTelemetryReceiver, type TelemetryReceiver } from '../../../local/telemetry/telemetry.ts';
import type { Metric, Trace } from '../../../local/telemetry/store.ts';

let receiver: TelemetryReceiver;
beforeEach(async () => {
  receiver = await startTelemetryReceiver({ port: 0 });
});
afterEach(() => receiver.close());

const read = async <Answer>(path: string): Promise<Answer> =>
  (await (await fetch(`${receiver.endpoint}${path}`)).json()) as Answer;
const metrics = async () => (await read<{ metrics: Metric[] }>('/metrics')).metrics;
const post = (path: string, body: string, type = 'application/json') =>
  fetch(`${receiver.endpoint}${path}`, { method: 'POST', body, headers: { 'content-type': type } });

/** A process with the official SDK; it exports when it is flushed. */
function sdk(temporalityPreference = AggregationTemporality.CUMULATIVE) {
  const exporter = new OTLPMetricExporter({ url: `${receiver.endpoint}/v1/metrics`, temporalityPreference });
  return new MeterProvider({
    resource: resourceFromAttributes({ 'service.instance.id': randomUUID() }),
    readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })],
  });
}

describe.each([
  ['cumulative', AggregationTemporality.CUMULATIVE],
  ['delta', AggregationTemporality.DELTA],
])('metrics of the official exporter, %s', (_, temporality) => {
  it('are added up over exports and processes', async () => {
    const [one, other] = [sdk(temporality), sdk(temporality)];
    for (const process of [one, other, one]) {
      const counter = process.getMeter('test').createCounter('cakes.eaten', { unit: '{cake}', description: 'Cakes.' });
      counter.add(2, { of: 'plums' });
      counter.add(1, { of: 'apples' });
      await process.forceFlush();
    }
    const [cakes] = await metrics();
    expect(cakes).toMatchObject({ name: 'cakes.eaten', unit: '{cake}', description: 'Cakes.', kind: 'counter' });
    expect(cakes!.points).toEqual([
      { attributes: { of: 'plums' }, value: 6 },
      { attributes: { of: 'apples' }, value: 3 },
    ]);
    await Promise.all([one.shutdown(), other.shutdown()]);
  });

  it('keep what a gauge said last, and the buckets of a histogram', async () => {
    const process = sdk(temporality);
    const meter = process.getMeter('test');
    const advice = { explicitBucketBoundaries: [1, 10] };
    const times = meter.createHistogram('cake.duration', { unit: 's', advice });
    for (const seconds of [0.5, 2, 3, 30]) {
      meter.createGauge('cake.weight').record(seconds * 100);
      times.record(seconds);
      await process.forceFlush();
    }
    const [duration, weight] = await metrics();
    expect(weight).toMatchObject({ kind: 'gauge', points: [{ value: 3_000 }] });
    expect(duration!.points[0]).toMatchObject({
      count: 4,
      sum: 35.5,
      buckets: [
        { upTo: 1, count: 1 },
        { upTo: 10, count: 2 },
        { upTo: null, count: 1 },
      ],
    });
    await process.shutdown();
  });
});

it('traces of the official exporter are kept with their parents', async () => {
  const exporter = new OTLPTraceExporter({ url: `${receiver.endpoint}/v1/traces` });
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const tracer = provider.getTracer('test');
  const parent = tracer.startSpan('bake', { attributes: { of: 'plums', hot: true } });
  const child = tracer.startSpan('stir', {}, trace.setSpan(context.active(), parent));
  child.setStatus({ code: 2 });
  child.end();
  parent.end();
  await provider.forceFlush();
  const [found] = (await read<{ traces: Trace[] }>('/traces')).traces;
  expect(found?.traceId).toBe(parent.spanContext().traceId);
  const byName = Object.fromEntries(found!.spans.map((span) => [span.name, span]));
  expect(byName['bake']).toMatchObject({ failed: false, attributes: { of: 'plums', hot: true } });
  expect(byName['stir']).toMatchObject({ failed: true, parentSpanId: parent.spanContext().spanId });
  await provider.shutdown();
});

describe('the receiver', () => {
  it('shows a page, in which nothing that came is markup', async () => {
    const process = sdk();
    process.getMeter('test').createCounter('cakes.eaten').add(1, { of: '<script>' });
    await process.shutdown();
    const page = await (await fetch(receiver.endpoint)).text();
    expect(page).toContain('cakes.eaten');
    expect(page).toContain('&lt;script&gt;');
    expect(page).not.toContain('<script>');
  });

  const metric = (more: object) =>
    JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'a', ...more }] }] }] });
  const span = (more: object) => {
    const good = {
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      name: 'a',
      kind: 1,
      startTimeUnixNano: '1',
      endTimeUnixNano: '2',
    };
    return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [{ ...good, ...more }] }] }] });
  };
  const point = { timeUnixNano: '1', asInt: '1' };

  it('takes what the protocol allows', async () => {
    expect((await post('/v1/metrics', metric({ gauge: { dataPoints: [point] } }))).status).toBe(200);
    expect((await post('/v1/traces', span({ parentSpanId: '' }))).status).toBe(200);
  });

  it.each([
    ['no JSON', '/v1/metrics', '{', 400],
    ['no metrics', '/v1/metrics', '{}', 400],
    ['a metric without data', '/v1/metrics', metric({}), 400],
    ['a point without a value', '/v1/metrics', metric({ gauge: { dataPoints: [{ timeUnixNano: '1' }] } }), 400],
    ['a sum without temporality', '/v1/metrics', metric({ sum: { dataPoints: [point], isMonotonic: true } }), 400],
    ['an exponential histogram', '/v1/metrics', metric({ exponentialHistogram: { dataPoints: [] } }), 400],
    ['a trace id that is none', '/v1/traces', span({ traceId: '0'.repeat(32) }), 400],
    ['a span id that is none', '/v1/traces', span({ spanId: 'xyz' }), 400],
    ['a span without an end', '/v1/traces', span({ endTimeUnixNano: undefined }), 400],
    ['logs', '/v1/logs', '{}', 404],
  ])('refuses %s', async (_, path, body, status) => {
    const answer = await post(path, body);
    expect([answer.status, await metrics()]).toEqual([status, []]);
    expect(((await answer.json()) as { message: string }).message).not.toBe('');
  });

  it('refuses protobuf', async () => {
    expect((await post('/v1/traces', 'x', 'application/x-protobuf')).status).toBe(415);
  });
});
