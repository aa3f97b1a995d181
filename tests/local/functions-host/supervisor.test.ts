import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failingStart, fixture, startFunctionsHost, until } from './running-host.ts';
import type { RunningHost } from './running-host.ts';

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** The app as one CommonJS file in a folder that has no node_modules, as it would be deployed. */
async function bundled(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'functions-host-'));
  await build({
    entryPoints: [join(fixture(name), 'index.js')],
    outfile: join(folder, 'dist/app.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['@azure/functions-core'],
    logLevel: 'silent',
  });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name, main: 'dist/app.cjs' }));
  await writeFile(join(folder, 'host.json'), JSON.stringify({ version: '2.0' }));
  return folder;
}

let folder: string;
let host: RunningHost;
const settings = { SCHEDULE: '0 0 0 1 1 *' };

beforeAll(async () => {
  folder = await bundled('triggers');
  host = await startFunctionsHost(folder, { environment: settings });
});
afterAll(async () => {
  await host.kill();
  await rm(folder, { recursive: true });
});

describe('the supervisor', () => {
  it('runs a bundled app', async () => {
    expect(await (await fetch(`${host.address}/api/echo/fixed`)).text()).toBe('literal');
  });

  it('starts a killed worker again on the same port, and refuses no connection meanwhile', async () => {
    const [first] = host.workerPids;
    process.kill(first ?? 0, 'SIGKILL');
    await until('the death', () => !isAlive(first ?? 0));
    const meanwhile = await fetch(`${host.address}/api/echo/fixed`, { headers: { connection: 'close' } });
    expect(await meanwhile.text()).toBe('literal');
    expect(host.workerPids).toHaveLength(2);
    expect(host.output.join('\n')).toContain('The worker ended unexpectedly (SIGKILL): starting it again.');
  });

  it('leaves no caller hanging when the worker dies among many connections', async () => {
    const enough = new AbortController();
    let answers = 0;
    const call = async (): Promise<string> => {
      try {
        const init = { headers: { connection: 'close' }, signal: AbortSignal.timeout(15_000) };
        await (await fetch(`${host.address}/api/echo/fixed`, init)).text();
        answers += 1;
        return 'answered';
      } catch (error) {
        return (error as Error).name === 'TimeoutError' ? 'hung' : 'cut';
      }
    };
    const callers = Array.from({ length: 20 }, async () => {
      const outcomes = new Set<string>();
      while (!enough.signal.aborted) outcomes.add(await call());
      outcomes.add(await call());
      return outcomes;
    });
    const workers = host.workerPids.length;
    await until('the traffic', () => answers > 100);
    process.kill(host.workerPids.at(-1) ?? 0, 'SIGKILL');
    await until('the next worker', () => host.workerPids.length > workers);
    enough.abort();
    const outcomes = new Set((await Promise.all(callers)).flatMap((each) => [...each]));
    expect(outcomes).toContain('answered');
    expect(outcomes).not.toContain('hung');
  });

  it('starts a worker again that an uncaught error ended', async () => {
    const workers = host.workerPids.length;
    await fetch(`${host.address}/api/throws`).catch(() => undefined);
    await until('the next worker', () => host.workerPids.length > workers);
    expect(host.output.join('\n')).toContain('thrown outside');
    expect(await (await fetch(`${host.address}/api/echo/fixed`)).text()).toBe('literal');
  });

  it('waits longer from death to death when a worker dies at once', async () => {
    const dying = await startDying();
    expect(dying[0]).toContain('starting it again.');
    expect(dying[1]).toContain('number 2 in a row, starting it again in 250 ms');
    expect(dying[2]).toContain('number 3 in a row, starting it again in 500 ms');
  });

  it('stops at once when it is asked to a second time', async () => {
    const other = await startFunctionsHost(folder, { environment: settings });
    const hanging = fetch(`${other.address}/api/hangs`).catch(() => 'cut');
    await until('the invocation', () => other.seen('hangs')[0]);
    const stopped = other.stop();
    await until('the drain', () => other.output.some((line) => line.startsWith('Stopping')));
    await until('the second signal to be taken', () => {
      if (isAlive(other.supervisorPid)) process.kill(other.supervisorPid, 'SIGTERM');
      return other.output.some((line) => line.includes('while it was stopping'));
    });
    expect(await stopped).not.toBe(0);
    expect(await hanging).toBe('cut');
  });

  it('takes its worker along when it is killed', async () => {
    const worker = host.workerPids.at(-1) ?? 0;
    await host.kill();
    expect(await until('the end of the worker', () => !isAlive(worker))).toBe(true);
  });

  it('says so when its port is taken', async () => {
    const other = await startFunctionsHost(folder, { environment: settings });
    const port = new URL(other.address).port;
    const { code, text } = await failingStart(folder, { args: ['--port', port], environment: settings });
    expect([code, text.trim()]).toEqual([1, `Port ${port} is in use: give another one with --port.`]);
    await other.kill();
  });
});

/** Starts an app that kills itself while it loads; resolves to the first three lines about it. */
async function startDying(): Promise<string[]> {
  const { startSupervisor } = await import('../../../local/functions-host/supervisor.ts');
  const lines: string[] = [];
  const previous = process.env['FAULT'];
  process.env['FAULT'] = 'dies at once';
  const supervisor = await startSupervisor({
    appFolder: fixture('faulty'),
    port: 0,
    systemKey: 'local',
    enforceKeys: false,
    logFormat: 'json',
    say: (line) => lines.push(line),
    onReady: () => undefined,
  });
  await until('three deaths', () => lines.length >= 3);
  await supervisor.stop();
  if (previous === undefined) delete process.env['FAULT'];
  else process.env['FAULT'] = previous;
  return lines;
}
