/** What the telemetry receiver has, as plain numbers. */
export type ReceivedTelemetry = {
  /** How many times metrics came. */
  exports: number;
  /** The sum of a counter over all points whose attributes are these, and whatever else. */
  sum(name: string, attributes?: Readonly<Record<string, string>>): number;
  /** Deliveries whose span hangs on that of their event, in one trace. */
  tracedDeliveries: number;
};

type Metrics = {
  exports: { metrics: number };
  metrics: readonly {
    name: string;
    points: readonly { attributes: Readonly<Record<string, unknown>>; value?: number }[];
  }[];
};

type Traces = { traces: readonly { spans: readonly Span[] }[] };
type Span = { spanId: string; parentSpanId?: string; name: string };

export async function readTelemetry(receiver: string): Promise<ReceivedTelemetry> {
  const [{ exports, metrics }, { traces }] = await Promise.all([
    read<Metrics>(`${receiver}/metrics`),
    read<Traces>(`${receiver}/traces`),
  ]);
  return {
    exports: exports.metrics,
    sum(name, attributes = {}) {
      const wanted = Object.entries(attributes);
      return (metrics.find((metric) => metric.name === name)?.points ?? [])
        .filter((point) => wanted.every(([key, value]) => point.attributes[key] === value))
        .reduce((sum, { value = 0 }) => sum + value, 0);
    },
    tracedDeliveries: traces.reduce((sum, { spans }) => sum + deliveriesOfEventsIn(spans), 0),
  };
}

function deliveriesOfEventsIn(spans: readonly Span[]): number {
  const events = new Set(spans.flatMap(({ name, spanId }) => (name === 'event' ? [spanId] : [])));
  return spans.filter(({ name, parentSpanId }) => name === 'delivery' && events.has(parentSpanId ?? '')).length;
}

async function read<Answer>(url: string): Promise<Answer> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the telemetry receiver answered ${response.status}`);
  return (await response.json()) as Answer;
}
