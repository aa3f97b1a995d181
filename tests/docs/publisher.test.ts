import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseEvent } from '../../shared/events.ts';
import { planEvent } from '../../shared/plan.ts';
import { startTopic, type Topic } from '../order-events-topic.ts';
import { LINK_HOSTS } from '../shared/order-event.ts';

const PAGE = new URL('../../docs/events.md', import.meta.url);
const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));

describe('the publisher printed in docs/events.md', () => {
  let topic: Topic;
  let folder: string;
  let code: string;

  beforeAll(async () => {
    topic = await startTopic();
    folder = await mkdtemp(join(tmpdir(), 'publisher-'));
    code = /```js\n([^]*?)```/.exec(await readFile(PAGE, 'utf8'))?.[1] ?? '';
    await writeFile(join(folder, 'publisher.mjs'), code);
    await symlink(MODULES, join(folder, 'node_modules'), 'junction');
  });

  afterAll(async () => {
    await topic?.close();
    if (folder) await rm(folder, { recursive: true });
  });

  it('is fifteen lines that import nothing but @azure/service-bus', () => {
    expect(code.split('\n').filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(15);
    expect(code.match(/from '[^']+'|import\(|require\(/g)).toEqual(["from '@azure/service-bus'"]);
  });

  it('publishes a good event, as printed, from a folder of its own', async () => {
    await promisify(execFile)(process.execPath, ['publisher.mjs'], {
      cwd: folder,
      env: { PATH: process.env['PATH'], ServiceBus: topic.connectionString },
      timeout: 20_000,
    });
    const arrived = new Date('2026-11-21T09:00:00Z');
    const [message] = await topic.receive(1);
    const parsed = parseEvent(message!.body, arrived, LINK_HOSTS);
    expect(parsed).toMatchObject({ ok: true, event: { id: 'order-1042-placed', subject: 'order:1042' } });
    expect(parsed.ok && planEvent(parsed.event, arrived).map(({ channel, address }) => [channel, address])).toEqual([
      ['email', 'anna.berg@mail.example'],
    ]);
  });
});
