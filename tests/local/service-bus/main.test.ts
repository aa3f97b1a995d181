import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createBrokerDirectory } from './broker-process.ts';
import type { BrokerDirectory } from './broker-process.ts';
import { clientOptions } from './namespace.ts';

let directory: BrokerDirectory;
const anyPort = ['--port', '0', '--health-port', '0'];

beforeAll(async () => {
  directory = await createBrokerDirectory({ Queues: [{ Name: 'q' }] });
});

afterAll(() => directory.remove());

describe('the command', () => {
  it('explains itself', async () => {
    const { code, output } = await directory.run(['--help']);
    expect(code).toBe(0);
    expect(output).toContain('--health-port');
  });

  it('says in one line that a port is in use, and what to do', async () => {
    const broker = await directory.start();
    const port = /:(\d+);/.exec(broker.connectionString)?.[1] ?? '';
    const { code, output } = await directory.run(['--config', directory.configFile, '--port', port]);
    expect(code).toBe(1);
    expect(output).toMatch(/^service-bus: port \d+ is in use: .*--port.*\n$/);
    const healthPort = new URL(broker.healthAddress).port;
    const second = await directory.run(['--config', directory.configFile, '--port', '0', '--health-port', healthPort]);
    expect(second.output).toMatch(/^service-bus: port \d+ is in use: .*--health-port.*\n$/);
    await broker.kill();
  });

  it('says that another process has the data directory', async () => {
    const broker = await directory.start();
    const { code, output } = await directory.run([
      '--config',
      directory.configFile,
      '--data',
      directory.dataDirectory,
      ...anyPort,
    ]);
    expect(code).toBe(1);
    expect(output).toMatch(/^service-bus: cannot open .*another process has it open.*\n$/);
    await broker.kill();
  });

  it('names every path of the config that is wrong', async () => {
    const file = join(directory.path, 'wrong.json');
    const Queues = [{ Name: 'q', Properties: { LockDuration: '5 minutes', MaxDeliverys: 3 } }];
    await writeFile(file, JSON.stringify({ UserConfig: { Namespaces: [{ Name: 'n', Queues }] } }));
    const { code, output } = await directory.run(['--config', file, ...anyPort]);
    expect(code).toBe(1);
    expect(output).toContain('UserConfig.Namespaces[0].Queues[0].Properties.LockDuration');
    expect(output).toContain('MaxDeliverys');
    const missing = await directory.run(['--config', join(directory.path, 'nowhere.json'), ...anyPort]);
    expect(missing.output).toContain('cannot read --config');
    expect((await directory.run(anyPort)).output).toContain('--config FILE is missing');
  });

  it('listens where it says, and ends cleanly on SIGTERM with clients connected', async () => {
    const main = join(import.meta.dirname, '../../../local/service-bus/main.ts');
    const child = fork(main, ['--config', directory.configFile, '--key', 'secret', ...anyPort], { silent: true });
    try {
      let output = '';
      child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
      const [{ ready }] = (await once(child, 'message')) as [{ ready: { amqp: string; health: string } }];
      const health = await fetch(`${ready.health}/health`);
      expect([health.status, await health.json()]).toMatchObject([200, { status: 'healthy' }]);
      expect((await fetch(`${ready.health}/nothing`)).status).toBe(404);
      const client = new ServiceBusClient(
        `Endpoint=${ready.amqp};SharedAccessKeyName=any;SharedAccessKey=secret;UseDevelopmentEmulator=true`,
        clientOptions,
      );
      await client.createSender('q').sendMessages({ body: 1 });
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      expect(await exited).toEqual([0, null]);
      expect(output.trim().split('\n')).toHaveLength(1);
      expect(output).toContain(ready.amqp);
      expect(output).toContain(ready.health);
      await client.close();
    } finally {
      child.kill('SIGKILL');
    }
  });
});
