import { fork } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';

const main = new URL('../../../local/telemetry/main.ts', import.meta.url);

function run(...args: string[]) {
  const child = fork(main, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)));
  return { child, output: () => output, ended: once(child, 'close') };
}

describe('the command', () => {
  it('says where it is, to people and to its parent, and stops on SIGTERM', async () => {
    const { child, output, ended } = run('--port', '0');
    const [{ ready }] = (await once(child, 'message')) as [{ ready: { endpoint: string } }];
    expect(output()).toContain(ready.endpoint);
    expect(await (await fetch(`${ready.endpoint}/metrics`)).json()).toMatchObject({ metrics: [] });
    child.kill('SIGTERM');
    expect((await ended)[0]).toBe(0);
  });

  it('stops when its parent goes, and says when its port is taken', async () => {
    const first = run('--port', '0');
    const [{ ready }] = (await once(first.child, 'message')) as [{ ready: { endpoint: string } }];
    const second = run('--port', new URL(ready.endpoint).port);
    expect((await second.ended)[0]).toBe(1);
    expect(second.output()).toMatch(/^Port \d+ is in use: choose another with --port\.\n$/);
    const exited = once(first.child, 'exit');
    first.child.disconnect();
    expect((await exited)[0]).toBe(0);
  });

  it.each([
    [['--help'], 0, '--port N'],
    [['--port', 'x'], 1, '--port must be'],
    [['--port', ''], 1, '--port must be'],
    [['--what'], 1, '--what'],
  ])('%j ends with %i and says %s', async (args, code, text) => {
    const { output, ended } = run(...args);
    expect((await ended)[0]).toBe(code);
    expect(output()).toContain(text);
  });
});
