/** What OTLP/HTTP says in JSON, as far as this receiver keeps it; anything else is refused. */
import { z } from 'zod';

/** 64 bits do not fit a JSON number: they come as text. */
const long = z.union([z.string().regex(/^-?\d+$/), z.number()]).transform(Number);

const value = z.union([
  z.object({ stringValue: z.string() }).transform(({ stringValue }) => stringValue),
  z.object({ boolValue: z.boolean() }).transform(({ boolValue }) => boolValue),
  z.object({ intValue: long }).transform(({ intValue }) => intValue),
  z.object({ doubleValue: z.number() }).transform(({ doubleValue }) => doubleValue),
]);
export type Value = z.infer<typeof value>;

const attributes = z
  .array(z.object({ key: z.string().min(1), value }))
  .default([])
  .transform((list) => Object.fromEntries(list.map(({ key, value }): [string, Value] => [key, value])));

const point = { attributes, startTimeUnixNano: long.default(0), timeUnixNano: long };
const numberPoint = z
  .object({ ...point, asInt: long.optional(), asDouble: z.number().optional() })
  .refine(({ asInt, asDouble }) => (asInt === undefined) !== (asDouble === undefined), 'one of asInt and asDouble')
  .transform(({ asInt, asDouble, ...rest }) => ({ ...rest, value: asInt ?? asDouble ?? 0 }));
const histogramPoint = z
  .object({
    ...point,
    count: long,
    sum: z.number().default(0),
    bucketCounts: z.array(long).default([]),
    explicitBounds: z.array(z.number()).default([]),
  })
  .refine(
    ({ bucketCounts, explicitBounds }) =>
      bucketCounts.length === 0 || bucketCounts.length === explicitBounds.length + 1,
    'one bucket more than bounds',
  );

/** 1: since the last export, 2: since the start. */
const temporality = z.union([z.literal(1), z.literal(2)]);

const metric = z
  .object({
    name: z.string().min(1),
    description: z.string().default(''),
    unit: z.string().default(''),
    sum: z
      .object({ dataPoints: z.array(numberPoint), aggregationTemporality: temporality, isMonotonic: z.boolean() })
      .optional(),
    gauge: z.object({ dataPoints: z.array(numberPoint) }).optional(),
    histogram: z.object({ dataPoints: z.array(histogramPoint), aggregationTemporality: temporality }).optional(),
  })
  .refine(
    ({ sum, gauge, histogram }) => [sum, gauge, histogram].filter(Boolean).length === 1,
    'a sum, gauge or histogram',
  );

const resource = z.object({ attributes }).default({ attributes: {} });

export const METRICS = z.object({
  resourceMetrics: z.array(z.object({ resource, scopeMetrics: z.array(z.object({ metrics: z.array(metric) })) })),
});

const id = (digits: number) =>
  z
    .string()
    .refine((text) => text.length === digits && /^[0-9a-f]+$/.test(text) && !/^0+$/.test(text), `${digits} hex digits`);

const span = z.object({
  traceId: id(32),
  spanId: id(16),
  parentSpanId: z.union([z.literal('').transform(() => undefined), id(16)]).optional(),
  name: z.string().min(1),
  kind: z.number().int().min(1).max(5),
  startTimeUnixNano: long,
  endTimeUnixNano: long,
  attributes,
  status: z.object({ code: z.number().int().min(0).max(2).default(0) }).default({ code: 0 }),
});

export const TRACES = z.object({
  resourceSpans: z.array(z.object({ resource, scopeSpans: z.array(z.object({ spans: z.array(span) })) })),
});

export type MetricsRequest = z.infer<typeof METRICS>;
export type TracesRequest = z.infer<typeof TRACES>;
