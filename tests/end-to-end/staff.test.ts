import { ServiceBusClient } from '@azure/service-bus';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FREE_PORTS, type LaptopCloud, startLaptopCloud } from '../../demo/laptop-cloud.ts';
import { tableClient } from '../../shared/azure/identity.ts';
import { openTables } from '../../shared/azure/tables.ts';
import type { Delivery } from '../../shared/delivery.ts';
import { until } from './until.ts';

const COMMAND = fileURLToPath(new URL('../../commands/notify.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'staff-'));
const NEW_HOST = 'new-carrier.example';
const SENDING_OFF = 'AzureWebJobs.send-sms.Disabled';
const WHY = ['--yes', '--json', '--why', 'A test.'];

describe('what staff do by commands', { timeout: 60_000 }, () => {
  let cloud: LaptopCloud;
  let tables: ReturnType<typeof openTables>;

  beforeAll(async () => {
    cloud = await startLaptopCloud({
      folder,
      ports: FREE_PORTS,
      settings: { LIMITS: 'short', HOUSEKEEPING_SCHEDULE: '0 0 3 1 1 *' },
      scenario: {
        reports: { delay: { sms: [0.1, 0.3] } },
        faults: [{ kind: 'recipient', status: 400, message: 'Bad request', count: 1 }],
      },
    });
    tables = openTables((name) => tableClient({ connectionString: cloud.settings['Tables']! }, name));
  });
  afterAll(async () => {
    await cloud?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function notify(args: readonly string[], settings: Readonly<Record<string, string>> = {}) {
    const child = spawn(process.execPath, [COMMAND, ...args], {
      cwd: folder,
      env: { PATH: process.env['PATH'], ...cloud.settings, ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 20_000,
    });
    const code = new Promise<number | null>((resolve) => child.once('close', resolve));
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { code: await code, out, err };
  }

  /** The results of a command that did what it was asked for. */
  async function done<Result>(...args: readonly string[]): Promise<Result> {
    const { code, out, err } = await notify(args);
    expect([code, err], args.join(' ')).toEqual([0, expect.anything()]);
    return JSON.parse(out) as Result;
  }

  const publish = async (order: string, settings?: Readonly<Record<string, string>>) =>
    expect(
      (await notify(['publish', 'order.delayed', '--order', order, '--phone', '+12025550123', '--yes'], settings)).err,
    ).not.toContain('rejected');

  async function deliveriesOf(order: string): Promise<Delivery[]> {
    const found = await Promise.all(
      (await tables.subjects.find(`order:${order}`)).deliveries.map((id) => tables.deliveries.read(id)),
    );
    return found.filter((row) => row !== undefined).sort((a, b) => (a.plan.id < b.plan.id ? -1 : 1));
  }

  const ends = (order: string, ...statuses: string[]) =>
    until(async () => String((await deliveriesOf(order)).map(({ progress }) => progress.status)) === String(statuses));

  async function ofToday<Row>(rows: (day: string) => AsyncIterable<Row>): Promise<Row[]> {
    const found: Row[] = [];
    for await (const row of rows(new Date().toISOString().slice(0, 10))) found.push(row);
    return found;
  }

  /** What the phones received. */
  async function received(order: string): Promise<number> {
    const response = await fetch(`${cloud.addresses['communication-services']}/control/sends?limit=1000`);
    const { items } = (await response.json()) as { items: { body: string }[] };
    return items.filter(({ body }) => body.includes(order)).length;
  }

  async function restartHost(change: Readonly<Record<string, string>>): Promise<void> {
    Object.assign(cloud.settings, change);
    await cloud.stopPart('functions-host');
    await cloud.startPart('functions-host');
  }

  it('sends a delivery again that failed, and it arrives, once', async () => {
    await publish('resend-1');
    await ends('resend-1', 'failed');
    const { sentAgain } = await done<{ sentAgain: { id: string; as: string }[] }>('resend', 'order:resend-1', ...WHY);
    await ends('resend-1', 'failed', 'delivered');
    const [first, second] = await deliveriesOf('resend-1');
    expect(sentAgain).toMatchObject([{ id: first?.plan.id, as: second?.plan.id }]);
    expect(second?.plan.resend).toMatchObject({ of: first?.plan.id, why: 'A test.' });
    const { code, err } = await notify(['resend', 'order:resend-1', ...WHY]);
    expect([code, err]).toEqual([1, expect.stringContaining('It has arrived.')]);
    expect(await received('resend-1')).toBe(1);
  });

  it('switches a channel off, opens it to a canary, and on again: what waits is sent then, once', async () => {
    const causes = async (order: string) => (await deliveriesOf(order)).map(({ progress }) => progress.cause);
    await done('channel', 'sms', '--off', ...WHY);
    await publish('off-1');
    await until(async () => String(await causes('off-1')) === 'channel-off');
    await done('channel', 'sms', '--on', '--canary', '+12025550177', ...WHY);
    await publish('off-2');
    await until(async () => String(await causes('off-2')) === 'channel-off');
    expect(await done('status', '--json')).toMatchObject({ channels: [{ channel: 'sms', state: 'canaries' }, {}] });
    await done('channel', 'sms', '--canary', '+12025550123', ...WHY);
    await ends('off-2', 'delivered');
    await done('channel', 'sms', '--everyone', ...WHY);
    await ends('off-1', 'delivered');
    expect([await received('off-1'), await received('off-2')]).toEqual([1, 1]);
  });

  it('takes a rejected event again after a change of settings, and puts its dead letter back twice: one SMS', async () => {
    await publish('retry-1', { LINK_HOSTS: NEW_HOST });
    await until(async () => (await ofToday((day) => tables.rejectedEvents.outlinesOfDay(day))).length === 1);
    await restartHost({ LINK_HOSTS: `track.example.com,${NEW_HOST}`, [SENDING_OFF]: 'true' });
    const path = 'data.order.trackingLink';
    const retried = await done<{ taken: number }>('rejected', 'retry', '--since', '1h', '--reason-path', path, ...WHY);
    expect(retried.taken).toBe(1);
    await ends('retry-1', 'planned');

    await deadLetterCopy(cloud.settings['ServiceBus']!);
    await until(async () => (await ofToday((day) => tables.deadLetters.ofDay(day))).length === 1);
    const [{ ref } = { ref: '' }] = await done<{ ref: string }[]>('dead-letters', '--json');
    for (const _ of [1, 2])
      expect(await done('dead-letters', 'resubmit', ref, '--by', 'ann', ...WHY)).toEqual({ putBack: [ref], left: [] });
    expect(await ofToday((day) => tables.deadLetters.ofDay(day))).toMatchObject([{ putBack: { by: 'ann' } }]);
    await restartHost({ [SENDING_OFF]: 'false' });
    await ends('retry-1', 'delivered');
    expect(await received('retry-1')).toBe(1);
  });
});

/** As the broker does with a copy whose run has crashed ten times. */
async function deadLetterCopy(connection: string): Promise<void> {
  const client = new ServiceBusClient(connection);
  try {
    const [message] = await client.createReceiver('sms').receiveMessages(1, { maxWaitTimeInMs: 10_000 });
    await client.createReceiver('sms').deadLetterMessage(message!, {
      deadLetterReason: 'MaxDeliveryCountExceeded',
      deadLetterErrorDescription: '',
    });
  } finally {
    await client.close();
  }
}
