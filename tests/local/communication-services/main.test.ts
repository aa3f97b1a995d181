import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

const main = new URL('../../../local/communication-services/main.ts', import.meta.url);

function run(...args: string[]) {
  const child = fork(main, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)));
  return { child, output: () => output, ended: once(child, 'close') };
}

async function scenarioFile(content: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'scenario-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'scenario.json');
  await writeFile(file, content);
  return file;
}

describe('the command', () => {
  it('says where it is, to people and to its parent, and stops on SIGTERM', async () => {
    const { child, output, ended } = run('--port', '0', '--scenario', await scenarioFile('{"memory": 7}'));
    const [message] = (await once(child, 'message')) as [{ ready: { endpoint: string; connectionString: string } }];
    const { endpoint, connectionString } = message.ready;
    expect(connectionString).toContain(`endpoint=${endpoint}/;accesskey=`);
    expect(output()).toContain(endpoint);
    expect(await (await fetch(`${endpoint}/control/scenario`)).json()).toMatchObject({ memory: 7 });
    child.kill('SIGTERM');
    expect((await ended)[0]).toBe(0);
  });

  it('stops when its parent goes, and says when its port is taken', async () => {
    const first = run('--port', '0');
    const [message] = (await once(first.child, 'message')) as [{ ready: { endpoint: string } }];
    const second = run('--port', new URL(message.ready.endpoint).port);
    expect((await second.ended)[0]).toBe(1);
    expect(second.output()).toMatch(/^Port \d+ is in use: choose another with --port\.\n$/);
    const exited = once(first.child, 'exit');
    first.child.disconnect();
    expect((await exited)[0]).toBe(0);
  });

  it.each([
    [['--help'], 0, '--scenario FILE'],
    [['--port', 'x'], 1, '--port must be'],
    [['--what'], 1, '--what'],
    [['--event-grid', 'nowhere'], 1, '--event-grid must be'],
    [['--scenario', '/nowhere.json'], 1, 'cannot be used'],
  ])('%j ends with %i and says %s', async (args, code, text) => {
    const { output, ended } = run(...args);
    expect((await ended)[0]).toBe(code);
    expect(output()).toContain(text);
  });

  it('names every fault of a scenario with its path', async () => {
    const file = await scenarioFile('{"quotas": {"sms": {"limit": 0}}, "faults": [{"kind": "cut", "share": 2}]}');
    const { output, ended } = run('--port', '0', '--scenario', file);
    expect((await ended)[0]).toBe(1);
    expect(output()).toMatch(/quotas\.sms\.limit: .*quotas\.sms\.seconds: .*faults\.0\.share: /);
    expect(output()).not.toContain('at ');
  });
});
