import { describe, expect, it } from 'vitest';
import type { Measurement } from '../../shared/measurements.ts';
import type { Span } from '../../shared/spans.ts';
import { createTelemetry, type Exported, type Exporters } from '../../shared/telemetry.ts';

const TAKEN = { type: 'order.placed', trace: 'f'.repeat(32), span: 'a'.repeat(16) };
const NOW = new Date('2026-11-20T13:00:00.000Z');

function world(share = 1, opening: Promise<void> = Promise.resolve()) {
  let now = NOW;
  const measured: Measurement[] = [];
  const traced: Span[] = [];
  let flushed = 0;
  let tell: Exported = () => undefined;
  const exporters: Exporters = {
    measure: (measurement) => void measured.push(measurement),
    trace: (span) => void traced.push(span),
    flush: async () => void (flushed += 1),
  };
  const telemetry = createTelemetry(
    async (exported) => {
      tell = exported;
      await opening;
      return exporters;
    },
    { share, now: () => now },
  );
  return {
    telemetry,
    measured,
    traced,
    flushes: () => flushed,
    tell: (error?: Error, what = 'metrics') => tell(what, error),
    later: (minutes: number) => void (now = new Date(now.getTime() + minutes * 60_000)),
  };
}

describe('telemetry', () => {
  it('hands over what lines measure and trace, in their order, also what came before the exporters were there', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { telemetry, measured, traced, flushes } = world(1, promise);
    telemetry.observe('info', 'event-taken', TAKEN);
    telemetry.observe('info', 'event-known', TAKEN);
    expect(measured).toEqual([]);
    resolve();
    await telemetry.flush();
    expect(measured.map(({ name }) => name)).toEqual(['events.taken', 'events.known']);
    expect(traced.map(({ name }) => name)).toEqual(['event']);
    expect(flushes()).toBe(1);
  });

  it('leaves out the traces beyond the share, but no measurement', async () => {
    const { telemetry, measured, traced } = world(0.5);
    telemetry.observe('info', 'event-taken', TAKEN);
    await telemetry.flush();
    expect([measured.length, traced.length]).toEqual([1, 0]);
  });

  it('says once that nothing can be exported, and once that it works again', () => {
    const { telemetry, tell } = world();
    expect(telemetry.news()).toBeUndefined();
    for (let times = 0; times < 5; times += 1) tell(new Error('connect ECONNREFUSED 127.0.0.1:4318'));
    expect(telemetry.news()).toEqual({ level: 'warn', event: 'telemetry-not-exported', fields: { error: 'Error' } });
    tell(new Error('again'));
    expect(telemetry.news()).toBeUndefined();
    tell();
    tell();
    expect(telemetry.news()).toEqual({ level: 'info', event: 'telemetry-exported-again', fields: {} });
    expect(telemetry.news()).toBeUndefined();
  });

  it('says it again while it lasts, so that nobody takes silence for an end', () => {
    const { telemetry, tell, later } = world();
    tell(new Error('refused'));
    expect(telemetry.news()).toMatchObject({ event: 'telemetry-not-exported' });
    later(9);
    expect(telemetry.news()).toBeUndefined();
    later(1);
    expect(telemetry.news()).toMatchObject({ event: 'telemetry-not-exported' });
    expect(telemetry.news()).toBeUndefined();
  });

  it('does not take traces that arrive for metrics that do', () => {
    const { telemetry, tell } = world();
    for (let times = 0; times < 3; times += 1) {
      tell(new Error('refused'), 'metrics');
      tell(undefined, 'traces');
    }
    expect(telemetry.news()).toMatchObject({ event: 'telemetry-not-exported' });
    expect(telemetry.news()).toBeUndefined();
    tell(undefined, 'metrics');
    expect(telemetry.news()).toMatchObject({ event: 'telemetry-exported-again' });
  });

  it('harms nobody when an exporter throws', async () => {
    const throwing: Exporters = {
      measure: () => {
        throw new RangeError('no');
      },
      trace: () => undefined,
      flush: async () => undefined,
    };
    const telemetry = createTelemetry(async () => throwing, { share: 1, now: () => NOW });
    telemetry.observe('info', 'event-taken', TAKEN);
    await telemetry.flush();
    expect(telemetry.news()).toMatchObject({ event: 'telemetry-not-exported', fields: { error: 'RangeError' } });
  });

  it('harms nobody when the exporters cannot be loaded', async () => {
    const telemetry = createTelemetry(() => Promise.reject(new TypeError('gone')), { share: 1, now: () => NOW });
    telemetry.observe('info', 'event-taken', TAKEN);
    await telemetry.flush();
    expect(telemetry.news()).toMatchObject({ event: 'telemetry-not-exported', fields: { error: 'TypeError' } });
  });
});
