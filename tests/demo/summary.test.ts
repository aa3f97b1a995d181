import { describe, expect, it } from 'vitest';
import type { Account } from '../../demo/accounting.ts';
import { createProgressView, type ProgressState } from '../../demo/progress.ts';
import type { FullBooks, TimedDelivery } from '../../demo/reader.ts';
import { summaryOf } from '../../demo/summary.ts';
import { CAUSES } from '../../shared/causes.ts';
import type { DeliveryId } from '../../shared/delivery-id.ts';

const eventTime = new Date('2026-11-21T12:00:00Z');
const after = (seconds: number): Date => new Date(eventTime.getTime() + seconds * 1_000);
const delivery = (change: Partial<TimedDelivery>): TimedDelivery => ({
  id: 'id' as DeliveryId,
  event: { source: '/shop', subject: 'order:1', id: 'a' },
  message: 'order-placed',
  channel: 'sms',
  status: 'delivered',
  cause: 'arrived',
  end: 'delivered/arrived',
  reported: true,
  eventTime,
  accepted: after(1),
  segments: 1,
  delivered: after(2),
  ...change,
});
const deliveries = [
  delivery({}),
  delivery({ delivered: after(301) }),
  delivery({ status: 'failed', cause: 'carrier-blocked', accepted: after(400) }),
  delivery({ channel: 'email', status: 'unknown', cause: 'no-report' }),
];
const books: FullBooks = {
  events: [],
  rejected: [],
  deliveries: deliveries.map((one) => {
    if (one.status === 'delivered') return one;
    const { delivered: _, ...open } = one;
    return open;
  }),
  failures: [],
  reasons: [
    { path: '$', expected: 'JSON' },
    { path: '$', expected: 'JSON' },
  ],
  deadLetters: 0,
  unmatchedReports: 0,
};
const account: Account = {
  published: 5,
  recorded: 2,
  copies: 1,
  rejected: 2,
  rejectedEvents: 1,
  sends: 4,
  byOthers: { events: 0, deliveries: 0, sends: 0 },
  mismatches: [],
};

describe('summary', () => {
  const [messages, failures, rejections, accounts] = summaryOf(books, account);

  it('counts per message and channel, with the shares in five minutes', () => {
    expect(messages?.lines).toEqual([
      'message       channel  planned  delivered  failed  other  accepted*  delivered*',
      'order-placed  email          1          0       0      1    100.0 %       0.0 %',
      'order-placed  sms            3          2       1      0     66.7 %      33.3 %',
      'all                          4          2       1      1     75.0 %      25.0 %',
      '* within five minutes of the event, of all planned',
    ]);
  });

  it('gives the reasons in words', () => {
    expect(failures?.lines).toContain(`1  failed   sms      ${CAUSES['carrier-blocked'].meaning}`);
    expect(rejections?.lines).toContain('2  $      JSON');
  });

  it('says that everything is accounted for, or what is not', () => {
    expect(accounts).toMatchObject({ title: 'Everything is accounted for' });
    expect(accounts?.lines[0]).toBe(
      '5 messages published = 2 events recorded + 1 further copies + 2 rejected (1 different event)',
    );
    expect(accounts?.lines).toHaveLength(3);
    const mismatches = Array.from({ length: 30 }, (_, n) => `mismatch ${n}`);
    const bad = summaryOf(books, { ...account, mismatches }).at(-1);
    expect(bad).toMatchObject({ title: 'NOT accounted for: 30', isBad: true });
    expect(bad?.lines.slice(-2)).toEqual(['mismatch 24', '… and 5 more']);
  });
});

describe('an account with guests', () => {
  it('says how much somebody else published', () => {
    const lines = (byOthers: Account['byOthers']) => summaryOf(books, { ...account, byOthers }).at(-1)?.lines;
    expect(lines({ events: 1, deliveries: 1, sends: 1 })).toContain(
      'left out: 1 event that somebody else published meanwhile, with 1 delivery and 1 message taken by the provider',
    );
    expect(lines({ events: 2, deliveries: 3, sends: 0 })).toContain(
      'left out: 2 events that somebody else published meanwhile, with 3 deliveries and 0 messages taken by the provider',
    );
  });
});

const state = (elapsed: number): ProgressState => ({
  elapsed,
  published: 3,
  publications: 5,
  expected: 4,
  figures: {
    recorded: 2,
    rejected: 1,
    deliveries: [...deliveries, delivery({ status: 'sending', cause: 'throttled' })],
  },
});
const screen = (terminal: { isTTY: boolean; columns: number }) => {
  let written = '';
  const output = { ...terminal, write: (text: string) => (written += text) } as unknown as NodeJS.WriteStream;
  return { view: createProgressView(output), written: () => written };
};

describe('progress', () => {
  it('is drawn over itself in a terminal, never wider than that', () => {
    const { view, written } = screen({ isTTY: true, columns: 60 });
    view.show(state(0));
    view.show(state(61_000));
    const [, second] = written().split('\x1b[8A\x1b[0J');
    const lines = second!.trimEnd().split('\n');
    expect(lines).toHaveLength(8);
    expect(lines.at(-2)).toMatch(/ 4 of 5 deli$/);
    expect(lines[0]).toBe(' 1:01  3 of 5 messages published · 2 events taken · 1 event');
    expect(lines.at(-1)).toBe('      1 wait because the provider is at its quota');
  });

  it('is a line every five seconds, and a last one, where lines can only be added', () => {
    const { view, written } = screen({ isTTY: false, columns: 80 });
    for (const elapsed of [0, 400, 4_900, 5_100, 5_500]) view.show(state(elapsed));
    view.end();
    view.show(state(100));
    view.end();
    const clocks = written()
      .trimEnd()
      .split('\n')
      .map((line) => line.slice(0, 5));
    expect(clocks).toEqual([' 0:00', ' 0:05', ' 0:05', ' 0:00']);
    expect(written()).toContain('SMS: 4 planned, 1 waiting, 0 accepted, 2 delivered, 1 failed, 0 other ends');
  });
});
