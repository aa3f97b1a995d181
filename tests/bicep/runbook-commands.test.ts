import { readFileSync } from 'node:fs';
import { beforeEach, expect, it } from 'vitest';
import type { Cause } from '../../shared/causes.ts';
import { writeFailure } from '../../shared/failures.ts';
import { takeEvents } from '../../shared/intake.ts';
import { rejectedKey } from '../../shared/keys.ts';
import type { Status } from '../../shared/status.ts';
import { deliveryOf } from '../shared/stored-delivery.ts';
import { bytesOf, INTAKE_SETTINGS, rawEvent } from '../shared/order-event.ts';
import { fakeWorld, NOW } from '../commands/world.ts';

const page = readFileSync('docs/runbook.md', 'utf8');

/** Every command line of the page: those that a terminal shows, and those within a sentence. */
const COMMANDS: readonly string[] = [
  ...new Set([
    ...[...page.matchAll(/^ +\$ (notify (?:.*\\\n)*.*)$/gm)].map(([, line]) => line!.replaceAll(/\\\n\s*/g, '')),
    ...[...page.matchAll(/`(notify [^`]+)`/g)].map(([, line]) => line!),
  ]),
];

const ENDED: readonly [Status, Cause][] = [
  ['failed', 'handset-unreachable'],
  ['failed', 'destination-not-supported'],
  ['failed', 'filtered-as-spam'],
  ['unknown', 'no-report'],
  ['expired', 'channel-off'],
  ['expired', 'no-slot-in-time'],
  ['failed', 'loop-suspected'],
];
const PHONE = '+4915112554006';
const HALF_AN_HOUR_AGO = new Date(NOW.getTime() - 30 * 60_000);

let world: ReturnType<typeof fakeWorld>;

/** A deployment in which everything that the page speaks of has happened half an hour ago. */
beforeEach(async () => {
  world = fakeWorld({ answer: true });
  for (const [index, [status, cause]] of ENDED.entries()) {
    const subject = `order:${7001 + index}`;
    const plan = { subject, eventId: `e-${index}`, arrived: HALF_AN_HOUR_AGO, address: PHONE };
    const delivery = deliveryOf(plan, { status, cause, revision: 2 });
    world.deliveries.rows.set(delivery.plan.id, delivery);
    await writeFailure(delivery, world.failures, HALF_AN_HOUR_AGO);
    const record = {
      source: delivery.plan.source,
      subject,
      id: plan.eventId,
      type: 'order.delayed' as const,
      contentHash: '',
    };
    const current = await world.subjects.current(record.source, subject);
    const times = { arrived: plan.arrived, time: plan.arrived };
    await world.subjects.take({ ...record, ...times, deliveries: [delivery.plan.id] }, current);
  }
  const rejected = {
    at: HALF_AN_HOUR_AGO,
    arrived: HALF_AN_HOUR_AGO,
    source: '/shops/thistle',
    subject: 'order:8-103',
    id: 'e-8',
    type: 'order.shipped',
    reasons: [{ path: 'data.order.trackingLink', expected: 'a link to a known host' }],
    body: Buffer.from('{}'),
  };
  await world.rejectedEvents.put(rejected);
  await world.deadLetters.put({
    at: HALF_AN_HOUR_AGO,
    entity: 'order-events/notifications',
    sequenceNumber: '12',
    messageId: 'm-1',
    reason: 'MaxDeliveryCountExceeded',
    description: '',
    deliveryCount: 10,
    enqueued: HALF_AN_HOUR_AGO,
    arrived: HALF_AN_HOUR_AGO,
    resubmitted: 1,
    rejected: rejectedKey(rejected).rowKey,
    source: '/shops/nordlicht',
    subject: 'order:1042',
    eventId: 'evt-1',
    delivery: '',
  });
  const start = new Date(NOW.getTime() + 70 * 3_600_000).toISOString();
  const appointment = rawEvent('appointment.booked', {
    envelope: { id: 'booked', source: '/shops/nordlicht', time: NOW.toISOString() },
    appointment: { number: '77', start, timeZone: 'Europe/Vienna' },
    customer: { channels: ['sms'] },
    data: { revision: 0 },
  });
  await takeEvents([{ body: bytesOf(appointment), arrived: NOW, parked: 0, resubmitted: 0 }], {
    ...world,
    ...INTAKE_SETTINGS,
  });
});

/** Words as a shell makes them, with what there is here in place of what was there when the page was written. */
async function wordsOf(line: string): Promise<string[]> {
  const [delivery = ''] = [...world.deliveries.rows.keys()];
  const [rejected] = JSON.parse((await world.notify('rejected', '--json')).out) as [{ ref: string }];
  const filled = line
    .replace('<delivery>', delivery)
    .replace(/\b[0-9a-f]{8}-[0-9a-f-]{27}\b/, delivery)
    .replace('<id>', '2026-11-20/order-events/notifications@12')
    .replace(/\d{4}-\d\d-\d\d\/[0-9a-f]{12}\b/, rejected.ref)
    .replace('--why …', '--why "A test."');
  return [...filled.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!).slice(1);
}

it('the page has many', () => {
  expect(COMMANDS.length).toBeGreaterThan(45);
});

it.each(COMMANDS)('%s does what it is there for', async (line) => {
  if (line.includes('suppressions lift')) await world.notify('suppressions', 'add', PHONE, '--why', 'Asked for it.');
  const { code, err } = await world.notify(...(await wordsOf(line)));
  expect({ code, err }).toEqual({ code: 0, err: expect.anything() });
});
