import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tableClient } from '../../../shared/azure/identity.ts';
import { createTables, openTables } from '../../../shared/azure/tables.ts';
import { fakePorts } from '../../fakes/ports.ts';
import { planOf } from '../stored-delivery.ts';
import { type Azurite, startAzurite } from './azurite.ts';
import { type Tables, all } from './contract-rows.ts';
import { ageingContract } from './ageing-contract.ts';
import { appointmentsContract } from './appointments-contract.ts';
import { deliveriesContract } from './deliveries-contract.ts';
import { pacingContract } from './pacing-contract.ts';
import { staffTablesContract } from './staff-tables-contract.ts';
import { subjectsContract } from './subjects-contract.ts';

const fakes = fakePorts();

let azurite: Azurite | undefined;
let tables: Tables;

beforeAll(async () => {
  azurite = await startAzurite();
  const { connectionString } = azurite;
  const open = (name: string) => tableClient({ connectionString }, name);
  await createTables(open);
  await createTables(open);
  tables = openTables(open);
});
afterAll(() => azurite?.stop());

for (const contract of [
  deliveriesContract,
  subjectsContract,
  appointmentsContract,
  staffTablesContract,
  ageingContract,
  pacingContract,
]) {
  contract('memory', () => fakes);
  contract('Table Storage', () => tables);
}

const mailWith = (html: string) =>
  planOf({
    eventId: 'shrinks',
    channel: 'email',
    content: { channel: 'email', subject: 's', html, text: 't' },
  });

describe('tables on Table Storage', () => {
  it('read a partition of more rows than one answer holds', async () => {
    const plans = Array.from({ length: 1_050 }, (_, index) =>
      planOf({ eventId: `page-${index}`, arrived: new Date('2026-10-01T08:00:00Z') }),
    );
    await tables.deliveries.plan(plans);
    const found = await all(tables.deliveries.ofHour('2026-10-01T08'));
    expect(new Set(found.map(({ plan }) => plan.id))).toEqual(new Set(plans.map(({ id }) => id)));
    expect(found).toHaveLength(plans.length);
  });

  it('keep an event from the year 1, which the service has no time for', async () => {
    const longAgo = new Date('0001-01-01T00:00:00Z');
    const plan = planOf({ eventId: 'long-ago', eventTime: longAgo, deadline: longAgo });
    await tables.deliveries.plan([plan]);
    const row = await tables.deliveries.read(plan.id);
    expect(row?.plan.deadline).toEqual(new Date('1601-01-01T00:00:00Z'));
    const { source, subject, eventId: id, arrived } = plan;
    const event = { source, subject, id, type: 't', arrived, time: longAgo, contentHash: '', deliveries: [] };
    expect(await tables.subjects.take(event, { newest: {} })).toBe('taken');
    expect(await tables.subjects.event(source, subject, id)).toMatchObject({ time: new Date('1601-01-01T00:00:00Z') });
  });

  it('keep a rejected event however long its parts and however many its faults', async () => {
    const long = 'ä'.repeat(100_000);
    const arrived = new Date('2026-10-02T08:00:00Z');
    const reasons = Array.from({ length: 5_000 }, (_, index) => ({ path: `${index}${long}`, expected: long }));
    const body = Buffer.from(long);
    await tables.rejectedEvents.put({
      at: arrived,
      arrived,
      source: long,
      subject: long,
      id: long,
      type: long,
      reasons,
      body,
    });
    const [rejected] = await all(tables.rejectedEvents.ofDay('2026-10-02'));
    expect(rejected?.source).toHaveLength(1_000);
    expect(rejected?.reasons.at(-1)).toEqual({ path: '$', expected: '4950 more faults put right' });
    expect(Buffer.from(rejected!.body).equals(body)).toBe(true);
  });

  it('find what remains of a longer content by its length', async () => {
    const noise = Array.from({ length: 12_000 }, (_, index) => Math.sin(index)).join(' ');
    await tables.deliveries.plan([mailWith(noise)]);
    await tables.deliveries.plan([mailWith('short')]);
    expect((await tables.deliveries.read(mailWith('').id))?.plan).toEqual(mailWith('short'));
  });

  it('say that the account cannot be reached', async () => {
    const unreachable = { connectionString: azurite!.connectionString.replace(/:\d+\//, ':1/') };
    const { deliveries } = openTables((name) => tableClient(unreachable, name));
    await expect(deliveries.read(planOf().id)).rejects.toThrow('Deliveries: cannot read a row: ECONNREFUSED');
  });

  it('say that a table is missing', async () => {
    const missing = openTables((name) =>
      tableClient({ connectionString: azurite!.connectionString }, `${name}Missing`),
    );
    await expect(missing.deliveries.read(planOf().id)).rejects.toThrow('cannot read a row: 404 TableNotFound');
  });
});
