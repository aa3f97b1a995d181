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

type Shape = Pick<Span, 'id' | 'name'> &
  Partial<Pick<Span, 'parent' | 'kind' | 'failed'>> & { took?: LogFields[string] };

/** Of a step with a trace: when it began follows from how long it took, in seconds. */
export function spansOf(level: LogLevel, event: LogEvent, fields: LogFields, now: Date): Span[] {
  const { trace } = fields;
  if (typeof trace !== 'string') return [];
  const attributes = attributesOf(event, fields);
  return shapesOf(level, event, fields, now).map(({ took = fields['took'], ...shape }) => ({
    trace,
    kind: 'internal',
    start: new Date(now.getTime() - (typeof took === 'number' ? took * 1_000 : 0)),
    end: now,
    failed: level !== 'info',
    attributes,
    ...shape,
  }));
}

/** Ids, codes and a few words such as `HTTP 403`; not what errors say in their own words. */
const PLAIN = /^[\w.:/+-]{0,100}( [\w.:/+-]{1,20}){0,3}$/;

/** All that the line says but the ids of trace and spans. */
function attributesOf(event: LogEvent, fields: LogFields): Span['attributes'] {
  const { trace: _trace, span: _span, parent: _parent, ...others } = fields;
  const attributes: Record<string, string | number | boolean> = { event };
  for (const [name, value] of Object.entries(others))
    if (value !== undefined) attributes[name] = typeof value === 'string' && !PLAIN.test(value) ? 'other' : value;
  return attributes;
}

function shapesOf(level: LogLevel, event: LogEvent, fields: LogFields, now: Date): Shape[] {
  const { delivery, attempt, outcome, reported } = fields;
  const [ofEvent, publisher] = [textOf(fields['span']), textOf(fields['parent'])];
  const parent = typeof delivery === 'string' ? spanIdOf(delivery) : publisher;
  const child = (name: string, more: Partial<Shape> = {}): Shape => ({
    id: spanIdOf(name, delivery, attempt, now.getTime()),
    name,
    ...(parent && { parent }),
    ...more,
  });
  switch (event) {
    case 'event-taken':
      return [{ id: ofEvent, name: 'event', ...(publisher && { parent: publisher }) }];
    case 'delivery-sent':
    case 'delivery-refused':
    case 'delivery-postponed':
    case 'set-up-refused':
      return fields['note'] === 'not-called'
        ? []
        : [child('provider call', { kind: 'client', failed: outcome !== 'accepted' })];
    case 'delivery-settled':
      return firstEnd(fields) ?? (fields['status'] === fields['before'] ? [] : [child('no report', { failed: true })]);
    case 'report-merged':
      if (fields['known'] === true) return [];
      return [child('report', { failed: reported !== 'delivered' }), ...(firstEnd(fields) ?? [])];
    default:
      return level === 'info' ? [] : [child(event)];
  }
}

/** What settles a delivery first makes its span; all others of it are its children. */
function firstEnd({ delivery, status, before, sinceArrival, parent }: LogFields): Shape[] | undefined {
  if ((before !== 'planned' && before !== 'sending') || status === before) return undefined;
  const failed = status !== 'accepted' && status !== 'delivered' && status !== 'skipped';
  return [{ id: spanIdOf(delivery), name: 'delivery', parent: textOf(parent), failed, took: sinceArrival }];
}

const textOf = (value: LogFields[string]): string => (typeof value === 'string' ? value : '');

/** Whole traces, the same ones in every process, and every step that went wrong. @param share of 1 */
export const isKept = ({ trace, failed }: Span, share: number): boolean =>
  failed || Number.parseInt(trace.slice(-8), 16) / 2 ** 32 < share;
