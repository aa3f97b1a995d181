import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FREE_PORTS, PARTS, startLaptopCloud, type LaptopCloud } from '../../demo/laptop-cloud.ts';

const APP = join(import.meta.dirname, 'fixtures', 'app');

let folder: string;
let cloud: LaptopCloud | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'laptop-cloud-'));
});
afterAll(async () => {
  await cloud?.stop();
  await rm(folder, { recursive: true });
});

async function isThere(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function untilGone(pids: readonly number[]): Promise<void> {
  for (const end = Date.now() + 15_000; Date.now() < end; await new Promise((go) => setTimeout(go, 50)))
    if ((await Promise.all(pids.map(isThere))).every((there) => !there)) return;
  throw new Error('a process was left behind');
}

const hello = async (address: string): Promise<string> => (await fetch(`${address}/api/hello`)).text();

describe('laptop cloud', () => {
  it('starts every part, brings back one that crashed, and leaves nothing behind', async () => {
    cloud = await startLaptopCloud({ folder, ports: FREE_PORTS, app: APP, settings: { ENVIRONMENT: 'test' } });
    const pids = PARTS.map((part) => cloud!.pidOf(part));
    const host = cloud.addresses['functions-host'];
    expect(await hello(host)).toBe('test');
    expect((await fetch(`${cloud.brokerHealth}/entities`)).status).toBe(200);

    await cloud.crash('functions-host');
    await expect(hello(host)).rejects.toThrow('fetch failed');
    await cloud.startPart('functions-host');
    expect(await hello(host)).toBe('test');

    pids.push(cloud.pidOf('functions-host'));
    await cloud.stop();
    await untilGone(pids);
    await expect(fetch(cloud.addresses['communication-services'])).rejects.toThrow('fetch failed');
  });

  it('ends with its parent, even when that is killed', async () => {
    const parent = fork(join(import.meta.dirname, 'fixtures', 'parent.ts'), [join(folder, 'orphans'), APP]);
    const [pids] = (await once(parent, 'message')) as [number[]];
    parent.kill('SIGKILL');
    expect(pids).toHaveLength(PARTS.length);
    await untilGone(pids);
  });

  it('says in one line which port is in use, and by what it is needed', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const start = startLaptopCloud({ folder, ports: { ...FREE_PORTS, 'service-bus': port }, app: APP });
    await expect(start).rejects.toThrow(
      `Port ${port} is in use, and the Service Bus stand-in needs it. Stop what uses it, or let the demonstration choose: npm start -- --free-ports`,
    );
    server.close();
  });

  it('says why a part did not start, where its log is, and stops the others', async () => {
    const start = startLaptopCloud({ folder, ports: FREE_PORTS, app: join(folder, 'no-app-here') });
    await expect(start).rejects.toThrow(
      /^The functions host ended \(exit code 1\) before it was ready: .*no-app-here.*functions-host\.log$/s,
    );
  });
});
