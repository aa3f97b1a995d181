import { ServiceBusClient } from '@azure/service-bus';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FREE_PORTS, type LaptopCloud, startLaptopCloud } from '../../demo/laptop-cloud.ts';
import { tableClient } from '../../shared/azure/identity.ts';
import { publisherOf } from '../../shared/azure/publisher.ts';
import { openTables } from '../../shared/azure/tables.ts';
import type { Delivery } from '../../shared/delivery.ts';
import { APPOINTMENT_EVENTS } from '../../shared/entities.ts';
import { isOpen } from '../../shared/status.ts';
import { bytesOf, rawEvent } from '../shared/order-event.ts';
import { until } from './until.ts';

/** Short business offsets; the clocks of everything else are real. */
const REMINDERS = JSON.stringify({ presets: { 'day-before': '6s', 'hour-before': '5s' } });
const [EARLY, LATE] = ['6s', '5s'];
const SECOND = 1_000;

type News = { type: 'booked' | 'rescheduled' | 'cancelled' | 'completed' | 'missed'; revision: number; start: Date };

describe('reminders of appointments', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'reminders-'));
  let cloud: LaptopCloud;
  let tables: ReturnType<typeof openTables>;
  let broker: ServiceBusClient;

  beforeAll(async () => {
    cloud = await startLaptopCloud({
      folder,
      ports: FREE_PORTS,
      settings: { LIMITS: 'short', REMINDERS, HOUSEKEEPING_SCHEDULE: '0 0 3 1 1 *' },
      scenario: { reports: { delay: { sms: [0.1, 0.2], email: [0.1, 0.2] } } },
    });
    tables = openTables((name) => tableClient({ connectionString: cloud.settings['Tables']! }, name));
    broker = new ServiceBusClient(cloud.settings['ServiceBus']!);
  });
  afterAll(async () => {
    await broker?.close();
    await cloud?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const publish = (number: string, { type, revision, start }: News) =>
    publisherOf(() => broker).publish(APPOINTMENT_EVENTS, [
      {
        id: `${number}-${revision}`,
        body: bytesOf(
          rawEvent(`appointment.${type}`, {
            envelope: { id: `${number}-${revision}`, time: new Date().toISOString() },
            appointment: { number, start: start.toISOString() },
            customer: { phone: '+12025550123', country: 'US' },
            data: { revision },
          }),
        ),
      },
    ]);

  async function deliveriesOf(number: string): Promise<Delivery[]> {
    const { deliveries } = await tables.subjects.find(`appointment:${number}`);
    const rows = await Promise.all(deliveries.map((id) => tables.deliveries.read(id)));
    return rows.filter((row) => row !== undefined);
  }

  /** `appointment-reminder sms 6s delivered` */
  const told = async (number: string) =>
    (await deliveriesOf(number))
      .map(({ plan, progress }) =>
        [plan.message.replace('appointment-', ''), plan.channel, plan.reminder?.offset, progress.status]
          .filter(Boolean)
          .join(' '),
      )
      .sort();

  const settled = (number: string, count: number) =>
    until(async () => {
      const rows = await deliveriesOf(number);
      return rows.length === count && rows.every(({ progress }) => !isOpen(progress));
    });
  const passed = (instant: Date) => until(async () => Date.now() > instant.getTime());
  const delivered = (message: string, offset?: string) =>
    ['email', 'sms'].map((channel) => [message, channel, offset, 'delivered'].filter(Boolean).join(' '));

  it.concurrent('come at their times, between the confirmation and the follow-up', async () => {
    const start = new Date(Date.now() + 10 * SECOND);
    await publish('kept', { type: 'booked', revision: 0, start });
    await settled('kept', 6);
    const reminders = (await deliveriesOf('kept')).filter(({ plan }) => plan.reminder);
    for (const { plan } of reminders) {
      const before = plan.reminder?.offset === EARLY ? 6 * SECOND : 5 * SECOND;
      expect(plan.arrived).toEqual(new Date(start.getTime() - before));
      expect(plan.deadline).toEqual(start);
    }
    await publish('kept', { type: 'completed', revision: 1, start });
    await settled('kept', 8);
    expect(await told('kept')).toEqual(
      [
        ...delivered('booked'),
        ...delivered('completed'),
        ...delivered('reminder', LATE),
        ...delivered('reminder', EARLY),
      ].sort(),
    );
  });

  it.concurrent('move with the visit, and end with it', async () => {
    const start = new Date(Date.now() + 14 * SECOND);
    const moved = new Date(start.getTime() - SECOND);
    await publish('moved', { type: 'booked', revision: 0, start });
    await publish('off', { type: 'booked', revision: 0, start });
    await settled('moved', 2);
    await publish('moved', { type: 'rescheduled', revision: 1, start: moved });
    await publish('off', { type: 'cancelled', revision: 1, start });
    await settled('moved', 8);
    const starts = (await deliveriesOf('moved')).flatMap(({ plan }) => plan.reminder?.start ?? []);
    expect(starts).toEqual([moved, moved, moved, moved]);
    await passed(start);
    expect(await told('off')).toEqual([...delivered('booked'), ...delivered('cancelled')]);
  });

  it('go on after the host was killed', async () => {
    const start = new Date(Date.now() + 12 * SECOND);
    await publish('killed', { type: 'booked', revision: 0, start });
    await settled('killed', 2);
    await cloud.crash('functions-host');
    await cloud.startPart('functions-host');
    await settled('killed', 6);
    expect((await told('killed')).filter((line) => line.startsWith('reminder'))).toHaveLength(4);
  });
});
