/**
 * What log lines say of a trace: from the event to the last report, whichever process did the step. The trace id travels
 * in the rows; ids of spans follow from what they are of, so that nothing else has to. Pure.
 */
import { createHash } from 'node:crypto';
import type { LogEvent, LogFields, LogLevel } from './log.ts';

export type Span = {
  trace: string;
  id: string;
  parent?: string;
  name: string;
  /** `client`: it waited for the provider. */
  kind: 'internal' | 'client';
  start: Date;
  end: Date;
  failed: boolean;
  attributes: Readonly<Record<string, string | number | boolean>>;
};

const spanIdOf = (...parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);

export const spanOfEvent = ({ source, subject, id }: { source: string; subject: string; id: string }): string =>
  spanIdOf('event', source, subject, id);

type Shape = Pick<Span, 'id' | 'name'> & Partial<Pick<Span, 'parent' | 'kind' | 'failed'>>;

/** Of a step with a trace: when it began follows from what it `took`, in seconds. */
export function spanOf(level: LogLevel, event: LogEvent, fields: LogFields, now: Date): Span | undefined {
  const { trace, took } = fields;
  const shape = typeof trace === 'string' ? shapeOf(level, event, fields, now) : undefined;
  if (!shape) return undefined;
  return {
    trace: trace as string,
    kind: 'internal',
    start: new Date(now.getTime() - (typeof took === 'number' ? took * 1_000 : 0)),
    end: now,
    failed: level !== 'info',
    attributes: attributesOf(event, fields),
    ...shape,
  };
}

/** All that the line says but the ids of trace and spans. */
function attributesOf(event: LogEvent, fields: LogFields): Span['attributes'] {
  const { trace: _trace, span: _span, parent: _parent, ...others } = fields;
  const attributes: Record<string, string | number | boolean> = { event };
  for (const [name, value] of Object.entries(others)) if (value !== undefined) attributes[name] = value;
  return attributes;
}

function shapeOf(level: LogLevel, event: LogEvent, fields: LogFields, now: Date): Shape | undefined {
  const { delivery, status, before, attempt, outcome } = fields;
  const parent = typeof delivery === 'string' ? spanIdOf(delivery) : textOf(fields['parent']);
  const child = (name: string, more: Partial<Shape> = {}): Shape => ({
    id: spanIdOf(name, delivery, attempt, now.getTime()),
    name,
    ...(parent && { parent }),
    ...more,
  });
  switch (event) {
    case 'event-taken':
      return { id: textOf(fields['span']), name: 'event', ...(parent && { parent }) };
    case 'delivery-sent':
    case 'delivery-refused':
    case 'delivery-postponed':
    case 'set-up-refused':
      return child('provider call', { kind: 'client', failed: outcome !== 'accepted' });
    case 'delivery-settled': {
      if (status === before) return undefined;
      const failed = status !== 'accepted' && status !== 'skipped';
      // What settles it first is its own span; whatever changes it later is a step of it.
      if (before !== 'planned' && before !== 'sending') return child('no report', { failed });
      return { id: parent, name: 'delivery', failed, parent: textOf(fields['parent']) };
    }
    case 'report-merged':
      return fields['known'] === true ? undefined : child('report', { failed: fields['reported'] !== 'delivered' });
    default:
      return level === 'info' ? undefined : child(event);
  }
}

const textOf = (value: LogFields[string]): string => (typeof value === 'string' ? value : '');

/** Whole traces, the same ones in every process, and every step that went wrong. @param share of 1 */
export const isKept = ({ trace, failed }: Span, share: number): boolean =>
  failed || Number.parseInt(trace.slice(-8), 16) / 2 ** 32 < share;
