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

/** An export of one kind that ended: without an error when it was taken. */
export type Exported = (what: string, error?: Error) => void;

/** While exports fail, so often it is said again: an alert that has seen nothing for a while takes itself back. */
const SAID_AGAIN = 10 * 60_000;

export type Telemetry = {
  observe(level: LogLevel, event: LogEvent, fields: LogFields): void;
  /** A line about exporting itself: one when it fails and every ten minutes from then on, one when it works again. */
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
  const failing = new Map<string, Error>();
  let said: Date | undefined;
  const exported: Exported = (what, error) => {
    if (error) failing.set(what, error);
    else failing.delete(what);
  };
  const failed = (what: string, error: unknown): undefined => {
    exported(what, error instanceof Error ? error : new Error('unknown'));
  };
  const opened = open(exported).catch((error: unknown) => failed('exporters', error));

  async function hand(measurements: readonly Measurement[], spans: readonly Span[]): Promise<void> {
    try {
      const exporters = await opened;
      for (const measurement of measurements) exporters?.measure(measurement);
      for (const span of spans) exporters?.trace(span);
      exported('lines');
    } catch (error) {
      failed('lines', error);
    }
  }

  return {
    observe(level, event, fields) {
      const measurements = measurementsOf(event, fields);
      const spans = spansOf(level, event, fields, now()).filter((span) => isKept(span, share));
      void hand(measurements, spans);
    },
    news() {
      const [error] = failing.values();
      if (!error && !said) return undefined;
      if (!error) {
        said = undefined;
        return { level: 'info', event: 'telemetry-exported-again', fields: {} };
      }
      if (said && now().getTime() - said.getTime() < SAID_AGAIN) return undefined;
      said = now();
      return { level: 'warn', event: 'telemetry-not-exported', fields: { error: error.name } };
    },
    async flush() {
      await (await opened)?.flush();
    },
  };
}
