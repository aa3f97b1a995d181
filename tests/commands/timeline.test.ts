import { describe, expect, it } from 'vitest';
import { showSubject, type View } from '../../commands/timeline.ts';
import { CAUSES } from '../../shared/causes.ts';
import type { Progress, Step } from '../../shared/delivery.ts';
import type { EventRecord } from '../../shared/ports.ts';
import { reminderRecordId } from '../../shared/reminder-rounds.ts';
import { ARRIVED, deliveryOf, MAIL, PHONE } from '../shared/stored-delivery.ts';

const at = (seconds: number) => new Date(ARRIVED.getTime() + seconds * 1_000);
const step = (seconds: number, status: Step['status'], cause: Step['cause'], note?: string, attempt = 0): Step => ({
  at: at(seconds),
  status,
  cause,
  attempt,
  ...(note && { note }),
});

const EVENT: EventRecord = {
  source: '/shops/nordlicht',
  subject: 'order:1042',
  id: 'evt-1',
  type: 'order.delayed',
  arrived: ARRIVED,
  time: ARRIVED,
  contentHash: '',
  deliveries: [],
};

const FAILED: Partial<Progress> = {
  status: 'failed',
  cause: 'handset-unreachable',
  reported: at(142),
  attempt: 1,
  sender: '+18005550100',
  history: [
    step(0.4, 'sending', 'waiting', 'called'),
    step(0.6, 'sending', 'throttled', '429'),
    step(60.9, 'sending', 'throttled', 'called', 1),
    step(61.1, 'accepted', 'taken', '202', 1),
    step(142, 'failed', 'handset-unreachable', '4006', 1),
  ],
};

function show(deliveries: Parameters<typeof showSubject>[2], view: Partial<View> = {}): string[] {
  const settings: View = { reveal: false, width: 100, paint: (_, text) => text, ...view };
  return showSubject('order:1042', [EVENT], deliveries, settings).split('\n');
}

