/**
 * OpenTelemetry with the exporters that the settings name. A bundle of its own (`commands/build.ts`), loaded only when
 * there is one to export to.
 */
import { randomUUID } from 'node:crypto';
import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import type { TokenCredential } from '@azure/identity';
import { type HrTime, SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { ExportResultCode, hrTimeDuration, millisToHrTime, setGlobalErrorHandler } from '@opentelemetry/core';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader, type PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { TelemetrySettings } from '../config.ts';
import { INSTRUMENTS, type Instrument, type InstrumentName, type Measurement } from '../measurements.ts';
import type { Span } from '../spans.ts';
import type { Exported, Exporters } from '../telemetry.ts';

const SCOPE = { name: 'azure-notification-pipeline' };
/** From a call of tens of milliseconds to a night of quiet hours. */
const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 14_400, 43_200];

type Pair = { metrics: PushMetricExporter; traces: SpanExporter };

/** @param credential of the app, for Azure Monitor: a second copy of what makes it would be loaded from here */
export async function openExporters(
  settings: TelemetrySettings,
  exported: Exported,
  credential: (clientId: string) => TokenCredential,
): Promise<Exporters> {
  // Every failure is told by its result; the SDK would print it besides.
  setGlobalErrorHandler(() => undefined);
  const pairs = await Promise.all([
    ...(settings.otlp ? [overHttp(exported)] : []),
    ...(settings.azureMonitor ? [toAzureMonitor(settings.azureMonitor, exported, credential)] : []),
  ]);
  const resource = resourceFromAttributes({
    'service.name': SCOPE.name,
    'service.instance.id': randomUUID(),
    'deployment.environment.name': settings.environment,
  });
  const meters = new MeterProvider({
    resource,
    readers: pairs.map(
      ({ metrics }) =>
        new PeriodicExportingMetricReader({
          exporter: metrics,
          exportIntervalMillis: settings.interval,
          exportTimeoutMillis: settings.interval,
        }),
    ),
  });
  const processors = pairs.map(({ traces }) => new BatchSpanProcessor(traces));
  const record = recorders(meters);

  return {
    measure: ({ name, value, attributes }) => record[name](value, attributes),
    trace(span) {
      const readable = readableSpan(span, resource);
      for (const processor of processors) processor.onEnd(readable);
    },
    async flush() {
      await Promise.allSettled([meters.forceFlush(), ...processors.map((processor) => processor.forceFlush())]);
    },
  };
}

/** Address and headers are those of the standard's own settings, which the exporters read. */
async function overHttp(exported: Exported): Promise<Pair> {
  const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-http');
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  return {
    metrics: watched(new OTLPMetricExporter(), 'metrics', exported),
    traces: watched(new OTLPTraceExporter(), 'traces', exported),
  };
}

/** This exporter keeps on disk what was refused, tries again, and calls that a success: what counts is each answer. */
async function toAzureMonitor(
  { connectionString, clientId }: NonNullable<TelemetrySettings['azureMonitor']>,
  exported: Exported,
  credential: (clientId: string) => TokenCredential,
): Promise<Pair> {
  const { AzureMonitorMetricExporter, AzureMonitorTraceExporter } =
    await import('@azure/monitor-opentelemetry-exporter');
  const options = (what: string) => ({
    connectionString,
    ...(clientId && { credential: credential(clientId) }),
    additionalPolicies: [{ policy: answersTo(what, exported), position: 'perCall' as const }],
  });
  return {
    metrics: new AzureMonitorMetricExporter(options('metrics to Azure Monitor')),
    traces: new AzureMonitorTraceExporter(options('traces to Azure Monitor')),
  };
}

const answersTo = (what: string, exported: Exported): PipelinePolicy => ({
  name: 'answers',
  async sendRequest(request, next) {
    try {
      const response = await next(request);
      exported(what, response.status < 300 ? undefined : new Error(`HTTP ${response.status}`));
      return response;
    } catch (error) {
      exported(what, error instanceof Error ? error : new Error('unknown'));
      throw error;
    }
  },
});

type Exporting = { export: (items: never, done: (result: { code: ExportResultCode; error?: Error }) => void) => void };

/** The same exporter, which tells how each export ended. */
function watched<Exporter extends Exporting>(exporter: Exporter, what: string, exported: Exported): Exporter {
  const send = exporter.export.bind(exporter);
  exporter.export = (items, done) =>
    send(items, (result) => {
      exported(what, result.code === ExportResultCode.SUCCESS ? undefined : (result.error ?? new Error('refused')));
      done(result);
    });
  return exporter;
}

type Recorder = (value: number, attributes: Measurement['attributes']) => void;

function recorders(meters: MeterProvider): Record<InstrumentName, Recorder> {
  const meter = meters.getMeter(SCOPE.name);
  const recorderOf = (name: string, { kind, unit, description }: Instrument): Recorder => {
    if (kind === 'counter') {
      const counter = meter.createCounter(name, { unit, description });
      return (value, attributes) => counter.add(value, attributes);
    }
    const instrument =
      kind === 'gauge'
        ? meter.createGauge(name, { unit, description })
        : meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries: SECONDS } });
    return (value, attributes) => instrument.record(value, attributes);
  };
  return Object.fromEntries(
    Object.entries(INSTRUMENTS).map(([name, instrument]) => [name, recorderOf(name, instrument)]),
  ) as Record<InstrumentName, Recorder>;
}

/** Made by hand: the SDK's own tracer draws ids by chance, and starts spans where they end here. */
function readableSpan(
  { trace, id, parent, name, kind, start, end, failed, attributes }: Span,
  resource: ReadableSpan['resource'],
): ReadableSpan {
  const [startTime, endTime]: [HrTime, HrTime] = [millisToHrTime(start.getTime()), millisToHrTime(end.getTime())];
  const contextOf = (spanId: string) => ({ traceId: trace, spanId, traceFlags: TraceFlags.SAMPLED });
  return {
    name,
    kind: kind === 'client' ? SpanKind.CLIENT : SpanKind.INTERNAL,
    spanContext: () => contextOf(id),
    ...(parent && { parentSpanContext: contextOf(parent) }),
    startTime,
    endTime,
    duration: hrTimeDuration(startTime, endTime),
    status: { code: failed ? SpanStatusCode.ERROR : SpanStatusCode.UNSET },
    attributes,
    links: [],
    events: [],
    ended: true,
    resource,
    instrumentationScope: SCOPE,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}
