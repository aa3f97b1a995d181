import { describe, expect, it } from 'vitest';
import { isKept, spanOfEvent, spansOf } from '../../shared/spans.ts';

const NOW = new Date('2026-11-20T13:00:10.000Z');
const trace = '0123456789abcdef0123456789abcdef';
const [one, another] = ['019a0000-0000-8000-8000-000000000000', '019a0000-0000-8000-8000-000000000001'];
const event = spanOfEvent({ source: '/shop', subject: 'order:1042', id: 'e-1' });
const spanOf = (...line: Parameters<typeof spansOf>) => spansOf(...line)[0];
const settled = (delivery: string, more = {}) =>
  spanOf(
    'info',
    'delivery-settled',
    { trace, delivery, parent: event, status: 'accepted', before: 'sending', sinceArrival: 8, ...more },
    NOW,
  );
const call = (level: 'info' | 'warn', outcome: string) =>
  spanOf(
    level,
    outcome === 'accepted' ? 'delivery-sent' : 'delivery-postponed',
    { trace, delivery: one, attempt: 0, outcome, took: 0.5 },
    NOW,
  );
const report = (reported: string, known = false) =>
  spanOf(
    'info',
    'report-merged',
    { trace, delivery: one, attempt: 0, reported, known, status: reported, took: 2 },
    NOW,
  );

describe('a trace', () => {
  it('has no span of a call that was never made', () => {
    const line = { trace, delivery: one, attempt: 0, outcome: 'not-reached', note: 'not-called' };
    expect(spansOf('warn', 'delivery-postponed', line, NOW)).toEqual([]);
    expect(spansOf('warn', 'delivery-postponed', { ...line, note: 'ECONNREFUSED' }, NOW)).toHaveLength(1);
  });

  it('takes codes and a few words from a line, but not what an error says', () => {
    const attributesOf = (error: string) => spanOf('error', 'delivery-repeated', { trace, error }, NOW)?.attributes;
    expect(attributesOf('HTTP 403')).toMatchObject({ error: 'HTTP 403' });
    for (const error of ['cannot write to anna.berg@mail.example now', 'no row of +43 664 1234567, Anna Berg'])
      expect(attributesOf(error)).toMatchObject({ error: 'other' });
  });

  it('is one tree: publisher, event, deliveries, calls and reports', () => {
    const root = spanOf('info', 'event-taken', { trace, span: event, parent: 'b7ad6b7169203331', took: 3 }, NOW);
    expect(root).toMatchObject({ trace, id: event, parent: 'b7ad6b7169203331', name: 'event', failed: false });
    const [first, second] = [settled(one)!, settled(another)!];
    expect([first.parent, second.parent]).toEqual([event, event]);
    expect(first.id).not.toBe(second.id);
    for (const child of [call('info', 'accepted'), report('delivered')]) expect(child?.parent).toBe(first.id);
    for (const { id } of [root!, first, second, call('info', 'accepted')!, report('delivered')!])
      expect(id).toMatch(/^[0-9a-f]{16}$/);
  });

  it('has no parent for an event whose publisher gave none', () => {
    expect(spanOf('info', 'event-taken', { trace, span: event, took: 3 }, NOW)).not.toHaveProperty('parent');
  });

  it('says when each step began and ended', () => {
    expect(settled(one)).toMatchObject({ start: new Date('2026-11-20T13:00:02.000Z'), end: NOW });
    expect(call('info', 'accepted')).toMatchObject({ start: new Date('2026-11-20T13:00:09.500Z'), kind: 'client' });
  });

  it('has the same ids when another process tells the same', () => {
    expect(settled(one)).toEqual(settled(one));
  });

  it('holds nothing twice: no change, no report that was known, no line without a trace', () => {
    expect(settled(one, { before: 'accepted' })).toBeUndefined();
    expect(report('delivered', true)).toBeUndefined();
    expect(spanOf('warn', 'report-unmatched', { type: 'x' }, NOW)).toBeUndefined();
    expect(spanOf('info', 'delivery-planned', { trace, delivery: one }, NOW)).toBeUndefined();
  });

  it('has its delivery also when a report settles it before the answer is there', () => {
    const fields = { trace, delivery: one, parent: event, attempt: 0, reported: 'delivered', status: 'delivered' };
    const [told, delivery, ...others] = spansOf(
      'info',
      'report-merged',
      { ...fields, before: 'sending', known: false, took: 2, sinceArrival: 8 },
      NOW,
    );
    expect(others).toEqual([]);
    expect(told).toMatchObject({
      name: 'report',
      parent: settled(one)!.id,
      start: new Date('2026-11-20T13:00:08.000Z'),
    });
    expect(delivery).toMatchObject({
      name: 'delivery',
      id: settled(one)!.id,
      parent: event,
      start: settled(one)!.start,
    });
  });

  it('tells the end without a report as a step of the delivery', () => {
    const end = settled(one, { status: 'unknown', before: 'accepted' });
    expect(end).toMatchObject({ name: 'no report', parent: settled(one)!.id, failed: true });
  });

  it('holds every warning', () => {
    expect(spanOf('warn', 'copy-scheduled-again', { trace, delivery: one }, NOW)).toMatchObject({
      name: 'copy-scheduled-again',
      failed: true,
      parent: settled(one)!.id,
    });
  });

  it('carries the words of the line, and no ids twice', () => {
    expect(settled(one, { channel: 'sms' })?.attributes).toEqual({
      event: 'delivery-settled',
      delivery: one,
      status: 'accepted',
      before: 'sending',
      sinceArrival: 8,
      channel: 'sms',
    });
  });
});

describe('sampling', () => {
  const traces = Array.from({ length: 4_000 }, (_, index) =>
    settled(one, { trace: (index * 1_073_741 + 99).toString(16).padStart(32, '0') })!,
  );

  it('keeps about the share, whole traces, and more of them for a greater share', () => {
    const kept = (share: number) => traces.filter((span) => isKept(span, share)).map((span) => span.trace);
    expect(kept(0)).toEqual([]);
    expect(kept(1)).toHaveLength(traces.length);
    expect(kept(0.1).length / traces.length).toBeCloseTo(0.1, 1);
    expect(kept(0.5)).toEqual(expect.arrayContaining(kept(0.1)));
    for (const span of traces) expect(isKept({ ...span, name: 'report' }, 0.3)).toBe(isKept(span, 0.3));
  });

  it.each([
    ['a refusal for quota', call('info', 'refused-for-now')],
    ['silence', call('warn', 'ambiguous')],
    ['a report of a failure', report('failed')],
    ['a delivery that failed', settled(one, { status: 'failed' })],
    ['one whose fate nobody knows', settled(one, { status: 'uncertain' })],
    ['an end without a report', settled(one, { status: 'unknown', before: 'accepted' })],
  ])('always keeps %s', (_, span) => {
    expect(isKept(span!, 0)).toBe(true);
  });

  it.each([
    ['an acceptance', call('info', 'accepted')],
    ['a delivery that was left out on purpose', settled(one, { status: 'skipped' })],
  ])('does not keep %s for itself', (_, span) => {
    expect(isKept(span!, 0)).toBe(false);
  });
});