describe('showSubject', () => {
  it('begins with the order, its shop, and how its deliveries ended', () => {
    const mail = deliveryOf({ channel: 'email' }, { status: 'delivered', cause: 'arrived' });
    expect(show([deliveryOf({}, FAILED), mail])[0]).toBe(
      'order:1042 · Nordlicht · 2 deliveries: 1 failed, 1 delivered',
    );
  });

  it('tells who wanted a delivery again and why, and what the first one was sent again as', () => {
    const first = deliveryOf({}, FAILED);
    const again = deliveryOf({ eventId: 'again', resend: { of: first.plan.id, by: 'ann@desk', why: 'It was off.' } });
    const text = show([first, again], { width: 200 }).join('\n');
    expect(text).toContain(`  Sent again as delivery ${again.plan.id}`);
    expect(text).toContain(`resent     ann@desk wanted delivery ${first.plan.id} sent again: It was off.`);
    expect(text.match(/Next step/g)).toHaveLength(1);
    expect(text.match(/order\.delayed arrived/g)).toHaveLength(1);
  });

  it('tells the outcome and the next step in words', () => {
    const lines = show([deliveryOf({}, FAILED)]);
    expect(lines).toContain('✖ failed  SMS to +49*********67  order-delayed v1, de, urgent');
    expect(lines).toContain(`  Outcome    ${CAUSES['handset-unreachable'].meaning}`);
    expect(lines).toContain(`  Next step  ${CAUSES['handset-unreachable'].nextStep}`);
    expect(lines).toContain('  Time       2 min 22 s after the event');
  });

  it('tells of a reminder among the events when it was due, not how its record is called', () => {
    const id = reminderRecordId('2026-11-21T09:30:00.000Z/1d@17:00/1');
    const view: View = { reveal: false, width: 100, paint: (_, text) => text };
    const lines = showSubject('appointment:7', [{ ...EVENT, type: 'reminder', id }], [], view).split('\n');
    expect(lines.at(-1)).toMatch(/ reminder {2}due at 17:00 1 day before 2026-11-21 09:30:00 UTC$/);
  });

  it('of a reminder counts from when it was due, and says of which start', () => {
    const reminder = { start: new Date('2026-11-21T09:30:00Z'), offset: '1d@17:00' };
    const lines = show([deliveryOf({ reminder }, FAILED)], { width: 140 });
    expect(lines).toContain('  Time       2 min 22 s after it was due');
    expect(lines.join('\n')).toMatch(/due +A reminder at 17:00 1 day before 2026-11-21 09:30:00 UTC was due\./);
  });

  it('says what lies before the event, or before its arrival, with one sign', () => {
    const early = { ...FAILED, history: [step(-3_600, 'failed', 'handset-unreachable')] };
    const lines = show([deliveryOf({ eventTime: at(200) }, early)]);
    expect(lines).toContain('  Time       58.0 s before the event');
    expect(lines.find((line) => line.startsWith('  12:00:00.000'))).toContain('  −1 h 0 min  failed');
    expect(lines.join('\n')).not.toMatch(/\+-|--/);
  });

  it.each([
    ['de', undefined, 'de'],
    ['de', 'de-AT', 'de'],
    ['de', 'DE-at', 'de'],
    ['pt-BR', 'pt-PT', 'pt-BR (pt-PT was asked for)'],
    ['en', 'sv-SE', 'en (sv-SE was asked for)'],
    ['de', 'den', 'de (den was asked for)'],
  ])('says of %s what was asked for, %s, only when that is another language', (locale, localeAsked, words) => {
    const [line] = show([deliveryOf({ locale, ...(localeAsked && { localeAsked }) }, FAILED)]).slice(4);
    expect(line).toBe(`✖ failed  SMS to +49*********67  order-delayed v1, ${words}, urgent`);
  });

  it('tells every step in order, with its cause, its attempt and the code', () => {
    const steps = show([deliveryOf({}, FAILED)], { width: 120 }).filter((line) => /^ {2}13:/.test(line));
    expect(steps.map((line) => line.slice(2).split(/ {2,}/))).toEqual([
      ['13:00:00.000', '+0.00 s', 'event', 'order.delayed arrived.'],
      ['13:00:00.000', '+0.00 s', 'planned', 'Stored, with its slot in the rate calendar: 13:00:00.000.'],
      ['13:00:00.400', '+0.40 s', 'sending', 'Handed to the provider.'],
      ['13:00:00.600', '+0.60 s', 'sending', 'The provider is at its quota and refused for now. (429)'],
      ['13:01:00.900', '+1 min 1 s', 'sending', 'Handed to the provider. (attempt 2)'],
      ['13:01:01.100', '+1 min 1 s', 'accepted', expect.stringContaining('took it') as string],
      ['13:02:22.000', '+2 min 22 s', 'failed', expect.stringMatching(/\(attempt 2, 4006\)$/) as string],
    ]);
  });

  it('tells how it came to its slot, with the times of the slots', () => {
    const slotStep = (seconds: number, cause: Step['cause'], note: string, next: number): Step => ({
      ...step(seconds, 'sending', cause, note),
      next: at(next),
    });
    const history = [
      slotStep(0.5, 'throttled', 'scope blocked', 60.5),
      slotStep(60.9, 'slot-missed', 'late for its slot', 62.3),
      slotStep(61, 'slot-missed', 'slot taken back for urgent news', 120.25),
      slotStep(119, 'waiting', 'called', 120.25),
      slotStep(120.25, 'slot-missed', 'not-called', 121),
      slotStep(121, 'channel-off', 'channel off', 181),
      slotStep(181, 'waiting', 'booked', 182),
      slotStep(181.5, 'waiting', 'called again', 182),
      slotStep(183, 'no-answer', 'timeout', 86_400),
      step(184, 'expired', 'no-slot-in-time'),
    ];
    const lines = show([deliveryOf({ firstBooking: 'loan', firstSlot: at(0.3) }, { history })], { width: 300 });
    const steps = lines.filter((line) => /^ {2}13:/.test(line));
    expect(steps.map((line) => line.slice(41)).join('\n')).toMatchInlineSnapshot(`
      "order.delayed arrived.
      Stored, with a slot that the urgent lane has lent it: 13:00:00.300.
      Not called, because of what others of its sender met: The provider is at its quota and refused for now. Booked the slot 13:01:00.500.
      Came too late for its slot and booked another one: 13:01:02.300.
      The urgent lane took the slot back that it had lent. Booked another one: 13:02:00.250.
      Goes to the provider at its slot, 13:02:00.250.
      Not called: at the last look its slot was over, or its sender or channel blocked. It asks for a slot again at 13:02:01.000.
      Operators have switched this channel off, or opened it to a few recipients only. Held back; it asks for a slot again at 13:03:01.000.
      Booked the slot 13:03:02.000.
      Goes to the provider again at its slot, 13:03:02.000, under the same id: it is sent once.
      The provider did not say whether it took the message. Next try: 2026-11-21 13:00:00.000. (timeout)
      The quota of its sender had no room for it before its deadline, or the provider refused for too long."
    `);
  });

  it.each([
    ['own', 'Stored, with its slot in the rate calendar: 13:00:00.000.'],
    ['none', 'Stored without a slot in the rate calendar; it asks for one at 13:00:00.000.'],
  ] as const)('tells how it was stored, booked %s', (firstBooking, words) => {
    expect(show([deliveryOf({ firstBooking })], { width: 200 }).join('\n')).toContain(words);
  });

  it('tells that it waits for the end of quiet hours, in the time of its recipient', () => {
    const quiet = { zone: 'Asia/Kolkata', tooLate: 'send' } as const;
    const plan = { quiet, firstBooking: 'none', firstCause: 'quiet-hours', firstSlot: at(5 * 3_600) } as const;
    const history = [{ ...step(5 * 3_600, 'sending', 'quiet-hours', 'quiet hours'), next: at(24 * 3_600) }];
    const text = show([deliveryOf(plan, { cause: 'quiet-hours', history })], { width: 300 }).join('\n');
    expect(text).toContain('Now        The recipient has quiet hours, in which this message is not sent.');
    expect(text).toContain(
      'Stored. The recipient has quiet hours, in which this message is not sent. When they are over it asks for a slot, at 23:30:00 in Asia/Kolkata (18:00:00.000).',
    );
    expect(text).toContain(
      'When they are over it asks for a slot, at 18:30:00 in Asia/Kolkata (2026-11-21 13:00:00.000).',
    );
  });

  it('names no slot for what is not sent', () => {
    const text = show([deliveryOf({ unsendable: 'bad-address', firstBooking: 'none' })], { width: 200 }).join('\n');
    expect(text).toContain('Stored; it is not sent.');
    expect(text).not.toMatch(/slot|Next try/);
  });

  it('says which slot it waits for', () => {
    const waiting = { status: 'sending', cause: 'waiting', slot: at(300), booking: 'own' } as const;
    expect(show([deliveryOf({}, waiting)])).toContain('  Slot       2026-11-20 13:05:00 UTC');
  });

  it('aligns all steps and keeps within the width', () => {
    const lines = show([deliveryOf({}, FAILED)], { width: 80 });
    expect(Math.max(...lines.slice(4).map((line) => line.length))).toBeLessThanOrEqual(80);
    const steps = lines.filter((line) => /^ {2}13:/.test(line));
    expect(new Set(steps.map((line) => line.slice(30).search(/\S/)))).toEqual(new Set([0]));
  });

  it('says when the next try is, and until when, while a delivery is under way', () => {
    const lines = show([deliveryOf({}, { status: 'sending', cause: 'throttled', slot: at(300) })]);
    expect(lines).toContain('  Now        The provider is at its quota and refused for now.');
    expect(lines).toContain('  Next try   2026-11-20 13:05:00 UTC');
    expect(lines).toContain('  Deadline   2026-11-20 17:00:00 UTC');
  });

  it('masks recipients and leaves texts out unless they are asked for', () => {
    const deliveries = [deliveryOf({}, FAILED), deliveryOf({ channel: 'email' })];
    const masked = show(deliveries).join('\n');
    for (const secret of [PHONE, MAIL, 'Bestellung', 'Später']) expect(masked).not.toContain(secret);
    const revealed = show(deliveries, { reveal: true }).join('\n');
    for (const secret of [PHONE, MAIL, 'Bestellung', 'Später']) expect(revealed).toContain(secret);
  });

  it('names a day before its first step, and what was left out between', () => {
    const history = Array.from({ length: 35 }, (_, index) => step(index * 7_200, 'sending', 'throttled', '429'));
    const lines = show([deliveryOf({}, { status: 'sending', cause: 'throttled', history, omitted: 12 })]);
    expect(lines.filter((line) => /^ {2}\d{4}-\d\d-\d\d UTC$/.test(line))).toHaveLength(4);
    const steps = lines.filter((line) => /^ {2}\d\d:/.test(line));
    expect(steps.findIndex((line) => line.includes('12 more steps'))).toBe(2 + 5);
  });

  it('says that there was nobody to tell', () => {
    const lines = show([deliveryOf({ address: '' }, { status: 'failed', cause: 'no-usable-address' })]);
    expect(lines.find((line) => line.startsWith('✖'))).toContain('no usable address');
  });

  it('tells of an event without deliveries', () => {
    expect(show([])).toEqual([
      'order:1042 · 0 deliveries',
      '',
      '  2026-11-20 13:00:00 UTC  order.delayed  event evt-1 of /shops/nordlicht',
    ]);
  });
});
