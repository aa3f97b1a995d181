/** How long many waiting orchestrations take to start, how long their host needs after a kill, and what memory it takes. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fixture, startFunctionsHost } from '../../local/functions-host/running-host.ts';
import type { RunningHost } from '../../local/functions-host/running-host.ts';

const INSTANCES = Number(process.argv[2] ?? 5000);
const CALLERS = 16;
const FIVE_DAYS = 5 * 86_400_000;
const folder = mkdtempSync(join(tmpdir(), 'waiting-'));
const file = join(folder, 'hub.db');
const webhook = ({ address }: RunningHost, path: string): string =>
  `${address}/runtime/webhooks/durabletask/${path}${path.includes('?') ? '&' : '?'}code=local`;
const start = (): Promise<RunningHost> =>
  startFunctionsHost(fixture('durable'), {
    args: ['--durable', file],
    environment: { AzureFunctionsJobHost__logging__logLevel__default: 'Warning' },
  });
const rssMb = (host: RunningHost): number =>
  Math.round(
    Number(execFileSync('ps', ['-o', 'rss=', '-p', String(host.workerPids.at(-1))], { encoding: 'utf8' })) / 1024,
  );
const seconds = (since: number): string => ((performance.now() - since) / 1000).toFixed(1);

async function startMany(host: RunningHost): Promise<void> {
  let next = 0;
  const call = async (): Promise<void> => {
    while (next < INSTANCES) {
      next += 1;
      const body = JSON.stringify({ patienceMs: FIVE_DAYS });
      const response = await fetch(webhook(host, `orchestrators/escalate/waiting-${next}`), { method: 'POST', body });
      if (response.status !== 202) throw new Error(`${response.status}: ${await response.text()}`);
      await response.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, call));
}

async function untilNone(host: RunningHost, filter: string): Promise<void> {
  for (;;) {
    const page = (await (await fetch(webhook(host, `instances/?pageSize=1&${filter}`))).json()) as unknown[];
    if (page.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

let host = await start();
const emptyMb = rssMb(host);
const startedAt = performance.now();
await startMany(host);
await untilNone(host, 'runtimeStatus=Pending');
console.log(`${INSTANCES} orchestrations started and waiting on timers: ${seconds(startedAt)} s`);
console.log(
  `memory of the worker: ${rssMb(host)} MB (${emptyMb} MB without them); file: ${Math.round(statSync(file).size / 1e6)} MB`,
);

await host.kill();
const restartedAt = performance.now();
host = await start();
console.log(`a new host on the file is ready: ${seconds(restartedAt)} s`);
await fetch(webhook(host, `instances/waiting-${INSTANCES}/raiseEvent/answer`), {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: '1',
});
await untilNone(host, `instanceIdPrefix=waiting-${INSTANCES}&runtimeStatus=Running`);
console.log(`and has ended the first of them: ${seconds(restartedAt)} s; memory ${rssMb(host)} MB`);
await host.kill();
rmSync(folder, { recursive: true });
