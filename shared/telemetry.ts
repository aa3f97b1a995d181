/** Hands what log lines measure and trace to the exporters. Nothing here fails or delays whoever logs. */
import type { LogEvent, LogFields, LogLevel } from './log.ts';
import { type Measurement, measurementsOf } from './measurements.ts';
import { isKept, type Span, spansOf } from './spans.ts';

export type Exporters = {
  measure(measurement: Measurement): void;
  trace(span: Span): void;
  /** Sends what is left; resolves when that is done, or has failed. */
  flush(): Promise<void>;
};

/** An export that ended: undefined when it was taken. */
export type Exported = (error: Error | undefined) => void;

export type Telemetry = {
  observe(level: LogLevel, event: LogEvent, fields: LogFields): void;
  /** A line about exporting itself: one when it begins to fail, one when it works again. */
  news(): { level: LogLevel; event: LogEvent; fields: LogFields } | undefined;
  flush(): Promise<void>;
};

/**
 * @param open loads the exporters; what is observed until then waits
 * @param share of the traces without a fault, of 1
 */
export function createTelemetry(
  open: (exported: Exported) => Promise<Exporters>,
  { share, now }: { share: number; now: () => Date },
): Telemetry {
  let isFailing = false;
  let news: ReturnType<Telemetry['news']>;
  const exported: Exported = (error) => {
    if (error && !isFailing) news = { level: 'warn', event: 'telemetry-not-exported', fields: { error: error.name } };
    if (!error && isFailing) news = { level: 'info', event: 'telemetry-exported-again', fields: {} };
    isFailing = error !== undefined;
  };
  const failed = (error: unknown): undefined => {
    exported(error instanceof Error ? error : new Error('unknown'));
  };
  const opened = open(exported).catch(failed);

  async function hand(measurements: readonly Measurement[], spans: readonly Span[]): Promise<void> {
    try {
      const exporters = await opened;
      for (const measurement of measurements) exporters?.measure(measurement);
      for (const span of spans) exporters?.trace(span);
    } catch (error) {
      failed(error);
    }
  }

  return {
    observe(level, event, fields) {
      const measurements = measurementsOf(event, fields);
      const spans = spansOf(level, event, fields, now()).filter((span) => isKept(span, share));
      void hand(measurements, spans);
    },
    news() {
      const told = news;
      news = undefined;
      return told;
    },
    async flush() {
      await (await opened)?.flush();
    },
  };
}
