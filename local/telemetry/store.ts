/** Adds up what came, over all processes that sent it. */
import type { MetricsRequest, TracesRequest, Value } from './otlp.ts';

export interface Point {
  readonly attributes: Readonly<Record<string, Value>>;
  /** Of a counter or gauge. */
  readonly value?: number;
  /** Of a histogram. */
  readonly count?: number;
  readonly sum?: number;
  /** How many lie up to each bound, the last one without bound. */
  readonly buckets?: readonly { readonly upTo: number | null; readonly count: number }[];
}

export interface Metric {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly points: readonly Point[];
}

export interface StoredSpan {
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly start: string;
  readonly milliseconds: number;
  readonly failed: boolean;
  readonly attributes: Readonly<Record<string, Value>>;
}

export interface Trace {
  readonly traceId: string;
  readonly spans: readonly StoredSpan[];
}

export interface Store {
  addMetrics(request: MetricsRequest): void;
  addTraces(request: TracesRequest): void;
  metrics(): Metric[];
  traces(): Trace[];
  /** How many requests came. */
  exports(): { metrics: number; traces: number };
}

type Numbers = { value: number; count: number; sum: number; buckets: number[] };
type Series = {
  attributes: Readonly<Record<string, Value>>;
  bounds: readonly number[];
  /** By process, when each tells its own total. */
  byProcess: Map<string, Numbers & { at: number }>;
};
type Kept = Omit<Metric, 'points'> & { series: Map<string, Series> };

const NOTHING: Numbers = { value: 0, count: 0, sum: 0, buckets: [] };

const plus = (a: Numbers, b: Numbers): Numbers => ({
  value: a.value + b.value,
  count: a.count + b.count,
  sum: a.sum + b.sum,
  buckets: b.buckets.map((count, index) => count + (a.buckets[index] ?? 0)),
});

export function createStore(): Store {
  const kept = new Map<string, Kept>();
  const spans = new Map<string, Map<string, StoredSpan>>();
  const exports = { metrics: 0, traces: 0 };

  function keep(
    metric: Omit<Kept, 'series'>,
    process: string,
    isDelta: boolean,
    point: Numbers & { attributes: Series['attributes']; bounds: readonly number[]; at: number },
  ): void {
    const { attributes, bounds, at, ...numbers } = point;
    const known = kept.get(metric.name) ?? { ...metric, series: new Map<string, Series>() };
    kept.set(metric.name, known);
    const key = JSON.stringify(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)));
    const series = known.series.get(key) ?? { attributes, bounds, byProcess: new Map() };
    known.series.set(key, series);
    const before = series.byProcess.get(process);
    series.byProcess.set(process, { ...(isDelta ? plus(before ?? NOTHING, numbers) : numbers), at });
  }

  return {
    addMetrics({ resourceMetrics }) {
      exports.metrics += 1;
      for (const { resource, scopeMetrics } of resourceMetrics) {
        const process = String(resource.attributes['service.instance.id'] ?? '');
        for (const { name, unit, description, sum, gauge, histogram } of scopeMetrics.flatMap(
          ({ metrics }) => metrics,
        )) {
          const named = { name, unit, description };
          for (const { attributes, value, timeUnixNano: at } of (sum ?? gauge)?.dataPoints ?? [])
            keep({ ...named, kind: sum ? 'counter' : 'gauge' }, process, sum?.aggregationTemporality === 1, {
              ...NOTHING,
              attributes,
              bounds: [],
              at,
              value,
            });
          for (const {
            attributes,
            count,
            sum: total,
            bucketCounts,
            explicitBounds,
            timeUnixNano: at,
          } of histogram?.dataPoints ?? [])
            keep({ ...named, kind: 'histogram' }, process, histogram?.aggregationTemporality === 1, {
              ...NOTHING,
              attributes,
              bounds: explicitBounds,
              at,
              count,
              sum: total,
              buckets: bucketCounts,
            });
        }
      }
    },

    addTraces({ resourceSpans }) {
      exports.traces += 1;
      for (const span of resourceSpans.flatMap(({ scopeSpans }) => scopeSpans).flatMap(({ spans }) => spans)) {
        const { traceId, spanId, parentSpanId, name, startTimeUnixNano, endTimeUnixNano, status, attributes } = span;
        const trace = spans.get(traceId) ?? new Map<string, StoredSpan>();
        spans.set(traceId, trace);
        trace.set(spanId, {
          spanId,
          ...(parentSpanId !== undefined && { parentSpanId }),
          name,
          start: new Date(startTimeUnixNano / 1e6).toISOString(),
          milliseconds: (endTimeUnixNano - startTimeUnixNano) / 1e6,
          failed: status.code === 2,
          attributes,
        });
      }
    },

    metrics: () =>
      [...kept.values()]
        .map(({ series, ...metric }) => ({
          ...metric,
          points: [...series.values()].map((one) => pointOf(one, metric.kind)),
        }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    traces: () =>
      [...spans].map(([traceId, trace]) => ({
        traceId,
        spans: [...trace.values()].sort((a, b) => (a.start < b.start ? -1 : 1)),
      })),
    exports: () => ({ ...exports }),
  };
}

/** Totals of all processes together; of a gauge what was told last. */
function pointOf({ attributes, bounds, byProcess }: Series, kind: Metric['kind']): Point {
  const all = [...byProcess.values()];
  if (kind === 'gauge') return { attributes, value: all.reduce((a, b) => (b.at >= a.at ? b : a)).value };
  const { value, count, sum, buckets } = all.reduce<Numbers>(plus, NOTHING);
  if (kind === 'counter') return { attributes, value };
  const upTo = (index: number): number | null => bounds[index] ?? null;
  return { attributes, count, sum, buckets: buckets.map((count, index) => ({ upTo: upTo(index), count })) };
}
