import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import entities from '../../demo/entities.json' with { type: 'json' };
import { readConfig } from '../../local/service-bus/config.ts';
import { type ServiceBus, startServiceBus } from '../../local/service-bus/service-bus.ts';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { tableClient } from '../../shared/azure/identity.ts';
import { createTables, openTables } from '../../shared/azure/tables.ts';
import { UNTOUCHED } from '../../shared/delivery.ts';
import { writeFailure } from '../../shared/failures.ts';
import { type Azurite, startAzurite } from '../shared/azure/azurite.ts';
import { rawEvent } from '../shared/order-event.ts';
import { MAIL, PHONE, planOf } from '../shared/stored-delivery.ts';

const COMMAND = fileURLToPath(new URL('../../commands/notify.ts', import.meta.url));
const SUBJECT = 'order:2026/1042';
const ARRIVED = new Date(Date.now() - 60_000);
const SMS = planOf({ subject: SUBJECT, arrived: ARRIVED });
const EMAIL = planOf({ subject: SUBJECT, arrived: ARRIVED, channel: 'email' });

/** As people run it: a process of its own, over Table Storage and a broker. */
describe('npm run notify', () => {
  let azurite: Azurite;
  let broker: ServiceBus;
  let folder: string;

  beforeAll(async () => {
    [azurite, broker, folder] = await Promise.all([
      startAzurite(),
      startServiceBus({ config: readConfig(entities), port: 0, healthPort: 0 }),
      mkdtemp(join(tmpdir(), 'notify-')),
    ]);
    const Values = { ...sample.Values, Tables: azurite.connectionString, ServiceBus: broker.connectionString };
    await writeFile(join(folder, 'local.settings.json'), JSON.stringify({ IsEncrypted: false, Values }));

    const open = (name: string) => tableClient({ connectionString: azurite.connectionString }, name);
    await createTables(open);
    const { subjects, deliveries, failures, rejectedEvents } = openTables(open);
    await deliveries.plan([SMS, EMAIL]);
    const row = await deliveries.read(SMS.id);
    const failed = await deliveries.record(row!, {
      ...UNTOUCHED,
      status: 'failed',
      cause: 'handset-unreachable',
      revision: 1,
      history: [{ at: ARRIVED, status: 'failed', cause: 'handset-unreachable' }],
    });
    await writeFailure(failed!, failures, new Date());
    const { source, subject, eventId: id, eventType: type } = SMS;
    const event = { source, subject, id, type, arrived: ARRIVED, time: ARRIVED, contentHash: 'a'.repeat(64) };
    await subjects.take({ ...event, deliveries: [SMS.id, EMAIL.id] }, await subjects.current(source, subject));
    const reasons = [{ path: '$', expected: 'JSON' }];
    const body = Buffer.from('<secret>');
    await rejectedEvents.put({ at: ARRIVED, arrived: ARRIVED, source, subject, id, type, reasons, body });
  });

  afterAll(async () => {
    await azurite?.stop();
    await broker?.close();
    if (folder) await rm(folder, { recursive: true });
  });

  async function notify(
    args: string,
    { environment = {}, input = '' }: { environment?: Record<string, string>; input?: string } = {},
  ) {
    const child = spawn(process.execPath, [COMMAND, ...args.split(' ').filter(Boolean)], {
      cwd: folder,
      env: { PATH: process.env['PATH'], ...environment },
      timeout: 20_000,
    });
    child.stdin.end(input);
    const code = new Promise<number | null>((resolve) => child.once('close', resolve));
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { code: await code, out, err };
  }

  it('shows an order, masked, and without colours when nobody looks', async () => {
    const { code, out, err } = await notify(`show ${SUBJECT}`);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('order:2026/1042 · Nordlicht · 2 deliveries: 1 failed, 1 planned');
    expect(out.indexOf('Email to a***@example.com')).toBeGreaterThan(out.indexOf('SMS to +49*********67'));
    expect(out).not.toMatch(new RegExp(`${MAIL}|\\${PHONE}|\\u001b`));
  });

  it('shows whom it went to only on record', async () => {
    const { out, err } = await notify(`show ${SUBJECT} --json --reveal`);
    expect(JSON.parse(out)).toMatchObject({ deliveries: [{ recipient: PHONE }, { recipient: MAIL }] });
    expect(err).toMatch(/^Reveals .* on record, with your name: .+@.+\.\n$/);
  });

  it('tells how things stand, after an event from standard input was published', async () => {
    const published = await notify('publish --file - --id evt-9 --yes --json', {
      input: JSON.stringify(rawEvent('order.placed')),
    });
    expect(published.code).toBe(0);
    expect(JSON.parse(published.out)).toMatchObject({ id: 'evt-9', type: 'order.placed' });
    const { code, out } = await notify('status --json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      backlogs: expect.arrayContaining([
        expect.objectContaining({ entity: 'order-events/notifications', isDeadLetterQueue: false, active: 1 }),
      ]),
      deliveries: [
        { channel: 'sms', byStatus: { failed: 1 } },
        { channel: 'email', byStatus: { planned: 1 } },
      ],
      lastDay: { failures: 1, rejected: 1, deadLetters: 0 },
      fingerprint: expect.stringMatching(/^[0-9a-f]{12}$/),
    });
  });

  it('lists what failed and what was rejected', async () => {
    const failures = await notify('failures --by region,cause');
    expect(failures).toMatchObject({ code: 0, out: expect.stringMatching(/BE +handset-unreachable +1 {2}█/) });
    const rejected = await notify('rejected');
    expect(rejected).toMatchObject({ code: 0, out: expect.stringContaining('the body: expected JSON') });
  });

  it('says in a line what to do when something is away, and never a key', async () => {
    const away = { Tables: azurite.connectionString.replace(/:\d+\//, ':1/') };
    const nobody = { ServiceBus: broker.connectionString.replace(/:\d+;/, ':1;') };
    const [tables, queues] = [
      await notify('show order:7', { environment: away }),
      await notify('publish order.placed --yes', { environment: nobody }),
    ];
    expect(tables).toMatchObject({ code: 1, err: expect.stringMatching(/^Cannot use the tables .*npm start.*\n$/) });
    expect(queues).toMatchObject({ code: 1, err: expect.stringMatching(/\nCannot use the broker .*npm start.*\n$/) });
    for (const { err } of [tables, queues]) expect(err).not.toMatch(/AccountKey|SharedAccessKey/);
  });
});
