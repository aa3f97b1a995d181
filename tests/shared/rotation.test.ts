import sample from '../../local.settings.sample.json' with { type: 'json' };
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressHashes } from '../../shared/addresses.ts';
import { tableClient } from '../../shared/azure/identity.ts';
import { createTables, openTables } from '../../shared/azure/tables.ts';
import { type HashKey, readSettings } from '../../shared/config.ts';
import { attemptId } from '../../shared/delivery-id.ts';
import type { Channel } from '../../shared/delivery.ts';
import { LIMITS } from '../../shared/limits.ts';
import type { EmailProvider, SendRequest } from '../../shared/ports.ts';
import { sendCopy } from '../../shared/send.ts';
import { countByKey } from '../../shared/suppression.ts';
import { takeReport } from '../../shared/take-report.ts';
import { fakePorts } from '../fakes/ports.ts';
import { type Azurite, startAzurite } from './azure/azurite.ts';
import { smsReport } from './event-grid.ts';
import { planOf } from './stored-delivery.ts';

const base64 = (byte: number) => Buffer.alloc(32, byte).toString('base64');
const K1 = `k1=${base64(1)}`;
const K2 = `k2=${base64(2)}`;

/** As the setting is read. */
const keysOf = (setting: string): readonly HashKey[] =>
  readSettings({ ...sample.Values, ADDRESS_HASH_KEYS: setting }).hashKeys;

const fakes = fakePorts();
let azurite: Azurite | undefined;
let tables: ReturnType<typeof openTables>;

beforeAll(async () => {
  azurite = await startAzurite();
  const { connectionString } = azurite;
  const open = (name: string) => tableClient({ connectionString }, name);
  await createTables(open);
  tables = openTables(open);
});
afterAll(() => azurite?.stop());

describe.each([
  ['memory', () => fakes],
  ['Table Storage', () => tables],
])('keys that are rotated, in %s', (_, get) => {
  let events = 0;
  const dependencies = () => ({ ...fakes, ...get() });

  /** Tells somebody something under these keys; how it ended and what the provider was given. */
  async function send(channel: Channel, address: string, setting: string) {
    const plan = planOf({ channel, address, eventId: `rotation-${(events += 1)}` });
    const ports = dependencies();
    await ports.deliveries.plan([plan]);
    const requests: SendRequest[] = [];
    const provider: EmailProvider = {
      send: async (request) => {
        requests.push(request);
        const body = { value: [{ httpStatusCode: 202, successful: true, messageId: 'm' }] };
        return { kind: 'answered', status: 202, headers: {}, body };
      },
      status: async () => ({ kind: 'unanswered', code: 'nobody' }),
    };
    await sendCopy({ delivery: plan.id, copy: 0 }, `run-${events}`, {
      ...ports,
      channel,
      provider,
      senderFor: () => '+18005550100',
      environment: 'local',
      addressHashes: (of, text) => addressHashes(keysOf(setting), of, text),
      writeFailure: async () => undefined,
      limits: LIMITS.real,
    });
    const row = await ports.deliveries.read(plan.id);
    return { plan, end: `${row?.progress.status}/${row?.progress.cause}`, calls: requests.length };
  }

  /** A message goes out, and its report says that the recipient has opted out. */
  async function optOut(phone: string, setting: string): Promise<void> {
    const { plan, calls } = await send('sms', phone, setting);
    expect(calls).toBe(1);
    const tag = `local:${attemptId(plan.id, 0)}`;
    const report = smsReport({ tag, deliveryStatus: 'Failed', deliveryStatusDetails: '4007' });
    await takeReport(report, { ...dependencies(), environment: 'local', hashKeys: keysOf(setting) });
  }

  const inUse = async () => {
    const rows = [];
    for await (const row of get().suppressions.ofChannel('sms')) rows.push(row);
    return Object.fromEntries(countByKey(rows));
  };

  it('lose no opt-out from the first key to the second, nor after', async () => {
    const [first, second] = ['+4915112345601', '+4915112345602'];
    await optOut(first, K1);
    expect(await send('sms', first, K1)).toMatchObject({ end: 'skipped/opted-out', calls: 0 });
    expect(await inUse()).toEqual({ k1: 1 });

    const rotated = `${K2},${K1}`;
    expect(await send('sms', first, rotated)).toMatchObject({ end: 'skipped/opted-out', calls: 0 });
    await optOut(second, rotated);
    for (const phone of [first, second])
      expect(await send('sms', phone, rotated)).toMatchObject({ end: 'skipped/opted-out', calls: 0 });
    expect(await inUse()).toEqual({ k1: 1, k2: 1 });

    // Back again, as after a deployment that failed.
    for (const phone of [first, second])
      expect(await send('sms', phone, `${K1},${K2}`)).toMatchObject({ end: 'skipped/opted-out', calls: 0 });
  });

  it('forget what was written with a key that is taken away, which the count shows beforehand', async () => {
    const [first, second] = ['+4915112345603', '+4915112345604'];
    await optOut(first, K1);
    await optOut(second, `${K2},${K1}`);
    expect((await inUse())['k1']).toBeGreaterThan(0);
    expect(await send('sms', first, K2)).toMatchObject({ calls: 1 });
    expect(await send('sms', second, K2)).toMatchObject({ end: 'skipped/opted-out', calls: 0 });
    // Put back, it is respected again.
    expect(await send('sms', first, `${K2},${K1}`)).toMatchObject({ end: 'skipped/opted-out', calls: 0 });
  });

  it('let a lease under the new key hide no opt-out under the old one', async () => {
    const address = 'rotation@example.com';
    const [k2, k1] = addressHashes(keysOf(`${K2},${K1}`), 'email', address);
    const { suppressions } = get();
    const since = fakes.clock.now();
    const blocked = { channel: 'email', address: k1!, cause: 'blocked-by-staff', since, by: 'ada' } as const;
    expect(await suppressions.record(blocked, undefined)).toBe(true);
    const lease = { cause: 'hard-bounced', since, until: since, by: 'report' } as const;
    expect(await suppressions.record({ channel: 'email', address: k2!, ...lease }, undefined)).toBe(true);
    expect(await send('email', address, `${K2},${K1}`)).toMatchObject({ end: 'skipped/blocked-by-staff', calls: 0 });
  });

  it('name no key and no address in what is stored', async () => {
    const phone = '+4915112345605';
    await optOut(phone, K1);
    for await (const row of get().suppressions.ofChannel('sms')) {
      expect(row.address).toMatch(/^k[12]:[0-9a-f]{64}$/);
      expect(JSON.stringify(row)).not.toContain(phone.slice(1));
    }
  });
});
