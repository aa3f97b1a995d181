import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canariesIn, closeNewChannels } from '../../deploy/channels.ts';
import { type SmokeDependencies, smokeTest } from '../../deploy/smoke-test.ts';
import { FREE_PORTS, type LaptopCloud, startLaptopCloud } from '../../demo/laptop-cloud.ts';
import { serviceBusClient, tableClient } from '../../shared/azure/identity.ts';
import { publisherOf } from '../../shared/azure/publisher.ts';
import { SERVICE_BUS_OPTIONS } from '../../shared/azure/queues.ts';
import { openTables } from '../../shared/azure/tables.ts';
import { SETTINGS } from '../../shared/config.ts';
import type { ServiceBusClient } from '@azure/service-bus';
import { QueueError } from '../../shared/azure/queues.ts';
import { TableError } from '../../shared/azure/table.ts';
import { fakeClock } from '../fakes/clock.ts';
import { fakeWorld } from './world.ts';

const CANARIES = canariesIn('+12025550123,ann@mail.example,ben@mail.example');
const folder = mkdtempSync(join(tmpdir(), 'smoke-'));

describe('the smoke test, against the laptop cloud', { timeout: 60_000 }, () => {
  let cloud: LaptopCloud;
  let broker: ServiceBusClient;
  let tables: ReturnType<typeof openTables>;
  let dependencies: SmokeDependencies;

  beforeAll(async () => {
    cloud = await startLaptopCloud({
      folder,
      ports: FREE_PORTS,
      settings: { LIMITS: 'short', HOUSEKEEPING_SCHEDULE: '0 0 3 1 1 *' },
      scenario: { reports: { delay: { sms: [0.1, 0.3], email: [0.1, 0.3] } } },
    });
    tables = openTables((name) => tableClient({ connectionString: cloud.settings['Tables']! }, name));
    broker = serviceBusClient({ connectionString: cloud.settings['ServiceBus']! }, SERVICE_BUS_OPTIONS);
    dependencies = {
      ...tables,
      publisher: publisherOf(() => broker),
      clock: { now: () => new Date(), monotonic: () => performance.now(), wait: (milliseconds) => wait(milliseconds) },
      say: () => undefined,
      linkHost: 'track.example.com',
      patience: 30_000,
      pause: 200,
    };
  });
  afterAll(async () => {
    await broker?.close();
    await cloud?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('passes on a first deployment: canaries hear, everybody else waits', async () => {
    const hashKeys = SETTINGS.ADDRESS_HASH_KEYS.parse(cloud.settings['ADDRESS_HASH_KEYS']);
    await closeNewChannels({ channelSwitches: tables.channelSwitches, canaries: CANARIES, hashKeys }, fakeWorld());
    const result = await smokeTest(CANARIES, dependencies);
    expect(result.deliveries.map(({ channel, status }) => `${channel} ${status}`).toSorted()).toEqual([
      'email delivered',
      'email delivered',
      'sms delivered',
    ]);
    expect(result.passed).toBe(true);

    const strangers = canariesIn('+12025550199');
    const held = await smokeTest(strangers, { ...dependencies, patience: 1_500 });
    expect(held).toMatchObject({ passed: false, deliveries: [{ channel: 'sms', status: 'planned' }] });
  });
});

it('fails when nothing is known of the event in time, and has published once', async () => {
  const published: string[] = [];
  const result = await smokeTest(CANARIES, {
    publisher: { publish: async (topic) => void published.push(topic) },
    subjects: { find: async () => ({ events: [], deliveries: [] }) },
    deliveries: { read: async () => undefined },
    clock: fakeClock(undefined, 'skipped'),
    say: () => undefined,
    linkHost: 'track.example.com',
    patience: 60_000,
    pause: 5_000,
  });
  expect(result).toMatchObject({ deliveries: [], passed: false });
  expect(published).toEqual(['order-events']);
});

it('waits for rights that were given a moment ago, to publish and to read', async () => {
  const refusals = [new QueueError('order-events', 'send', { code: 'UnauthorizedAccess' }), undefined];
  const reads = [new TableError('Subjects: cannot read', { status: 403, code: 'AuthorizationPermissionMismatch' })];
  const said: string[] = [];
  const clock = fakeClock(undefined, 'skipped');
  await smokeTest(CANARIES, {
    publisher: {
      publish: async () => {
        const refusal = refusals.shift();
        if (refusal) throw refusal;
      },
    },
    subjects: {
      find: async () => {
        const refusal = reads.shift();
        if (refusal) throw refusal;
        return { events: [], deliveries: [] };
      },
    },
    deliveries: { read: async () => undefined },
    clock,
    say: (line) => void said.push(line),
    linkHost: 'track.example.com',
    patience: 60_000,
    pause: 5_000,
  });
  expect(said).toEqual([expect.stringContaining('Publishing'), expect.stringContaining('Reading')]);
});

it('says whom to name when there is nobody to write to', async () => {
  const clock = fakeClock(undefined, 'skipped');
  const unused = {} as SmokeDependencies;
  await expect(smokeTest(canariesIn(''), { ...unused, clock })).rejects.toThrow('NOTIFY_CANARIES');
});
