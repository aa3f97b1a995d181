/** What the telemetry receiver has, as plain numbers. */
export type Metrics = {
  /** How many times metrics came. */
  exports: number;
  /** The sum of a counter over all points whose attributes are these, and whatever else. */
  sum(name: string, attributes?: Readonly<Record<string, string>>): number;
};

type Answer = {
  exports: { metrics: number };
  metrics: readonly {
    name: string;
    points: readonly { attributes: Readonly<Record<string, unknown>>; value?: number }[];
  }[];
};

export async function readMetrics(receiver: string): Promise<Metrics> {
  const response = await fetch(`${receiver}/metrics`);
  if (!response.ok) throw new Error(`the telemetry receiver answered ${response.status}`);
  const { exports, metrics } = (await response.json()) as Answer;
  return {
    exports: exports.metrics,
    sum(name, attributes = {}) {
      const wanted = Object.entries(attributes);
      return (metrics.find((metric) => metric.name === name)?.points ?? [])
        .filter((point) => wanted.every(([key, value]) => point.attributes[key] === value))
        .reduce((sum, { value = 0 }) => sum + value, 0);
    },
  };
}
