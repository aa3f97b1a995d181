import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exampleEvent, exampleId } from '../../commands/example-event.ts';
import { EVENT_TYPES, parseEvent } from '../../shared/events.ts';
import { startTopic, type Topic } from '../order-events-topic.ts';
import { ARRIVED, LINK_HOSTS, parseRaw, rawEvent } from '../shared/order-event.ts';

const COMMAND = fileURLToPath(new URL('../../commands/notify.ts', import.meta.url));

describe('the example event', () => {
  const flags = {
    order: '2026/1042',
    source: '/shops/nordlicht',
    shop: 'Nordlicht',
    shopLanguage: 'de',
    name: 'Anna Berg',
    locale: 'en-GB',
    timeZone: 'Europe/Vienna',
    country: 'AT',
    total: 12_990,
    currency: 'EUR',
    carrier: 'Alpenpost',
  };

  it.each(EVENT_TYPES)('%s is a good one', (type) => {
    const raw = exampleEvent(type, { ...flags, id: exampleId(type, ARRIVED) }, LINK_HOSTS[0]!, ARRIVED);
    expect(parseRaw(JSON.parse(JSON.stringify(raw)))).toMatchObject({
      ok: true,
      event: { subject: 'order:2026/1042' },
    });
  });

  it.each(EVENT_TYPES)('%s under the same id has the same content on a later day', (type) => {
    const id = exampleId(type, ARRIVED);
    const hashes = [ARRIVED, new Date('2026-12-24T00:00:00Z')].map((now) => {
      const parsed = parseRaw(JSON.parse(JSON.stringify(exampleEvent(type, { ...flags, id }, LINK_HOSTS[0]!, now))));
      return parsed.ok && parsed.contentHash;
    });
    expect(hashes[0]).toBe(hashes[1]);
  });
});

describe('publish', () => {
  let topic: Topic;
  let folder: string;

  beforeAll(async () => {
    topic = await startTopic();
    folder = await mkdtemp(join(tmpdir(), 'publish-'));
  });

  afterAll(async () => {
    await topic?.close();
    if (folder) await rm(folder, { recursive: true });
  });

  async function run(flags: string[], { input = '', ServiceBus = topic.connectionString } = {}) {
    const child = spawn(process.execPath, [COMMAND, 'publish', '--yes', ...flags], {
      cwd: folder,
      env: { PATH: process.env['PATH'], ServiceBus, TRACKING_LINK_HOSTS: LINK_HOSTS.join(',') },
      timeout: 20_000,
    });
    child.stdin.end(input);
    const code = new Promise<number | null>((resolve) => child.once('close', resolve));
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { code: await code, out, err };
  }

  it('sends what it was told and says what to type next, with the address masked', async () => {
    const { code, out, err } = await run(['order.delayed', '--order', '7', '--phone', '+12025550123', '--id', 'evt-7']);
    expect(code).toBe(0);
    expect(err).toMatch(
      /^Sends order\.delayed of order:7 to order-events at 127\.0\.0\.1:\d+, which tells sms \+12\*{7}23\.\n$/,
    );
    expect(out).toContain('tells    sms +12*******23');
    expect(out).toContain('npm run notify -- show order:7');
    expect(out).not.toContain('+12025550123');

    const [message] = await topic.receive(1);
    expect(message).toMatchObject({ messageId: 'evt-7', contentType: 'application/cloudevents+json' });
    const parsed = parseEvent(message!.body, new Date(), LINK_HOSTS);
    expect(parsed).toMatchObject({ ok: true, event: { id: 'evt-7', type: 'order.delayed', subject: 'order:7' } });
  });

  it('sends a file byte for byte, and standard input under another id', async () => {
    const body = JSON.stringify(rawEvent('order.placed'), undefined, 3);
    await writeFile(join(folder, 'event.json'), body);
    expect(await run(['--file', 'event.json'])).toMatchObject({ code: 0 });
    expect(await run(['--file', '-', '--id', 'evt-9'], { input: body })).toMatchObject({ code: 0 });
    const [first, second] = await topic.receive(2);
    expect(Buffer.from(first!.body).toString()).toBe(body);
    expect(second?.messageId).toBe('evt-9');
  });

  it.each([
    ['a bad event', 1, ['order.placed', '--country', 'Austria'], 'data.customer.country: expected an ISO 3166 country'],
    ['an unknown type', 2, ['order.exploded'], 'Allowed choices are order.placed'],
    ['no type at all', 2, [], 'Say what happened'],
    ['a file that is not there', 2, ['--file', 'none.json'], 'Cannot read none.json: ENOENT'],
    ['an amount that is no number', 2, ['order.placed', '--total', 'much'], 'Expected a whole number'],
  ])('refuses %s and sends nothing', async (_, exitCode, flags, message) => {
    const { code, out, err } = await run(flags);
    expect([code, out]).toEqual([exitCode, '']);
    expect(err).toContain(message);
  });

  it('says in one line what to do when no broker answers', async () => {
    const ServiceBus = 'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=x;SharedAccessKey=y;UseDevelopmentEmulator=true';
    const { code, err } = await run(['order.placed'], { ServiceBus });
    expect(code).toBe(1);
    expect(err.trim().split('\n')).toEqual([
      expect.stringMatching(/^Sends /),
      expect.stringMatching(/^Cannot use the broker .*npm start/),
    ]);
  });
});
